//! Multipart bodies: texts are kept, files go to a temporary file as they arrive.

use std::collections::HashMap;

use async_graphql::UploadValue;
use axum::http::HeaderMap;
use gerbang_graphql::multipart::{Disposition, boundary};
use gerbang_kernel::error::{Error, ErrorCode, Rule};
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde_json::{Map, Value as Json};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
};

use super::{incoming::Incoming, php};
use crate::model::settings::Limits;

/// More parts than any documented form has.
const MAX_PARTS: usize = 200;
/// Bytes that boundaries and headers of parts may take together.
const OVERHEAD: u64 = 64 * 1024;

/// The texts and the files of a body; of a file that is too large the rule that it breaks.
pub(super) struct Parts {
    pub(super) texts: Map<String, Json>,
    pub(super) files: HashMap<String, Result<UploadValue, Rule>>,
}

/// Reads a multipart body. Only files called as one of `wanted` are stored; others are skipped.
///
/// # Errors
/// `BAD_REQUEST` if it breaks off or is no multipart body, `PAYLOAD_TOO_LARGE` beyond a limit; `VALIDATION_FAILED`
/// (`FILE_SIZE`) at the name of a file that is so large that nothing behind it is read.
pub(super) async fn read(
    incoming: &mut Incoming,
    headers: &HeaderMap,
    wanted: &[&str],
    limits: Limits,
) -> Result<Parts, Error> {
    let boundary = boundary(headers).ok_or_else(|| refused(ErrorCode::BadRequest))?;
    // The parser keeps what it has not understood yet, so that even nonsense needs an end.
    let most =
        (limits.body as u64).saturating_add(limits.file.saturating_mul(wanted.len() as u64)).saturating_add(OVERHEAD);
    let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(most));
    let mut body = Multipart::with_constraints(incoming.stream(), boundary, constraints);
    let (mut texts, mut files) = (Vec::new(), HashMap::new());
    // Texts together, and whatever is skipped, may be as long as another body.
    let mut budget = limits.body;
    let mut parts = 0;
    while let Some(mut part) = body.next_field().await.map_err(unreadable)? {
        parts += 1;
        if parts > MAX_PARTS {
            return Err(refused(ErrorCode::PayloadTooLarge));
        }
        let Disposition { name, file_name } = Disposition::of(part.headers());
        let name = name.unwrap_or_default();
        match file_name {
            None => {
                let mut text = Vec::new();
                while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
                    budget = budget.checked_sub(chunk.len()).ok_or_else(|| refused(ErrorCode::PayloadTooLarge))?;
                    text.extend_from_slice(&chunk);
                }
                texts.push((name, String::from_utf8_lossy(&text).into_owned()));
            }
            // A browser sends a file input that was left alone as a file without a name.
            Some(file_name)
                if !file_name.is_empty() && wanted.contains(&name.as_str()) && !files.contains_key(&name) =>
            {
                let stored = store(part, &name, file_name, limits.file).await?;
                files.insert(name, stored);
            }
            Some(_) => {
                while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
                    budget = budget.checked_sub(chunk.len()).ok_or_else(|| refused(ErrorCode::PayloadTooLarge))?;
                }
            }
        }
    }
    let texts = php::fields(texts.into_iter()).ok_or_else(|| refused(ErrorCode::BadRequest))?;
    Ok(Parts { texts, files })
}

async fn store(
    mut part: Field<'_>,
    name: &str,
    file_name: String,
    limit: u64,
) -> Result<Result<UploadValue, Rule>, Error> {
    let too_large = Rule::FileSize(limit / 1_024);
    let content_type = part.content_type().map(ToString::to_string);
    let mut file = File::from_std(tokio::task::spawn_blocking(tempfile::tempfile).await??);
    let mut left = Some(limit);
    loop {
        let chunk = match part.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(multer::Error::StreamSizeExceeded { .. }) if left.is_none() => {
                return Err(Error::violation(name.to_owned(), too_large));
            }
            Err(error) => return Err(unreadable(error)),
        };
        left = left.and_then(|left| left.checked_sub(chunk.len() as u64));
        if left.is_some() {
            file.write_all(&chunk).await?;
        }
    }
    if left.is_none() {
        return Ok(Err(too_large));
    }
    file.flush().await?;
    file.rewind().await?;
    Ok(Ok(UploadValue { filename: file_name, content_type, content: file.into_std().await }))
}

fn refused(code: ErrorCode) -> Error {
    Error::new(code, "The form could not be read.")
}

fn unreadable(error: multer::Error) -> Error {
    refused(match error {
        multer::Error::StreamSizeExceeded { .. } => ErrorCode::PayloadTooLarge,
        _ => ErrorCode::BadRequest,
    })
}
