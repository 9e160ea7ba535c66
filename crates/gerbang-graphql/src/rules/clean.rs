//! Values as the domain keeps them.

use async_graphql::MaybeUndefined;
use gerbang_kernel::text::is_blank;

use super::{InputRules, Rules};

/// A value with texts in it.
pub trait Clean {
    /// Takes white space off both ends; where it is `optional`, a blank text becomes none.
    fn trim(&mut self, optional: bool);
    /// Writes it in capitals.
    fn capitalize(&mut self) {}
}

impl Clean for String {
    fn trim(&mut self, _: bool) {
        let trimmed = str::trim(self);
        if trimmed.len() != self.len() {
            *self = trimmed.to_owned();
        }
    }

    fn capitalize(&mut self) {
        self.make_ascii_uppercase();
    }
}

impl Clean for Option<String> {
    fn trim(&mut self, optional: bool) {
        if let Some(text) = self {
            text.trim(optional);
        }
        if optional {
            self.take_if(|text| is_blank(text));
        }
    }

    fn capitalize(&mut self) {
        if let Some(text) = self {
            text.capitalize();
        }
    }
}

impl Clean for MaybeUndefined<String> {
    fn trim(&mut self, optional: bool) {
        if let Self::Value(text) = self {
            text.trim(optional);
            if optional && is_blank(text) {
                *self = Self::Null;
            }
        }
    }
}

impl Clean for Vec<String> {
    fn trim(&mut self, optional: bool) {
        for text in self {
            text.trim(optional);
        }
    }
}

impl Clean for Option<Vec<String>> {
    fn trim(&mut self, optional: bool) {
        if let Some(texts) = self {
            texts.trim(optional);
        }
    }
}

/// A value with input objects in it that have rules.
pub trait Nested {
    /// The rules of each.
    const RULES: &'static InputRules;

    /// Cleans each.
    fn clean(&mut self);
}

impl<T: Rules> Nested for Vec<T> {
    const RULES: &'static InputRules = T::RULES;

    fn clean(&mut self) {
        self.iter_mut().for_each(Rules::clean);
    }
}

impl<T: Rules> Nested for Option<Vec<T>> {
    const RULES: &'static InputRules = T::RULES;

    fn clean(&mut self) {
        self.iter_mut().flatten().for_each(Rules::clean);
    }
}
