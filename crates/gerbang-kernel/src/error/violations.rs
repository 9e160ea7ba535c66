//! Violations, until all of them are known.

use std::borrow::Cow;

use super::{
    failure::{Error, Result},
    rule::Rule,
    violation::Violation,
};

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
