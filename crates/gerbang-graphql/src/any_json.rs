//! Values that may be anything.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// Anything that JSON can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyJson(pub serde_json::Value);

#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-3")]
/// Any value that JSON can say: an object, a list, a text, a number, a truth value or null, as it is in the answer or the
/// variable, not written into a text.
impl ScalarType for AnyJson {
    fn parse(value: Value) -> InputValueResult<Self> {
        value.into_json().map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}
