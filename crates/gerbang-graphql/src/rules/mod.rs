//! Rules of inputs, declared at their fields.
//!
//! [`#[rules]`](rules) gives an input object its [`Rules`]: the domain calls [`Rules::check`], whoever has only a part of
//! an input calls [`check`], and OpenAPI reads [`InputRules`]. What is absent or null breaks nothing: whether it may be
//! absent is the schema's to say. Inputs with rules are known by their names, see [`of`].

mod check;
mod clean;
mod form;
mod members;
#[cfg(test)]
mod tests;
pub mod text;

use std::{collections::HashMap, sync::LazyLock};

use async_graphql::{InputType, Name, Value, indexmap::IndexMap};
pub use gerbang_derive::rules;
use gerbang_kernel::error::{Result, Rule, Violations};
#[doc(hidden)]
pub use inventory;

pub use self::{
    check::{TOO_MANY, check, form_at},
    clean::{Clean, Nested},
    form::Form,
    members::Members,
};

/// An input object whose fields have rules. Implemented by [`#[rules]`](rules).
pub trait Rules: InputType {
    /// The rules.
    const RULES: &'static InputRules;

    /// Trims texts; a blank one that may be missing is missing.
    fn clean(&mut self);

    /// Takes out of its `members` those of which only null is refused, where they are absent.
    fn omit(&self, members: &mut IndexMap<Name, Value>);

    /// The input, cleaned, and the rules that it breaks, for whoever has more to look at before it is refused.
    fn examine(self) -> (Self, Violations) {
        self.examine_beside([])
    }

    /// The same where rules look at what is `beside` the input's own members.
    fn examine_beside<const N: usize>(mut self, beside: [(&str, Value); N]) -> (Self, Violations) {
        let mut found = Violations::new();
        if let Value::Object(mut members) = self.to_value() {
            self.omit(&mut members);
            members.extend(beside.map(|(name, value)| (Name::new(name), value)));
            check::object(Self::RULES, Members::of(&members), "input", &mut found);
        }
        self.clean();
        (self, found)
    }

    /// The input, cleaned.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with all the rules that it breaks.
    fn check(self) -> Result<Self> {
        let (input, found) = self.examine();
        found.finish()?;
        Ok(input)
    }
}

/// The rules of an input object.
#[derive(Debug)]
pub struct InputRules {
    /// The object's name in the schema.
    pub input: &'static str,
    /// The rules of single fields.
    pub fields: &'static [FieldRule],
    /// Rules between fields.
    pub also: Option<fn(Members<'_>, &mut Violations)>,
}

/// The rule of a field.
#[derive(Debug)]
pub struct FieldRule {
    /// The field's name in the schema.
    pub name: &'static str,
    /// What its value must be; of a list each item.
    pub form: Form,
    /// What is wrong with a text of that form.
    pub check: Option<fn(&str) -> Option<Rule>>,
    /// Whether a blank text is none.
    pub optional: bool,
    /// Whether null is refused, unlike what is absent.
    pub required: bool,
    /// How many items a list has, at least and at most.
    pub items: Option<(u64, u64)>,
    /// The rules of an input object in it.
    pub members: Option<&'static InputRules>,
}

/// The rules of an input object in the whole program.
#[doc(hidden)]
pub struct Registered(pub &'static InputRules);

inventory::collect!(Registered);

static REGISTRY: LazyLock<HashMap<&'static str, &'static InputRules>> =
    LazyLock::new(|| inventory::iter::<Registered>().map(|Registered(rules)| (rules.input, *rules)).collect());

/// The rules of the input object with this name.
pub fn of(input_type: &str) -> Option<&'static InputRules> {
    REGISTRY.get(input_type).copied()
}

/// The names of all input objects that have rules.
pub fn inputs() -> impl Iterator<Item = &'static str> {
    REGISTRY.keys().copied()
}
