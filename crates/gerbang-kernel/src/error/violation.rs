//! A broken rule and where it was broken.

use std::borrow::Cow;

use super::rule::Rule;

/// One broken rule and where: a path from the operation's arguments, such as `input.birthPlace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Argument and field names joined by dots; list positions are numbers (`input.fees.0.amount`).
    pub path: Cow<'static, str>,
    /// What was broken.
    pub rule: Rule,
    /// A value of the right form, where the rule's own example is not one.
    pub example: Option<Cow<'static, str>>,
}

impl Violation {
    /// A violation of `rule` at `path`.
    pub fn new(path: impl Into<Cow<'static, str>>, rule: Rule) -> Self {
        Self { path: path.into(), rule, example: None }
    }

    /// The same with a value of the right form.
    #[must_use]
    pub fn like(self, example: impl Into<Cow<'static, str>>) -> Self {
        Self { example: Some(example.into()), ..self }
    }

    /// A value of the right form, if one says more than the message.
    pub fn example(&self) -> Option<&str> {
        self.example.as_deref().or_else(|| self.rule.example())
    }

    /// The last name of the path, which is how people know the field (`birthPlace`).
    pub fn field(&self) -> &str {
        self.path.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(&self.path)
    }
}
