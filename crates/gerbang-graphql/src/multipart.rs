//! What stands in the headers of multipart bodies, read as PHP does and not as the grammar would have it.
//!
//! The parser that cuts a body into its parts wants the boundary as its grammar says and file names in UTF-8. React
//! Native, Java and old browsers send neither, and the documented APIs took their files.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use gerbang_kernel::text::UNSTORABLE;
use percent_encoding::percent_decode;

/// The media type of a body in lower case, without parameters. Empty where there is none.
pub fn essence(headers: &HeaderMap) -> String {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let essence = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    String::from_utf8_lossy(essence.trim_ascii()).to_ascii_lowercase()
}

/// What stands between the parts of a body. Unquoted it goes on to the next `;` or `,`, whatever characters are in it.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = str::from_utf8(headers.get(CONTENT_TYPE)?.as_bytes()).ok()?;
    let parameters = content_type.split_once(';')?.1;
    // Names are in any case, and as long in lower case as before.
    let at = parameters.to_ascii_lowercase().find("boundary")?;
    let value = parameters[at..].split_once('=')?.1.trim();
    let boundary = match value.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?.0,
        None => value.split([';', ',']).next()?.trim_end(),
    };
    Some(boundary.to_owned()).filter(|boundary| !boundary.is_empty())
}

/// How a part is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disposition {
    /// The name of its field.
    pub name: Option<String>,
    /// The name of its file; a part that has one is a file, even where it is empty or not in UTF-8.
    pub file_name: Option<String>,
}

impl Disposition {
    /// Reads the headers of a part.
    pub fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes).unwrap_or_default();
        let (mut name, mut file_name, mut extended) = (None, None, None);
        for (key, value) in parameters(value) {
            match key.as_str() {
                "name" => name = name.or(Some(value)),
                "filename" => file_name = file_name.or(Some(value)),
                "filename*" => extended = extended.or_else(|| decode_extended(&value)),
                _ => {}
            }
        }
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { name: name.map(text), file_name: file_name.map(text).or(extended) }
    }
}

/// The parameters behind the first `;`, their names in lower case.
fn parameters(value: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.iter().position(|byte| *byte == b';') {
        rest = &rest[start + 1..];
        let Some(equals) = rest.iter().position(|byte| matches!(byte, b'=' | b';')) else { break };
        if rest[equals] == b';' {
            continue;
        }
        let key = String::from_utf8_lossy(rest[..equals].trim_ascii()).to_ascii_lowercase();
        let after = rest[equals + 1..].trim_ascii_start();
        let value;
        (value, rest) = if let [b'"', quoted @ ..] = after {
            unquote(quoted)
        } else {
            let end = after.iter().position(|byte| *byte == b';').unwrap_or(after.len());
            (after[..end].trim_ascii_end().to_vec(), &after[end..])
        };
        found.push((key, value));
    }
    found
}

/// The text up to the closing quote, and what follows it. Only quotes are escaped: a backslash may be part of a path.
fn unquote(quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    let mut rest = quoted;
    loop {
        match rest {
            [b'\\', b'"', after @ ..] => {
                text.push(b'"');
                rest = after;
            }
            [b'"', after @ ..] => return (text, after),
            [byte, after @ ..] => {
                text.push(*byte);
                rest = after;
            }
            [] => return (text, rest),
        }
    }
}

/// The name in `UTF-8''%e2%82%ac.pdf` (RFC 8187).
fn decode_extended(value: &[u8]) -> Option<String> {
    let encoded = value.splitn(3, |byte| *byte == b'\'').nth(2)?;
    Some(percent_decode(encoded).decode_utf8_lossy().replace(UNSTORABLE, ""))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(name: HeaderName, value: &[u8]) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_bytes(value).unwrap())])
    }

    #[test]
    fn boundaries_are_read_to_the_next_semicolon_or_comma() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            (
                "multipart/form-data; boundary=-XrQHxml_qhW/dc2hip09LUML=Wo.9:abc",
                Some("-XrQHxml_qhW/dc2hip09LUML=Wo.9:abc"),
            ),
            ("multipart/form-data; boundary=a(b)?c'+d; charset=utf-8", Some("a(b)?c'+d")),
            ("multipart/form-data; boundary=a b , x", Some("a b")),
            ("multipart/form-data; boundary=\"a b:(c)?=/\"", Some("a b:(c)?=/")),
            ("multipart/form-data; charset=utf-8; BOUNDARY = \"a;b,c\"; x=y", Some("a;b,c")),
            ("multipart/form-data;boundary=--__X__ ", Some("--__X__")),
            ("multipart/form-data; boundary=\"open", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data; boundary", None),
            ("multipart/form-data", None),
        ] {
            let read = boundary(&headers(CONTENT_TYPE, content_type.as_bytes()));
            assert_eq!(read.as_deref(), expected, "{content_type}");
        }
        assert_eq!(boundary(&HeaderMap::new()), None);
    }

    #[test]
    fn media_types_are_compared_by_essence() {
        for (content_type, expected) in [
            ("application/json; charset=utf-8", "application/json"),
            ("Multipart/Form-Data; boundary=a:b", "multipart/form-data"),
        ] {
            assert_eq!(essence(&headers(CONTENT_TYPE, content_type.as_bytes())), expected);
        }
        assert_eq!(essence(&HeaderMap::new()), "");
    }

    #[test]
    fn a_part_with_a_file_name_is_a_file_whatever_its_bytes() {
        let of = |value: &[u8]| {
            let Disposition { name, file_name } = Disposition::of(&headers(CONTENT_DISPOSITION, value));
            (name.unwrap_or_default(), file_name)
        };
        let called = |name: &str, file_name: &str| (name.to_owned(), Some(file_name.to_owned()));
        assert_eq!(of(b"form-data; name=\"file\"; filename=\"a.pdf\""), called("file", "a.pdf"));
        assert_eq!(of(b"form-data; name=\"file\"; filename=\"\xfcber.pdf\""), called("file", "\u{fffd}ber.pdf"));
        assert_eq!(of(b"form-data; NAME=\"file\"; FileName=\"a.pdf\""), called("file", "a.pdf"));
        assert_eq!(of(b"form-data; filename*=UTF-8''%C3%BCber.pdf; name=file"), called("file", "über.pdf"));
        assert_eq!(of(b"form-data; name=file; filename=a b.pdf ; x=y"), called("file", "a b.pdf"));
        assert_eq!(
            of(b"form-data; name=\"a;\\\"b\\\"\"; filename=\"C:\\dir\\a.pdf\""),
            called("a;\"b\"", "C:\\dir\\a.pdf")
        );
        assert_eq!(of(b"form-data; name=\"file\"; filename=\"\""), called("file", ""));
        assert_eq!(of(b"form-data; name=\"text\""), ("text".to_owned(), None));
        assert_eq!(of(b"form-data; filename; name=\"text\""), ("text".to_owned(), None));
        assert_eq!(of(b"form-data"), (String::new(), None));
    }
}
