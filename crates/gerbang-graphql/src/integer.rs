//! Whole numbers. GraphQL's `Int` has 32 bits and clients refuse an answer with a larger one, so what can be larger
//! has a scalar of its own, and a count that hardly can stops at the largest `Int`.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use gerbang_kernel::number::MAX_SAFE_INTEGER;

/// A count as an `Int`: 2,147,483,647 stands for all that are larger.
pub fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

/// An amount in whole rupiah: as it was sent on the way in, never above [`MAX_SAFE_INTEGER`] on the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rupiah(i64);

/// On the way out.
impl From<i64> for Rupiah {
    fn from(amount: i64) -> Self {
        Self(amount.clamp(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER))
    }
}

impl From<Rupiah> for i64 {
    fn from(amount: Rupiah) -> Self {
        amount.0
    }
}

#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
/// An amount in whole rupiah (IDR): a JSON number without a fraction such as `150000`, at most `9007199254740991`
/// (2^53 - 1), which every client holds exactly. Coming in, the field it is for answers `VALIDATION_FAILED` to a
/// larger one; going out, the largest stands for a sum above it.
impl ScalarType for Rupiah {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => whole(number)
                .map(Self)
                .ok_or_else(|| InputValueError::custom("Must be a whole number of rupiah such as 150000.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// A count that goes on for years: how often something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
pub struct SafeInt(i64);

impl From<i64> for SafeInt {
    fn from(count: i64) -> Self {
        Self(count)
    }
}

impl From<SafeInt> for i64 {
    fn from(count: SafeInt) -> Self {
        count.0
    }
}

#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
/// A whole number that may need more than the 32 bits of `Int`: a JSON number, at most `9007199254740991` (2^53 - 1),
/// which every client holds exactly.
impl ScalarType for SafeInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => whole(number)
                .filter(|number| (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(number))
                .map(Self)
                .ok_or_else(|| InputValueError::custom("Must be a whole number up to 9007199254740991.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.clamp(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER))
    }
}

/// The number, if it is whole. One above 64 bits is too large for every rule, as the largest of 64 bits is.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_u64().map(|_| i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rupiah(value: impl Into<Value>) -> Option<i64> {
        Rupiah::parse(value.into()).ok().map(i64::from)
    }

    #[test]
    fn rupiah_come_in_as_whole_numbers_only() {
        for (given, expected) in
            [(0, 0), (-1, -1), (5_000_000_000, 5_000_000_000), (MAX_SAFE_INTEGER + 1, MAX_SAFE_INTEGER + 1)]
        {
            assert_eq!(rupiah(given), Some(expected));
        }
        assert_eq!(rupiah(u64::MAX), Some(i64::MAX));
        for wrong in [Value::from(1.5), Value::from(1.0), Value::from("150000"), Value::Null, Value::from(true)] {
            assert_eq!(rupiah(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn no_number_goes_out_that_a_client_would_round() {
        for (held, shown) in [
            (150_000, 150_000),
            (MAX_SAFE_INTEGER, MAX_SAFE_INTEGER),
            (MAX_SAFE_INTEGER + 1, MAX_SAFE_INTEGER),
            (i64::MAX, MAX_SAFE_INTEGER),
            (i64::MIN, -MAX_SAFE_INTEGER),
        ] {
            assert_eq!(Rupiah::from(held).to_value(), Value::from(shown));
            assert_eq!(SafeInt::from(held).to_value(), Value::from(shown));
        }
    }

    #[test]
    fn counts_stop_at_the_largest_int() {
        assert_eq!(int(0_u64), 0);
        assert_eq!(int(2_147_483_647_u64), 2_147_483_647);
        assert_eq!(int(2_147_483_648_i64), 2_147_483_647);
        assert_eq!(int(u64::MAX), 2_147_483_647);
    }
}
