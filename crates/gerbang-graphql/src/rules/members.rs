//! The members of an input, all of them or some.

use async_graphql::{Name, Value, indexmap::IndexMap};

/// The members of an input object that are there.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a>(&'a IndexMap<Name, Value>);

impl<'a> Members<'a> {
    /// The members of an object.
    pub const fn of(members: &'a IndexMap<Name, Value>) -> Self {
        Self(members)
    }

    /// The member called `name`, unless it is null.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !matches!(value, Value::Null))
    }

    /// Whether the member called `name` is null.
    pub fn is_null(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::Null))
    }

    /// The text, or the word of an enum, called `name`.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Value::String(text) => Some(text),
            Value::Enum(word) => Some(word),
            _ => None,
        }
    }
}
