//! Days, as they come in and as they are shown.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// Whether a time lies in the years 0001 to 9999, UTC, that RFC 3339 can write and SQLite sorts.
pub fn is_writable(time: DateTime<Utc>) -> bool {
    (1..=9_999).contains(&time.year())
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
pub struct Date(pub NaiveDate);

impl Date {
    /// Reads `2026-02-03` and nothing else, from the year 0001 to 9999; chrono also takes `2026-2-3` and `-5000-01-01`.
    pub fn read(text: &str) -> Option<Self> {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        (day.to_string() == text && (1..=9_999).contains(&day.year())).then_some(Self(day))
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl From<Date> for NaiveDate {
    fn from(day: Date) -> Self {
        day.0
    }
}

#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
/// A day of the calendar, without a time and a zone: a text such as `2026-02-03` (`full-date` of RFC 3339).
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                Self::read(text).ok_or_else(|| InputValueError::custom("Must be a day such as 2026-02-03."))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        let day = Date::read("2024-02-29").expect("a day of a leap year");
        assert_eq!(day.to_value(), Value::String("2024-02-29".to_owned()));
        for text in [
            "2023-02-29",
            "2024-2-29",
            "24-02-29",
            "2024-02-29T00:00:00Z",
            " 2024-02-29",
            "-5000-01-01",
            "+12000-01-01",
            "0000-01-01",
            "",
        ] {
            assert_eq!(Date::read(text), None, "{text}");
        }
    }
}
