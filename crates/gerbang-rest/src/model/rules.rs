//! The rules that can be checked before an operation runs.

use async_graphql::Value;
use gerbang_kernel::error::Violation;

/// The domain's rules that need nothing but the input: lengths, forms, ranges.
pub trait InputRules: Send + Sync {
    /// The rules that the members present in `partial`, a part of an input object of the GraphQL type
    /// `input_type`, break. Paths are those that the operation itself would raise (`input.birthPlace`).
    /// Absent members break nothing here.
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation>;
}

impl<F: Fn(&str, &Value) -> Vec<Violation> + Send + Sync> InputRules for F {
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation> {
        self(input_type, partial)
    }
}

/// For schemas whose rules all need the database.
impl InputRules for () {
    fn check(&self, _: &str, _: &Value) -> Vec<Violation> {
        Vec::new()
    }
}
