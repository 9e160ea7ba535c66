//! Amounts of money as they come in.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// An amount of money that comes in: a decimal number that is not negative, as a text or a number (`"12.50"` or `12.5`).
/// The field it is for checks it and answers `VALIDATION_FAILED`; six digits behind the point count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount(pub String);

#[Scalar]
/// An amount of money that comes in: a decimal number that is not negative, as a text or a number (`"12.50"` or `12.5`).
/// The field it is for checks it and answers `VALIDATION_FAILED`; six digits behind the point count.
impl ScalarType for Amount {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
