//! How a flow declares a rule of its own.

/// Declares a rule that only one flow has: its name, and what a caller is told in English and Indonesian.
#[macro_export]
macro_rules! custom_rule {
    ($(#[$doc:meta])+ $visibility:vis $name:ident: $english:literal, $indonesian:literal) => {
        $(#[$doc])+
        $visibility const $name: $crate::error::Rule = {
            const RULE: &$crate::error::CustomRule =
                &$crate::error::CustomRule::new(stringify!($name), $english, $indonesian);
            $crate::error::inventory::submit! { $crate::error::RegisteredRule(RULE) }
            $crate::error::Rule::Custom(RULE)
        };
    };
}
