//! The end of a route: announced as RFC 8594 and RFC 9745 have it, then kept.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chrono::{DateTime, NaiveTime, Utc};

use crate::model::sunset::Sunset;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// What every answer of a route says about its end, made once.
#[derive(Debug)]
pub(crate) struct SunsetHeaders {
    sunset: Sunset,
    headers: HeaderMap,
}

impl SunsetHeaders {
    /// The headers of a route whose `reference` (an absolute URL) tells the reader more; the server starts `now`.
    pub(crate) fn new(sunset: Sunset, reference: &str, now: DateTime<Utc>) -> Self {
        let mut headers = HeaderMap::new();
        let mut add = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(name, value);
            }
        };
        if sunset.is_announced() {
            let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
            let since = sunset.deprecated.unwrap_or_else(|| sunset.sunset.unwrap_or(today).min(today));
            add(DEPRECATION, format!("@{}", since.timestamp()));
            add(header::LINK, format!("<{reference}>; rel=\"deprecation\"; type=\"text/html\""));
        }
        if let Some(end) = sunset.sunset {
            // The form of dates that HTTP itself uses.
            add(SUNSET, end.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
            add(header::LINK, format!("<{reference}>; rel=\"sunset\"; type=\"text/html\""));
        }
        Self { sunset, headers }
    }

    /// Whether the route is gone.
    pub(crate) fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.sunset.has_ended(now)
    }

    /// Adds them to those of an answer.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.append(name.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn shown(sunset: Sunset) -> Vec<String> {
        let headers = SunsetHeaders::new(sunset, "https://api.test/x/docs", at("2026-02-03T04:05:06Z")).headers;
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
    }

    #[test]
    fn a_sunset_is_announced_as_the_rfcs_say() {
        assert_eq!(shown(Sunset::default()), [""; 0]);
        let sunset = Some(at("2027-06-30T23:59:59Z"));
        assert_eq!(
            shown(Sunset { deprecated: Some(at("2026-01-01T00:00:00Z")), sunset, closed: false }),
            [
                "deprecation: @1767225600",
                "link: <https://api.test/x/docs>; rel=\"deprecation\"; type=\"text/html\"",
                "link: <https://api.test/x/docs>; rel=\"sunset\"; type=\"text/html\"",
                "sunset: Wed, 30 Jun 2027 23:59:59 GMT",
            ]
        );
        // Without a date of its own the deprecation began today, and never after the end.
        assert_eq!(shown(Sunset { sunset, ..Sunset::default() })[0], "deprecation: @1770076800");
        let past = Sunset { sunset: Some(at("2026-01-01T00:00:00Z")), ..Sunset::default() };
        assert_eq!(shown(past)[0], "deprecation: @1767225600");
    }

    #[test]
    fn a_route_has_ended_after_its_sunset_or_when_closed() {
        let headers = |sunset| SunsetHeaders::new(sunset, "", at("2026-02-03T04:05:06Z"));
        let end = at("2026-03-01T00:00:00Z");
        let announced = headers(Sunset { sunset: Some(end), ..Sunset::default() });
        assert!(!announced.has_ended(at("2026-02-28T23:59:59Z")) && announced.has_ended(end));
        assert!(headers(Sunset { closed: true, ..Sunset::default() }).has_ended(at("2026-01-01T00:00:00Z")));
        assert!(!headers(Sunset::default()).has_ended(end));
    }
}
