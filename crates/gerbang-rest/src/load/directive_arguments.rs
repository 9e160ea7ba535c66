//! The arguments of a directive, each of the kind that is expected.

use std::collections::HashSet;

use async_graphql::{Pos, Positioned, Value, parser::types::Directive};
use axum::http::StatusCode;
use serde_json::{Map, Value as Json};

use super::report::{Report, suggest};

/// The arguments of one directive.
pub(super) struct Arguments<'a, 'r, 'f> {
    directive: &'a Positioned<Directive>,
    report: &'r mut Report<'f>,
}

impl<'a, 'r, 'f> Arguments<'a, 'r, 'f> {
    /// Reports every argument that is not one of `known`, or is there twice.
    pub(super) fn new(directive: &'a Positioned<Directive>, known: &[&str], report: &'r mut Report<'f>) -> Self {
        let mut seen = HashSet::new();
        for (name, _) in &directive.node.arguments {
            let wrong = name.node.as_str();
            if !known.contains(&wrong) {
                let of = &directive.node.name.node;
                report.add(
                    name.pos,
                    format!("`@{of}` has no argument `{wrong}`"),
                    suggest(wrong, known.iter().copied()),
                );
            } else if !seen.insert(wrong) {
                report.add(name.pos, format!("`{wrong}` is given twice"), "Keep one of them.");
            }
        }
        Self { directive, report }
    }

    fn wrong(&mut self, pos: Pos, name: &str, expected: &str) {
        let of = &self.directive.node.name.node;
        self.report.add(pos, format!("`{name}` of `@{of}` is not {expected}"), format!("Write {expected}."));
    }

    /// The constant that the argument holds.
    pub(super) fn value(&mut self, name: &str) -> Option<Positioned<Value>> {
        let value = self.directive.node.get_argument(name)?;
        if let Some(constant) = value.node.clone().into_const() {
            return Some(Positioned::new(constant, value.pos));
        }
        self.wrong(value.pos, name, "a constant");
        None
    }

    pub(super) fn read<T>(
        &mut self,
        name: &str,
        expected: &str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<Positioned<T>> {
        let value = self.value(name)?;
        let converted = convert(&value.node);
        if converted.is_none() {
            self.wrong(value.pos, name, expected);
        }
        converted.map(|converted| Positioned::new(converted, value.pos))
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.read(name, "a text in quotation marks", text).map(|value| value.node)
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = |value: &Value| match value {
            Value::Boolean(flag) => Some(*flag),
            _ => None,
        };
        self.read(name, "`true` or `false`", flag).map(|value| value.node)
    }

    /// A time in whole seconds.
    pub(super) fn seconds(&mut self, name: &str) -> Option<Positioned<u32>> {
        const MOST: u32 = 31_536_000;
        let seconds = |value: &Value| match value {
            Value::Number(number) => {
                u32::try_from(number.as_u64()?).ok().filter(|seconds| (1..=MOST).contains(seconds))
            }
            _ => None,
        };
        self.read(name, "a number of seconds, from 1 to those of a year", seconds)
    }

    /// A place in a list, from 1.
    pub(super) fn position(&mut self) -> Option<u32> {
        let position = |value: &Value| match value {
            Value::Number(number) => u32::try_from(number.as_u64()?).ok().filter(|position| *position > 0),
            _ => None,
        };
        self.read("position", "a whole number from 1", position).map(|value| value.node)
    }

    pub(super) fn status(&mut self) -> Option<StatusCode> {
        let status = |value: &Value| match value {
            Value::Number(number) => {
                let number = u16::try_from(number.as_u64()?).ok()?;
                StatusCode::from_u16(number).ok().filter(|_| (200..600).contains(&number))
            }
            _ => None,
        };
        self.read("status", "an HTTP status from 200 to 599", status).map(|value| value.node)
    }

    /// One text or a list of texts, with their positions.
    pub(super) fn texts(&mut self, name: &str) -> Vec<Positioned<String>> {
        let texts = |value: &Value| match value {
            Value::List(items) if !items.is_empty() => items.iter().map(text).collect(),
            value => Some(vec![text(value)?]),
        };
        match self.read(name, "a text or a list of texts", texts) {
            Some(Positioned { pos, node }) => node.into_iter().map(|text| Positioned::new(text, pos)).collect(),
            None => Vec::new(),
        }
    }

    /// One word without quotation marks.
    pub(super) fn word<T>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T>
    where
        T: Copy,
    {
        let expected = choices(words.iter().map(|(word, _)| *word));
        self.read(name, &expected, |value| look_up(value, words)).map(|value| value.node)
    }

    /// One word or a list of words, without quotation marks.
    pub(super) fn words<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let expected = format!("one or a list of {}", choices(words.iter().map(|(word, _)| *word)));
        let read = |value: &Value| match value {
            Value::List(items) if !items.is_empty() => items.iter().map(|item| look_up(item, words)).collect(),
            value => Some(vec![look_up(value, words)?]),
        };
        self.read(name, &expected, read).map(|value| value.node)
    }

    /// Any word without quotation marks.
    pub(super) fn any_word(&mut self, name: &str) -> Option<String> {
        let word = |value: &Value| match value {
            Value::Enum(word) => Some(word.to_string()),
            _ => None,
        };
        self.read(name, "a word without quotation marks", word).map(|value| value.node)
    }

    /// An object, as JSON.
    pub(super) fn object(&mut self, name: &str) -> Option<Map<String, Json>> {
        let object = |value: &Value| match (value, value.clone().into_json()) {
            (Value::Object(_), Ok(Json::Object(members))) => Some(members),
            _ => None,
        };
        self.read(name, "an object in braces", object).map(|value| value.node)
    }

    pub(super) fn missing(&mut self, name: &str, example: &str) {
        let of = &self.directive.node.name.node;
        self.report.add(self.directive.pos, format!("`@{of}` lacks `{name}`"), format!("Add {example}."));
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn look_up<T: Copy>(value: &Value, words: &[(&str, T)]) -> Option<T> {
    match value {
        Value::Enum(given) => words.iter().find(|(word, _)| *given == *word).map(|(_, meaning)| *meaning),
        _ => None,
    }
}

fn choices<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
