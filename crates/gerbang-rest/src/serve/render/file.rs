//! Files: what the schema's scalar `File` carries to a route of `kind: FILE`.

use async_graphql::Value;
use axum::http::{
    HeaderValue,
    header::{self, HeaderMap},
};
use bytes::Bytes;
use gerbang_kernel::request::etag;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What RFC 8187 does not let stand for itself.
const NOT_PLAIN: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}');

/// A file on its way out. In process the scalar `File` is an object of `content` (binary), `contentType`,
/// `name` and, if it is known without the bytes, `etag`.
pub(crate) struct File {
    pub(crate) content: Bytes,
    content_type: String,
    name: Option<String>,
    etag: Option<String>,
}

impl File {
    /// The file in a value of the scalar, if it is one.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let Value::Object(members) = value else { return None };
        let text = |key: &str| match members.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        let Some(Value::Binary(content)) = members.get("content") else { return None };
        Some(Self {
            content: content.clone(),
            content_type: text("contentType")?,
            name: text("name"),
            etag: text("etag"),
        })
    }

    /// The headers that describe it: always an attachment, never guessed at.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, self.content_type.clone());
        set(header::CONTENT_DISPOSITION, self.name.as_deref().map_or_else(|| "attachment".to_owned(), disposition));
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned());
        let given = self.etag.as_ref().and_then(|etag| HeaderValue::try_from(format!("\"{etag}\"")).ok());
        headers.insert(header::ETAG, given.unwrap_or_else(|| etag(&self.content)));
        headers
    }
}

/// `attachment` with a name that every client can read.
pub fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' { c } else { '_' }).collect();
    if plain == name {
        format!("attachment; filename=\"{plain}\"")
    } else {
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NOT_PLAIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_encoded() {
        assert_eq!(disposition("report.pdf"), "attachment; filename=\"report.pdf\"");
        assert_eq!(
            disposition("laporan \"Ã\".pdf"),
            "attachment; filename=\"laporan ___.pdf\"; filename*=UTF-8''laporan%20%22%C3%83%22.pdf"
        );
    }
}
