//! Scalars in the form of a dialect.

use async_graphql::{Number, Value};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::{
    dialect::{Ids, Times},
    plan::Leaf,
};

/// A scalar on its way out.
pub(super) struct Scalar<'a> {
    pub(super) value: &'a Value,
    pub(super) leaf: &'a Leaf,
    pub(super) ids: Ids,
    pub(super) times: Times,
}

impl Serialize for Scalar<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match self.value {
            Value::List(items) => return serializer.collect_seq(items.iter().map(|value| Scalar { value, ..*self })),
            Value::String(text) => text.as_str(),
            Value::Enum(name) => name.as_str(),
            Value::Number(number) => return self.number(number, serializer),
            other => return other.serialize(serializer),
        };
        match self.leaf {
            Leaf::Plain | Leaf::File => serializer.serialize_str(text),
            Leaf::Id => match (self.ids, text.parse::<i64>()) {
                (Ids::Integer, Ok(number)) => serializer.serialize_i64(number),
                _ => serializer.serialize_str(text),
            },
            Leaf::DateTime => match DateTime::parse_from_rfc3339(text) {
                Ok(time) => self.time(time.to_utc(), serializer),
                Err(_) => serializer.serialize_str(text),
            },
            // The digits as they are: a float would round.
            Leaf::Decimal => match RawValue::from_string(text.to_owned()) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Leaf::Enum(words) => {
                let word = words.iter().find(|(value, _)| value == text).map_or(text, |(_, word)| word);
                serializer.serialize_str(word)
            }
        }
    }
}

impl Scalar<'_> {
    /// What stands in the answer as a number because it never left this process, or is one.
    fn number<S: Serializer>(&self, number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
        let time = || DateTime::from_timestamp_micros(number.as_i64()?);
        match (self.leaf, self.ids) {
            (Leaf::Id, Ids::Text | Ids::Uuid) => serializer.collect_str(number),
            (Leaf::DateTime, _) => match time() {
                Some(time) => self.time(time, serializer),
                None => number.serialize(serializer),
            },
            _ => number.serialize(serializer),
        }
    }

    fn time<S: Serializer>(&self, time: DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        match self.times {
            Times::Micros => serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true)),
            Times::Seconds => serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true)),
            Times::UnixMillis => serializer.serialize_i64(time.timestamp_millis()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: impl Into<Value>, leaf: &Leaf, ids: Ids, times: Times) -> String {
        serde_json::to_string(&Scalar { value: &value.into(), leaf, ids, times }).unwrap()
    }

    #[test]
    fn ids_are_numbers_or_texts_as_the_api_has_them() {
        for key in [Value::from(17), Value::from("17")] {
            let id = |ids| show(key.clone(), &Leaf::Id, ids, Times::Micros);
            assert_eq!([id(Ids::Integer), id(Ids::Text)], ["17", "\"17\""]);
        }
        let id = |text: &str, ids| show(text, &Leaf::Id, ids, Times::Micros);
        assert_eq!(id("akta_jual", Ids::Text), "\"akta_jual\"");
        let uuid = "0190a5b0-0000-7000-8000-000000000001";
        assert_eq!(id(uuid, Ids::Uuid), format!("\"{uuid}\""));
    }

    #[test]
    fn times_have_three_forms() {
        let time = |times| show("2024-08-17T08:05:00.123456+00:00", &Leaf::DateTime, Ids::Integer, times);
        assert_eq!(time(Times::Micros), "\"2024-08-17T08:05:00.123456Z\"");
        assert_eq!(time(Times::Seconds), "\"2024-08-17T08:05:00Z\"");
        assert_eq!(time(Times::UnixMillis), "1723881900123");
        let as_it_is = |times| show(1_723_881_900_123_456_i64, &Leaf::DateTime, Ids::Integer, times);
        for times in [Times::Micros, Times::Seconds, Times::UnixMillis] {
            assert_eq!(as_it_is(times), time(times));
        }
    }

    #[test]
    fn decimals_become_numbers_without_rounding() {
        assert_eq!(show("9007199254740993.10", &Leaf::Decimal, Ids::Integer, Times::Micros), "9007199254740993.10");
    }

    #[test]
    fn enums_speak_the_words_of_the_api() {
        let words = Leaf::Enum(vec![("CREATED_AT".to_owned(), "created_at".to_owned())]);
        assert_eq!(show("CREATED_AT", &words, Ids::Integer, Times::Micros), "\"created_at\"");
        assert_eq!(show(vec!["CREATED_AT"], &words, Ids::Integer, Times::Micros), "[\"created_at\"]");
    }
}
