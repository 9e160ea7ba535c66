//! Amounts of money, as they come in and as they are shown.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use gerbang_kernel::number;
use rust_decimal::Decimal;

use crate::tracking::money::rules::from_micros;

/// An amount of money that comes in, unchecked: the rules say what is wrong with it.
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

/// An amount of money that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money(Decimal);

impl Money {
    /// The amount that a column holds in millionths of the currency.
    pub fn from_micros(micros: i64) -> Self {
        Self(from_micros(micros))
    }
}

#[Scalar(name = "Decimal")]
/// An exact decimal number as a text, such as `1250.75`: two digits behind the point, or as many as it needs.
impl ScalarType for Money {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => number::decimal(text).map(Self).ok_or_else(|| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
