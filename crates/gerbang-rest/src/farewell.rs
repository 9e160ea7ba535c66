//! The end of a route: announced as RFC 8594 and RFC 9745 have it, then kept.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chrono::{DateTime, NaiveTime, Utc};

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// What an operator decided about the end of an API or a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Farewell {
    /// Since when nobody should begin to use it. Where only the end is decided: since the day the server started.
    pub deprecated: Option<DateTime<Utc>>,
    /// When it ends; from then on it is gone.
    pub sunset: Option<DateTime<Utc>>,
    /// Whether it is gone already.
    pub closed: bool,
}

impl Farewell {
    /// Whether anything was decided.
    pub(super) fn is_said(self) -> bool {
        self != Self::default()
    }
}

/// What every answer of a route says about its end, made once.
#[derive(Debug)]
pub(super) struct Headers {
    farewell: Farewell,
    headers: HeaderMap,
}

impl Headers {
    /// The headers of a route whose `reference` (an absolute URL) tells the reader more; the server starts `now`.
    pub(super) fn new(farewell: Farewell, reference: &str, now: DateTime<Utc>) -> Self {
        let mut headers = HeaderMap::new();
        let mut add = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(name, value);
            }
        };
        if farewell.is_said() {
            let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
            let since = farewell.deprecated.unwrap_or_else(|| farewell.sunset.unwrap_or(today).min(today));
            add(DEPRECATION, format!("@{}", since.timestamp()));
            add(header::LINK, format!("<{reference}>; rel=\"deprecation\"; type=\"text/html\""));
        }
        if let Some(end) = farewell.sunset {
            // The form of dates that HTTP itself uses.
            add(SUNSET, end.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
            add(header::LINK, format!("<{reference}>; rel=\"sunset\"; type=\"text/html\""));
        }
        Self { farewell, headers }
    }

    /// Whether the route is gone.
    pub(super) fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.farewell.closed || self.farewell.sunset.is_some_and(|end| end <= now)
    }

    /// Adds them to those of an answer.
    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
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

    fn shown(farewell: Farewell) -> Vec<String> {
        let headers = Headers::new(farewell, "https://api.test/x/docs", at("2026-02-03T04:05:06Z")).headers;
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
    }

    #[test]
    fn an_end_is_announced_as_the_rfcs_say() {
        assert_eq!(shown(Farewell::default()), [""; 0]);
        let sunset = Some(at("2027-06-30T23:59:59Z"));
        assert_eq!(
            shown(Farewell { deprecated: Some(at("2026-01-01T00:00:00Z")), sunset, closed: false }),
            [
                "deprecation: @1767225600",
                "link: <https://api.test/x/docs>; rel=\"deprecation\"; type=\"text/html\"",
                "link: <https://api.test/x/docs>; rel=\"sunset\"; type=\"text/html\"",
                "sunset: Wed, 30 Jun 2027 23:59:59 GMT",
            ]
        );
        // Without a date of its own the deprecation began today, and never after the end.
        assert_eq!(shown(Farewell { sunset, ..Farewell::default() })[0], "deprecation: @1770076800");
        let past = Farewell { sunset: Some(at("2026-01-01T00:00:00Z")), ..Farewell::default() };
        assert_eq!(shown(past)[0], "deprecation: @1767225600");
    }

    #[test]
    fn a_route_ends_when_it_was_said_to_or_is_closed() {
        let headers = |farewell| Headers::new(farewell, "", at("2026-02-03T04:05:06Z"));
        let end = at("2026-03-01T00:00:00Z");
        let announced = headers(Farewell { sunset: Some(end), ..Farewell::default() });
        assert!(!announced.has_ended(at("2026-02-28T23:59:59Z")) && announced.has_ended(end));
        assert!(headers(Farewell { closed: true, ..Farewell::default() }).has_ended(at("2026-01-01T00:00:00Z")));
        assert!(!headers(Farewell::default()).has_ended(end));
    }
}
