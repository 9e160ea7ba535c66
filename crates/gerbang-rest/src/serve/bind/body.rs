//! A request's body as fields, by its media type.

use std::collections::HashMap;

use async_graphql::UploadValue;
use axum::http::HeaderMap;
use gerbang_graphql::multipart::essence;
use gerbang_kernel::error::{Error, ErrorCode, Rule};
use serde_json::{Map, Value as Json};

use super::{incoming::Incoming, multipart, php};
use crate::model::settings::Limits;

/// What a body says, field by field.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) values: Map<String, Json>,
    /// Whether every value is text, whatever was meant.
    pub(super) textual: bool,
    pub(super) files: HashMap<String, Result<UploadValue, Rule>>,
}

/// The media types that a body may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Json,
    Form,
    Multipart,
}

fn media(headers: &HeaderMap) -> Option<Media> {
    match essence(headers).as_str() {
        "application/x-www-form-urlencoded" => Some(Media::Form),
        "multipart/form-data" => Some(Media::Multipart),
        json if json.ends_with("/json") || json.ends_with("+json") => Some(Media::Json),
        _ => None,
    }
}

/// Reads the body. `files` are the names under which files are taken; without any, no multipart is.
///
/// # Errors
/// `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST` for what is not what its type says, `PAYLOAD_TOO_LARGE`.
pub(super) async fn read(
    incoming: &mut Incoming,
    headers: &HeaderMap,
    files: &[&str],
    limits: Limits,
) -> Result<Fields, Error> {
    let media = media(headers);
    if let (Some(Media::Multipart), false) = (media, files.is_empty()) {
        let multipart::Parts { texts, files } = multipart::read(incoming, headers, files, limits).await?;
        return Ok(Fields { values: texts, textual: true, files });
    }
    let bytes = incoming.bytes(headers, limits.body).await.map_err(refused)?;
    if bytes.is_empty() {
        return Ok(Fields::default());
    }
    match media {
        Some(Media::Json) => {
            let values = match serde_json::from_slice(&bytes) {
                Ok(Json::Object(values)) => values,
                // Well-formed, but without fields.
                Ok(_) => Map::new(),
                Err(_) => return Err(refused(ErrorCode::BadRequest)),
            };
            Ok(Fields { values, ..Fields::default() })
        }
        Some(Media::Form) => {
            let values = php::urlencoded(&bytes).ok_or_else(|| refused(ErrorCode::BadRequest))?;
            Ok(Fields { values, textual: true, ..Fields::default() })
        }
        Some(Media::Multipart) | None => Err(refused(ErrorCode::UnsupportedMediaType)),
    }
}

/// Whether the body has a field of this name, as far as it can be read. Never an error: whoever serves
/// the request finds that.
pub(crate) async fn has_field(incoming: &mut Incoming, headers: &HeaderMap, name: &str, limits: Limits) -> bool {
    match media(headers) {
        Some(Media::Json | Media::Form) => {
            read(incoming, headers, &[], limits).await.is_ok_and(|fields| fields.values.contains_key(name))
        }
        Some(Media::Multipart) | None => false,
    }
}

fn refused(code: ErrorCode) -> Error {
    Error::new(code, "The body could not be read.")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    #[test]
    fn media_types_are_compared_by_essence() {
        let of =
            |text: &'static str| media(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(text))]));
        assert_eq!(of("application/json; charset=utf-8"), Some(Media::Json));
        assert_eq!(of("application/vnd.api+json"), Some(Media::Json));
        assert_eq!(of("Application/X-WWW-Form-Urlencoded"), Some(Media::Form));
        assert_eq!(of("multipart/form-data; boundary=x"), Some(Media::Multipart));
        assert_eq!(of("text/plain"), None);
        assert_eq!(media(&HeaderMap::new()), None);
    }
}
