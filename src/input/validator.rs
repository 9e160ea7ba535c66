//! Checking the members of an input, whether all of them are there or not.
//!
//! A legacy client sees all its mistakes at once, also when some of its values are missing and the operation can't run. So
//! the rules of an input stand in one function over a [`Validator`]: a rule calls it with all members, the binder of a
//! legacy API with those that are there. What is absent breaks nothing; whether it may be absent is the schema's to say.

use async_graphql::{Name, Value, indexmap::IndexMap};
use gerbang_kernel::{
    error::{Result, Rule},
    number::MAX_SAFE_INTEGER,
    text::is_blank,
};

use super::validate::{Violations, is_name, phone_key};

/// The members of an input that are there, and what is wrong with them.
#[derive(Debug)]
pub struct Validator<'a> {
    members: Members<'a>,
    /// What was found so far.
    pub found: Violations,
}

#[derive(Debug)]
enum Members<'a> {
    Whole(Vec<(&'static str, Member<'a>)>),
    Part(&'a IndexMap<Name, Value>),
}

/// A member of an input.
#[derive(Clone, Copy, Debug)]
pub enum Member<'a> {
    /// Not there, or null.
    Absent,
    /// A text, or a word of an enum.
    Text(&'a str),
    /// A whole number.
    Number(i64),
}

impl<'a> From<&'a String> for Member<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Option<String>> for Member<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref().map_or(Self::Absent, Self::Text)
    }
}

impl<'a> From<&'a Option<Option<String>>> for Member<'a> {
    fn from(text: &'a Option<Option<String>>) -> Self {
        // Null in place of a text that stands is as if it were blank: a rule knows whether it may be.
        text.as_ref().map_or(Self::Absent, |text| Self::Text(text.as_deref().unwrap_or_default()))
    }
}

impl From<i64> for Member<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<i64>> for Member<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Absent, Self::Number)
    }
}

impl<'a> Validator<'a> {
    /// Over a whole input.
    pub fn new<const N: usize>(members: [(&'static str, Member<'a>); N]) -> Self {
        Self { members: Members::Whole(members.into()), found: Violations::new() }
    }

    /// Over those members of an input that are there.
    pub const fn of_part(members: &'a IndexMap<Name, Value>) -> Self {
        Self { members: Members::Part(members), found: Violations::new() }
    }

    /// The member called `name`.
    pub fn get(&self, name: &str) -> Member<'a> {
        match &self.members {
            Members::Whole(members) => {
                members.iter().find(|(known, _)| *known == name).map_or(Member::Absent, |(_, member)| *member)
            }
            Members::Part(members) => match members.get(name) {
                Some(Value::String(text)) => Member::Text(text),
                Some(Value::Enum(word)) => Member::Text(word),
                Some(Value::Number(number)) => number.as_i64().map_or(Member::Absent, Member::Number),
                _ => Member::Absent,
            },
        }
    }

    /// The text called `name`, as it was given.
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        match self.get(name) {
            Member::Text(text) => Some(text),
            Member::Absent | Member::Number(_) => None,
        }
    }

    /// A text that must not be blank: trimmed.
    pub fn text(&mut self, name: &str, max_length: u64) -> Option<String> {
        Some(self.found.text(path(name), self.raw(name)?, max_length))
    }

    /// A text of a documented length: trimmed.
    pub fn sized_text(&mut self, name: &str, min_length: u64, max_length: u64) -> Option<String> {
        let text = self.text(name, max_length)?;
        if !is_blank(&text) && (text.chars().count() as u64) < min_length {
            self.found.add(path(name), Rule::MinLength(min_length));
        }
        Some(text)
    }

    /// Somebody's name, of a documented length: trimmed.
    pub fn name(&mut self, name: &str, min_length: u64, max_length: u64) -> Option<String> {
        let text = self.sized_text(name, min_length, max_length)?;
        if !is_name(&text) {
            self.found.add(path(name), Rule::Format);
        }
        Some(text)
    }

    /// A text that may be blank, which is then the same as absent: trimmed.
    pub fn optional_text(&mut self, name: &str, max_length: u64) -> Option<String> {
        self.found.optional_text(path(name), self.raw(name), max_length)
    }

    /// An e-mail address: trimmed.
    pub fn email(&mut self, name: &str) -> Option<String> {
        Some(self.found.email(path(name), self.raw(name)?))
    }

    /// A telephone number that may be blank: trimmed.
    pub fn optional_phone(&mut self, name: &str) -> Option<String> {
        self.optional_phone_by(name, phone_key)
    }

    /// The same where another form of number is known by its `key`.
    pub fn optional_phone_by(&mut self, name: &str, key: impl Fn(&str) -> Option<String>) -> Option<String> {
        let phone = self.raw(name).map(str::trim).filter(|phone| !is_blank(phone))?;
        if key(phone).is_none() {
            self.found.add(path(name), Rule::Phone);
        }
        Some(phone.to_owned())
    }

    /// A new password, not trimmed, and its repetition, if it is there.
    pub fn password(&mut self, name: &str, min_length: u64, repetition: &str) {
        let Some(password) = self.raw(name) else { return };
        self.found.password(path(name), password, min_length);
        if self.raw(repetition).is_some_and(|repeated| repeated != password) {
            self.found.add(path(name), Rule::Confirmed);
        }
    }

    /// A whole number.
    pub fn number(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let Member::Number(number) = self.get(name) else { return None };
        if number < min {
            self.found.add(path(name), Rule::Min(min));
        } else if number > max {
            self.found.add(path(name), Rule::Max(max));
        }
        Some(number)
    }

    /// An amount in whole rupiah.
    pub fn rupiah(&mut self, name: &str, min: i64) -> Option<i64> {
        self.number(name, min, MAX_SAFE_INTEGER)
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with everything found.
    pub fn finish(self) -> Result<()> {
        self.found.finish()
    }
}

fn path(name: &str) -> String {
    format!("input.{name}")
}
