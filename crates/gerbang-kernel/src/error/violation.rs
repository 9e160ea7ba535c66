//! A broken rule and where it was broken.

use std::borrow::Cow;

use super::{
    failure::{Error, Result},
    rule::Rule,
};

/// One broken rule and where: a path from the operation's arguments, such as `input.birthPlace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Argument and field names joined by dots; list positions are numbers (`input.fees.0.amount`).
    pub path: Cow<'static, str>,
    /// What was broken.
    pub rule: Rule,
}

impl Violation {
    /// A violation of `rule` at `path`.
    pub fn new(path: impl Into<Cow<'static, str>>, rule: Rule) -> Self {
        Self { path: path.into(), rule }
    }

    /// The last name of the path, which is how people know the field (`birthPlace`).
    pub fn field(&self) -> &str {
        self.path.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(&self.path)
    }
}

/// Collects violations, so that a caller learns of all of them at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Nothing found yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes a broken rule.
    pub fn add(&mut self, path: impl Into<Cow<'static, str>>, rule: Rule) {
        self.0.push(Violation::new(path, rule));
    }

    /// The violations found so far.
    pub fn into_inner(self) -> Vec<Violation> {
        self.0
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with everything found.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid(self.0)) }
    }
}

impl Extend<Violation> for Violations {
    fn extend<T: IntoIterator<Item = Violation>>(&mut self, violations: T) {
        self.0.extend(violations);
    }
}
