//! Which media type the client wants its answer in.

use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};
use mime::Mime;

/// The media type of GraphQL answers since the specification of GraphQL over HTTP.
pub(super) const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";
const HTML: &str = "text/html";

/// The two ways to send one answer. They differ in the status of a refused operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `application/json`: every well-formed request is answered with 200, as older clients expect.
    Json,
    /// `application/graphql-response+json`: the status says whether the operation was run.
    GraphqlResponse,
}

impl Format {
    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::Json => HeaderValue::from_static("application/json; charset=utf-8"),
            Self::GraphqlResponse => HeaderValue::from_static("application/graphql-response+json; charset=utf-8"),
        }
    }
}

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// For one answer.
    pub(super) single: Option<Format>,
    /// Whether it names `text/event-stream`.
    pub(super) events: bool,
    /// Whether it would rather have events even for one answer.
    pub(super) prefers_events: bool,
    /// Whether it names `text/html` and nothing of ours: a person in front of a browser.
    pub(super) page: bool,
}

impl Accepted {
    /// Reads the `Accept` header. Without one, or for `*/*`, the answer is `application/json`.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let ranges: Vec<(Mime, f32)> = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|range| range.trim().parse::<Mime>().ok())
            .map(|range| {
                let quality = range.get_param("q").and_then(|q| q.as_str().parse().ok()).unwrap_or(1.0);
                (range, quality)
            })
            .collect();
        if ranges.is_empty() {
            return Self { single: Some(Format::Json), events: false, prefers_events: false, page: false };
        }
        let (json, newer) = (quality(&ranges, JSON), quality(&ranges, GRAPHQL_RESPONSE));
        let single = if newer > 0.0 && (newer > json || newer >= json && names(&ranges, GRAPHQL_RESPONSE)) {
            Some(Format::GraphqlResponse)
        } else {
            (json > 0.0).then_some(Format::Json)
        };
        let events = names(&ranges, EVENT_STREAM) && quality(&ranges, EVENT_STREAM) > 0.0;
        let ours = [JSON, GRAPHQL_RESPONSE, EVENT_STREAM].iter().any(|essence| names(&ranges, essence));
        Self {
            single,
            events,
            prefers_events: events && quality(&ranges, EVENT_STREAM) > json.max(newer),
            page: !ours && names(&ranges, HTML) && quality(&ranges, HTML) > 0.0,
        }
    }

    /// The format for messages about the request itself, whatever is accepted.
    pub(super) fn or_json(self) -> Format {
        self.single.unwrap_or(Format::Json)
    }
}

fn names(ranges: &[(Mime, f32)], essence: &str) -> bool {
    ranges.iter().any(|(range, _)| range.essence_str() == essence)
}

/// The weight of the most specific range that matches.
fn quality(ranges: &[(Mime, f32)], essence: &str) -> f32 {
    let main_type = essence.split('/').next().unwrap_or_default();
    ranges
        .iter()
        .filter_map(|(range, quality)| {
            let specific = match (range.type_().as_str(), range.subtype().as_str()) {
                _ if range.essence_str() == essence => 2,
                (kind, "*") if kind == main_type => 1,
                ("*", "*") => 0,
                _ => return None,
            };
            Some((specific, *quality))
        })
        .max_by_key(|(specific, _)| *specific)
        .map_or(0.0, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &'static str) -> Accepted {
        Accepted::from_headers(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn graphql_response_json_is_sent_only_where_it_is_named() {
        assert_eq!(accepted("*/*").single, Some(Format::Json));
        assert_eq!(accepted("application/*").single, Some(Format::Json));
        assert_eq!(accepted("application/json").single, Some(Format::Json));
        assert_eq!(accepted("application/graphql-response+json").single, Some(Format::GraphqlResponse));
        assert_eq!(
            accepted("application/graphql-response+json, application/json;q=0.9").single,
            Some(Format::GraphqlResponse)
        );
        assert_eq!(accepted("application/json, application/graphql-response+json;q=0.5").single, Some(Format::Json));
        assert_eq!(accepted("text/html").single, None);
    }

    #[test]
    fn browsers_are_told_from_clients() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        assert!(accepted(browser).page && accepted("text/html").page);
        for client in ["*/*", "application/json", "text/html, application/json", "text/html;q=0"] {
            assert!(!accepted(client).page, "{client}");
        }
    }

    #[test]
    fn events_are_for_those_who_name_them() {
        assert!(!accepted("*/*").events);
        let only = accepted("text/event-stream");
        assert!(only.events && only.prefers_events && only.single.is_none());
        let either = accepted("application/graphql-response+json, application/json, text/event-stream");
        assert!(either.events && !either.prefers_events);
    }
}
