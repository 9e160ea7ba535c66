//! What a value that can't be known beforehand must look like.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::Deserialize;
use serde_json::Value as Json;
use url::Url;
use uuid::Uuid;

use super::dialect::{Dialect, Ids, Times};

/// A form that a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// An id as the API's dialect has them.
    Id,
    /// A UUID in lower case.
    Uuid,
    /// A time as the API's dialect writes them, to the last digit.
    Time,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A JSON Web Token, or a Sanctum-style one.
    Token,
    /// A URL.
    Url,
    /// An e-mail address.
    Email,
    /// A text that is not empty.
    Text,
    /// A whole number.
    Integer,
    /// A number written with its decimals.
    Number,
    /// True or false.
    Boolean,
    /// A list that begins with the items shown; those that follow have the members of the first.
    More,
}

impl Form {
    /// Whether a value has this form in an API. Of [`Form::More`] only that it is a list.
    pub fn fits(self, value: &Json, dialect: &Dialect) -> bool {
        let text = |test: &dyn Fn(&str) -> bool| value.as_str().is_some_and(test);
        match self {
            Self::Id => match dialect.ids {
                Ids::Integer => value.as_u64().is_some_and(|id| id > 0),
                Ids::Text => text(&|id| !id.is_empty()),
                Ids::Uuid => text(&is_uuid),
            },
            Self::Uuid => text(&is_uuid),
            Self::Time => match dialect.times {
                Times::UnixMillis => value.as_i64().is_some_and(|time| time > 100_000_000_000),
                Times::Micros => text(&|time| is_time(time, "%Y-%m-%dT%H:%M:%S%.6fZ")),
                Times::Seconds => text(&|time| is_time(time, "%Y-%m-%dT%H:%M:%SZ")),
            },
            Self::Date => text(&|day| day.len() == 10 && day.parse::<NaiveDate>().is_ok()),
            Self::Token => text(&is_token),
            Self::Url => text(&|url| Url::parse(url).is_ok_and(|url| url.has_host())),
            Self::Email => {
                text(&|email| email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')))
            }
            Self::Text => text(&|text| !text.trim().is_empty()),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_f64(),
            Self::Boolean => value.is_boolean(),
            Self::More => value.is_array(),
        }
    }
}

fn is_uuid(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|uuid| uuid.hyphenated().to_string() == text)
}

fn is_time(text: &str, format: &str) -> bool {
    text.parse::<DateTime<Utc>>().is_ok_and(|time| time.trunc_subsecs(6).format(format).to_string() == text)
}

fn is_token(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let is_jwt = text.starts_with("eyJ") && text.split('.').count() == 3 && text.split('.').all(is_word);
    let is_sanctum = text.split_once('|').is_some_and(|(id, secret)| {
        id.parse::<u64>().is_ok() && secret.len() >= 40 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    is_jwt || is_sanctum
}
