//! Scalars in the form of a dialect.

use async_graphql::Value;
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
            other => return other.serialize(serializer),
        };
        match self.leaf {
            Leaf::Plain | Leaf::File => serializer.serialize_str(text),
            Leaf::Id => match (self.ids, key(text).parse::<i64>()) {
                (Ids::Integer, Ok(number)) => serializer.serialize_i64(number),
                _ => serializer.serialize_str(key(text)),
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
    fn time<S: Serializer>(&self, time: DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        match self.times {
            Times::Micros => serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true)),
            Times::Seconds => serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true)),
            Times::UnixMillis => serializer.serialize_i64(time.timestamp_millis()),
        }
    }
}

/// The key in a global id: `client_17` is 17.
fn key(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: impl Into<Value>, leaf: &Leaf, ids: Ids, times: Times) -> String {
        serde_json::to_string(&Scalar { value: &value.into(), leaf, ids, times }).unwrap()
    }

    #[test]
    fn ids_lose_their_type() {
        let id = |text: &str, ids| show(text, &Leaf::Id, ids, Times::Micros);
        assert_eq!(id("client_17", Ids::Integer), "17");
        assert_eq!(id("client_17", Ids::Text), "\"17\"");
        assert_eq!(id("service_akta_jual", Ids::Text), "\"akta_jual\"");
        assert_eq!(
            id("faq_0190a5b0-0000-7000-8000-000000000001", Ids::Uuid),
            "\"0190a5b0-0000-7000-8000-000000000001\""
        );
    }

    #[test]
    fn times_have_three_forms() {
        let time = |times| show("2024-08-17T08:05:00.123456+00:00", &Leaf::DateTime, Ids::Integer, times);
        assert_eq!(time(Times::Micros), "\"2024-08-17T08:05:00.123456Z\"");
        assert_eq!(time(Times::Seconds), "\"2024-08-17T08:05:00Z\"");
        assert_eq!(time(Times::UnixMillis), "1723881900123");
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
