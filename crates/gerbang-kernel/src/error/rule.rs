//! The rules that input can break.

use std::collections::BTreeMap;

/// Declares the rules: a variant with its description, what its message needs, and its name on the wire.
macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident $(($detail:ty))? = $name:literal,)*) => {
        /// A rule that an input value broke, with the numbers its message needs.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Rule {
            $($(#[doc = $doc])+ $variant $(($detail))?,)*
            /// A rule of one flow, which brings its own name and sentences.
            Custom(&'static CustomRule),
        }

        impl Rule {
            /// The rule's name on the wire and in route files, such as `REQUIRED`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                    Self::Custom(rule) => rule.name,
                }
            }
        }

        /// The names of the rules that any flow may have, and what they mean.
        const COMMON: &[(&str, &str)] = &[$(($name, concat!($($doc),+))),*];
    };
}

rules! {
    /// Absent, null, blank or an empty list where a value is needed.
    Required = "REQUIRED",
    /// Not a string.
    String = "STRING",
    /// Not a whole number.
    Integer = "INTEGER",
    /// Not a number.
    Numeric = "NUMERIC",
    /// Neither true nor false.
    Boolean = "BOOLEAN",
    /// Not a list.
    Array = "ARRAY",
    /// Not a date (`YYYY-MM-DD`) or a time (RFC 3339).
    Date = "DATE",
    /// Not an e-mail address.
    Email = "EMAIL",
    /// Not a telephone number (`+` or a leading 0, 8 to 15 digits).
    Phone = "PHONE",
    /// Not an absolute http or https URL.
    Url = "URL",
    /// Not of the expected form.
    Format = "FORMAT",
    /// Fewer characters than this.
    MinLength(u64) = "MIN_LENGTH",
    /// More characters than this.
    MaxLength(u64) = "MAX_LENGTH",
    /// A number below this.
    Min(i64) = "MIN",
    /// A number above this.
    Max(i64) = "MAX",
    /// A repeated value (such as `password_confirmation`) differs.
    Confirmed = "CONFIRMED",
    /// Already in use by another row.
    Taken = "TAKEN",
    /// Not one of the allowed words.
    In = "IN",
    /// Refers to something that does not exist.
    Exists = "EXISTS",
    /// Not an uploaded file, or an empty one.
    File = "FILE",
    /// A file of another type than these extensions.
    FileType(&'static [&'static str]) = "FILE_TYPE",
    /// A file larger than this many kilobytes (1,024 bytes).
    FileSize(u64) = "FILE_SIZE",
}

/// A rule that only one flow has, such as that registration is open. It is declared beside the noun that raises it, with
/// `custom_rule!`, so that it is among [`Rule::all`].
#[derive(Debug, PartialEq, Eq)]
pub struct CustomRule {
    /// The name on the wire and in route files, such as `REGISTRATION_CLOSED`.
    pub(crate) name: &'static str,
    /// What a caller is told in English.
    pub(crate) english: &'static str,
    /// What a caller is told in Indonesian.
    pub(crate) indonesian: &'static str,
}

impl CustomRule {
    #[doc(hidden)]
    pub const fn new(name: &'static str, english: &'static str, indonesian: &'static str) -> Self {
        Self { name, english, indonesian }
    }
}

/// A custom rule of the whole program.
#[doc(hidden)]
#[derive(Debug)]
pub struct RegisteredRule(pub &'static CustomRule);

inventory::collect!(RegisteredRule);

impl Rule {
    /// A value that keeps it, where there is one form.
    pub const fn example(&self) -> Option<&'static str> {
        match self {
            Self::Integer => Some("17"),
            Self::Numeric => Some("12.5"),
            Self::Boolean => Some("true"),
            Self::Date => Some("2026-02-03"),
            Self::Email => Some("siti@example.com"),
            Self::Phone => Some("+6281234567890"),
            Self::Url => Some("https://example.com/"),
            _ => None,
        }
    }

    /// The names of all rules that this program can find broken, and what they mean.
    pub fn all() -> BTreeMap<&'static str, &'static str> {
        let custom = inventory::iter::<RegisteredRule>().map(|RegisteredRule(rule)| (rule.name, rule.english));
        COMMON.iter().map(|(name, meaning)| (*name, meaning.trim_start())).chain(custom).collect()
    }
}
