//! Files to upload.

use std::io::{Seek, Write};

use async_graphql::{Request, UploadValue, Variables};
use serde_json::Value;

/// What tells a PDF document.
pub(crate) const PDF: &[u8] = b"%PDF-1.7\n%%EOF\n";
/// What tells a JPEG image.
pub(crate) const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0";
/// What tells a PNG image.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// An operation whose variable `input` has a file with these bytes as its `file`.
pub(crate) fn upload(query: &str, mut variables: Value, bytes: &[u8]) -> Request {
    variables["input"]["file"] = Value::Null;
    let mut content = tempfile::tempfile().unwrap();
    content.write_all(bytes).unwrap();
    content.rewind().unwrap();
    let file =
        UploadValue { filename: "../../evil.exe".to_owned(), content_type: Some("text/html".to_owned()), content };
    let mut request = Request::new(query).variables(Variables::from_json(variables));
    request.set_upload("variables.input.file", file);
    request
}
