//! Days and times of the settings.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use gerbang_graphql::date::Date;
use serde::{Deserialize, Deserializer, de::Error};

/// A time, also written as the day that it begins (UTC).
pub(super) struct Moment(DateTime<Utc>);

impl Moment {
    fn read(text: &str) -> Option<Self> {
        let day = || Date::read(text).map(|day| day.0.and_time(NaiveTime::MIN).and_utc());
        text.parse().ok().or_else(day).map(Self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("neither a day nor a time"))
    }
}

/// Reads times by name.
pub(super) fn moments<'de, D>(deserializer: D) -> Result<BTreeMap<String, DateTime<Utc>>, D::Error>
where
    D: Deserializer<'de>,
{
    let moments = BTreeMap::<String, Moment>::deserialize(deserializer)?;
    Ok(moments.into_iter().map(|(name, Moment(time))| (name, time)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_beginning() {
        let read = |text| Moment::read(text).map(|Moment(time)| time.to_rfc3339());
        assert_eq!(read("2027-06-30").as_deref(), Some("2027-06-30T00:00:00+00:00"));
        assert_eq!(read("2027-06-30T07:00:00+07:00"), read("2027-06-30"));
        for wrong in ["2027-6-30", "30-06-2027", "2027-02-30", "2027", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
