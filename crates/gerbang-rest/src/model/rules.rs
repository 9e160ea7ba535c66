//! The rules that can be checked before an operation runs.

use async_graphql::Value;
use gerbang_graphql::rules::{self, FieldRule, Form};
use gerbang_kernel::error::Violation;

/// The domain's rules that need nothing but the input: lengths, forms, ranges.
pub trait InputRules: Send + Sync {
    /// The rules that the members present in `partial`, a part of an input object of the GraphQL type
    /// `input_type`, break. Paths are those that the operation itself would raise (`input.birthPlace`).
    /// Absent members break nothing here.
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation>;

    /// What the member at `path` of such an input must be, for OpenAPI.
    fn form(&self, input_type: &str, path: &[&str], partial: &Value) -> Option<(Form, &'static FieldRule)> {
        let _ = (input_type, path, partial);
        None
    }
}

/// The rules that inputs declare at their fields with [`#[rules]`](rules::rules).
#[derive(Clone, Copy, Debug)]
pub struct DeclaredRules;

impl InputRules for DeclaredRules {
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation> {
        rules::check(input_type, partial)
    }

    fn form(&self, input_type: &str, path: &[&str], partial: &Value) -> Option<(Form, &'static FieldRule)> {
        rules::form_at(input_type, path, partial)
    }
}
