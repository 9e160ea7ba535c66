//! Errors as types of the schema, so that clients that generate code have names for them. No field yields them: they are
//! what stands in `errors[].extensions`.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, InputValueError, InputValueResult, Object, OutputType, Positioned, Scalar, ScalarType,
    ServerResult, SimpleObject, Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{MetaEnumValue, MetaType, MetaTypeId, Registry},
};
use gerbang_kernel::error::{ErrorCode, OperationCode, Rule};

use crate::{any_json::AnyJson, integer::SafeInt};

/// Where the types of errors are found: part of the root of a schema's queries.
#[derive(Clone, Copy, Debug, Default)]
pub struct ErrorQuery;

#[Object]
impl ErrorQuery {
    /// What stands in the `extensions` of every error. There is nothing to ask for, so this is always null: it stands here for
    /// whoever reads the schema or generates code from it.
    async fn error_extensions(&self) -> Option<ErrorExtensions> {
        None
    }
}

/// What stands in the `extensions` of an error.
#[derive(SimpleObject)]
struct ErrorExtensions {
    /// What kind of failure it is.
    code: Code,
    /// What is wrong with the input; with `VALIDATION_FAILED`.
    violations: Option<Vec<FieldViolation>>,
    /// The same by field; with `VALIDATION_FAILED`.
    fields: Option<FieldViolations>,
    /// Seconds after which it may be tried again; with `RATE_LIMITED` and `UNAVAILABLE`.
    retry_after: Option<i32>,
    /// The id under which the cause is in the log; with `INTERNAL`.
    request_id: Option<String>,
    /// Which limit the operation is over, such as `depth` or `complexity`.
    limit: Option<String>,
    /// How much of it there may be.
    maximum: Option<SafeInt>,
    /// How much there was, where that is known.
    found: Option<SafeInt>,
    /// What the fields of the mutation in front of this one were answered with; with `TIMEOUT`.
    completed: Option<AnyJson>,
}

/// What is wrong with one field of an input.
#[derive(SimpleObject)]
struct FieldViolation {
    /// Where: `birthDate`, `fees.0.amount`; with the argument's name where it is no `input`.
    path: String,
    /// The rule that is broken.
    rule: BrokenRule,
    /// A sentence that can stand at the field.
    message: String,
    /// A value of the right form, where there is one form: of a date `2026-02-03`.
    example: Option<String>,
}

/// What is wrong with an input: an object that has, for the `path` of each `FieldViolation`, the list of those at it, without
/// the `path`.
struct FieldViolations;

/// What is wrong with an input: an object that has, for the `path` of each `FieldViolation`, the list of those at it, without
/// the `path`.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-4")]
impl ScalarType for FieldViolations {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// Every code that an error may have, and what it means, in the order of the alphabet.
pub fn codes() -> Vec<(&'static str, &'static str)> {
    let failures = ErrorCode::ALL.into_iter().map(|code| (code.as_str(), code.description()));
    let operations = OperationCode::ALL.into_iter().map(|code| (code.as_str(), code.description()));
    let mut codes: Vec<_> = failures.chain(operations).collect();
    codes.sort_unstable();
    codes
}

/// Declares an enum of the schema whose values are data.
macro_rules! enum_of {
    ($type:ident, $name:literal, $description:literal, $values:expr) => {
        struct $type;

        impl OutputType for $type {
            fn type_name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }

            fn create_type_info(registry: &mut Registry) -> String {
                registry.create_output_type::<Self, _>(MetaTypeId::Enum, |_| meta($name, $description, $values))
            }

            async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                Ok(Value::Null)
            }
        }
    };
}

enum_of!(Code, "ErrorCode", "What kind of failure an error is: its `extensions.code`.", codes());
enum_of!(BrokenRule, "ValidationRule", "A rule that an input can break.", Rule::all());

fn meta(name: &str, description: &str, values: impl IntoIterator<Item = (&'static str, &'static str)>) -> MetaType {
    let value = |(name, description): (&str, &str)| {
        let value = MetaEnumValue { description: Some(description.to_owned()), ..MetaEnumValue::new(name) };
        (name.to_owned(), value)
    };
    MetaType::Enum {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        enum_values: values.into_iter().map(value).collect::<IndexMap<_, _>>(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}
