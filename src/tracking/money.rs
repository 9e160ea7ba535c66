//! Amounts of money, as they come in and as they are shown. The tables hold them in millionths of the currency.

use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use gerbang_kernel::{error::Rule, number, text::is_blank};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// Digits behind the point that the tables keep.
const SCALE: u32 = 6;
/// Digits behind the point that are shown at least.
const SHOWN: u32 = 2;

/// The most whole units that a column of eight bytes holds in millionths.
pub(crate) const MAX_AMOUNT: i64 = i64::MAX / 10_i64.pow(SCALE);

/// An amount of money that comes in, unchecked: the rule beside it says what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount(String);

impl Amount {
    /// What a column holds for it; `None` if it is no amount.
    pub(crate) fn micros(&self) -> Option<i64> {
        to_micros(&self.0).ok()
    }
}

#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
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
    /// The amount that a column holds, with two digits behind the point or as many as it needs.
    pub fn from_micros(micros: i64) -> Self {
        let mut amount = Decimal::new(micros, SCALE).normalize();
        if amount.scale() < SHOWN {
            amount.rescale(SHOWN);
        }
        Self(amount)
    }
}

#[Scalar(name = "Decimal", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
/// An exact decimal number as a text, such as `1250.75`: two digits behind the point, or as many as it needs,
/// written as a JSON number without an exponent is.
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

/// The rule that the text of an [`Amount`] breaks.
pub(crate) fn wrong_amount(text: &str) -> Option<Rule> {
    if is_blank(text) { Some(Rule::Required) } else { to_micros(text).err() }
}

/// What a column holds for the amount that a text says, rounded half up to a millionth.
///
/// Only digits with at most one point are an amount: no sign, no exponent, no grouping.
fn to_micros(text: &str) -> Result<i64, Rule> {
    let text = text.trim();
    if text.strip_prefix('-').is_some_and(|rest| digits(rest).is_some()) {
        return Err(Rule::Min(0));
    }
    let amount = digits(text).and_then(|text| Decimal::from_str(text).ok()).ok_or(Rule::Numeric)?;
    let rounded = amount.round_dp_with_strategy(SCALE, RoundingStrategy::MidpointAwayFromZero);
    rounded.checked_mul(Decimal::from(10_i64.pow(SCALE))).and_then(|micros| micros.to_i64()).ok_or(Rule::Numeric)
}

fn digits(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (plain(whole) && plain(fraction)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_to_a_millionth() {
        for (text, micros) in [
            ("0", 0),
            ("5", 5_000_000),
            ("12.50", 12_500_000),
            (" 0.000001 ", 1),
            ("0.0000005", 1),
            ("0.0000004", 0),
            ("007.1", 7_100_000),
            ("9223372036854.775807", i64::MAX),
        ] {
            assert_eq!(to_micros(text), Ok(micros), "{text}");
        }
    }

    #[test]
    fn an_invalid_amount_is_refused() {
        for text in
            ["", ".", "1.", ".5", "+1", "1e3", "1,5", "1_000", "0x1", "NaN", "inf", "{payout}", "1.2.3", "--1", "١"]
        {
            assert_eq!(to_micros(text), Err(Rule::Numeric), "{text}");
        }
        for text in ["-1", "-0.01", "-0"] {
            assert_eq!(to_micros(text), Err(Rule::Min(0)), "{text}");
        }
        assert_eq!(to_micros("9223372036854.775808"), Err(Rule::Numeric));
        assert_eq!(to_micros(&"9".repeat(60)), Err(Rule::Numeric));
    }

    #[test]
    fn amounts_show_two_digits_or_as_many_as_they_need() {
        for (micros, text) in
            [(0, "0.00"), (5_000_000, "5.00"), (1_250_750_000, "1250.75"), (1, "0.000001"), (400_500_000, "400.50")]
        {
            assert_eq!(Money::from_micros(micros).to_value(), Value::from(text));
        }
    }
}
