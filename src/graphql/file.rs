//! Files that are part of an answer.

use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::{Context, InputValueError, InputValueResult, Name, Scalar, ScalarType, Value};
use base64::{Engine, engine::general_purpose::STANDARD};
use gerbang_graphql::engine::InProcess;
use gerbang_kernel::error::{Error, ErrorCode, Result};

use crate::talents::result_report::Document;

/// Files and pictures in one answer; each is hundreds of kilobytes.
const MAX_FILES: u32 = 20;

/// A file as an object of `content` (its bytes in base64), `contentType`, `name` and `etag`, which names
/// exactly this content.
#[derive(Debug)]
pub struct File {
    document: Document,
    in_process: bool,
}

impl File {
    /// The document, in the form that the request takes.
    pub fn new(ctx: &Context<'_>, document: Document) -> Self {
        Self { document, in_process: ctx.data_opt::<InProcess>().is_some() }
    }
}

/// A file as an object of `content` (its bytes in base64), `contentType`, `name` and `etag`, which names
/// exactly this content.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc4648#section-4")]
impl ScalarType for File {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        let Document { content, content_type, filename, etag } = &self.document;
        let content =
            if self.in_process { Value::Binary(content.clone()) } else { Value::from(STANDARD.encode(content)) };
        let members = [
            ("content", content),
            ("contentType", Value::from(*content_type)),
            ("name", Value::from(filename.as_str())),
            ("etag", Value::from(etag.as_str())),
        ];
        Value::Object(members.into_iter().map(|(name, value)| (Name::new(name), value)).collect())
    }
}

/// How many files one answer holds so far.
#[derive(Debug, Default)]
pub struct FileCount(AtomicU32);

/// Counts another file of the answer.
///
/// # Errors
/// `BAD_REQUEST` when they become too many for one answer.
pub fn count_file(ctx: &Context<'_>) -> Result<()> {
    if ctx.data_unchecked::<FileCount>().0.fetch_add(1, Ordering::Relaxed) < MAX_FILES {
        return Ok(());
    }
    let message = format!("One answer holds {MAX_FILES} files at most. Ask for fewer, or for their `url`.");
    Err(Error::new(ErrorCode::BadRequest, message))
}
