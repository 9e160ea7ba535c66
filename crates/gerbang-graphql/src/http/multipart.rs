//! Uploads: the GraphQL multipart request specification.
//!
//! The parts come in order: `operations` with null in place of each file, `map` from the names of the file
//! parts to those places, then the files, which are written to temporary files as they arrive.

use std::{
    collections::{HashMap, HashSet},
    io::{self, SeekFrom},
};

use async_graphql::{UploadValue, Variables};
use async_graphql_value::ConstValue;
use axum::{body::Body, http::HeaderMap};
use gerbang_kernel::error::{Error, Rule};
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
};

use super::{
    refusal::{Kind, Refusal},
    request::{Batch, Operation},
};
use crate::{errors::error_of, malformed::UPLOAD, multipart::Disposition, settings::Settings};

/// Files in one request at most.
const MAX_FILES: usize = 10;
/// Places that all files together may stand in.
const MAX_PLACES: usize = 50;
/// Bytes of `map`, and of the parts' own headers.
const MAP_BYTES: u64 = 64 * 1024;
/// Headers of which browsers send one only after they asked (a preflight): without, a page of another site
/// could make a browser send the request, since a form may be multipart.
const PREFLIGHT: [&str; 3] = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];

/// Refuses what a form of another site could send.
///
/// # Errors
/// When none of the headers has a value.
pub(super) fn require_preflight(headers: &HeaderMap) -> Result<(), Refusal> {
    if PREFLIGHT.iter().any(|name| headers.get(*name).is_some_and(|value| !value.is_empty())) {
        return Ok(());
    }
    Err(Refusal::malformed(
        "A multipart request needs the header `GraphQL-Require-Preflight: true`, so that no other site's form can send it.",
    ))
}

/// Reads the request and its files.
///
/// # Errors
/// When the parts are not as specified, or too large.
pub(super) async fn receive(body: Body, boundary: String, limits: &Settings) -> Result<Batch, Refusal> {
    let (json_bytes, files_bytes) = (limits.body_bytes as u64, limits.file_bytes * MAX_FILES as u64);
    let sizes = SizeLimit::new()
        .whole_stream(json_bytes + files_bytes + 2 * MAP_BYTES)
        .for_field("operations", json_bytes)
        .for_field("map", MAP_BYTES);
    let mut parts =
        Multipart::with_constraints(body.into_data_stream(), boundary, Constraints::new().size_limit(sizes));

    let operations = named(&mut parts, "operations").await?.bytes().await.map_err(unreadable)?;
    let mut batch = Batch::from_json(&operations)?;
    let map = named(&mut parts, "map").await?.bytes().await.map_err(unreadable)?;
    let mut places: HashMap<String, Vec<String>> = serde_json::from_slice(&map)
        .map_err(|error| Refusal::malformed(format!("`map` must be an object of lists of paths: {error}.")))?;
    check_places(&places)?;

    while let Some(field) = parts.next_field().await.map_err(unreadable)? {
        let Disposition { name, file_name } = Disposition::of(field.headers());
        let name = name.unwrap_or_default();
        let Some(paths) = places.remove(&name) else {
            return Err(Refusal::malformed(format!("The part `{name}` is not in `map`.")));
        };
        let (upload, is_whole) = store(field, file_name.unwrap_or_default(), limits.file_bytes)
            .await
            .map_err(|error| error.refusal(paths.first().map_or("", String::as_str), limits.file_bytes))?;
        for path in paths {
            batch.put(&path, upload.try_clone().map_err(unwritable)?, is_whole)?;
        }
    }
    match places.into_keys().min() {
        Some(name) => Err(Refusal::malformed(format!("`map` names the part `{name}`, which is missing."))),
        None => Ok(batch),
    }
}

async fn named<'a>(parts: &mut Multipart<'a>, name: &str) -> Result<Field<'a>, Refusal> {
    match parts.next_field().await.map_err(unreadable)? {
        Some(field) if Disposition::of(field.headers()).name.as_deref() == Some(name) => Ok(field),
        _ => Err(Refusal::malformed("The parts must be `operations`, `map`, then the files.")),
    }
}

fn check_places(places: &HashMap<String, Vec<String>>) -> Result<(), Refusal> {
    if places.len() > MAX_FILES {
        return Err(Refusal::malformed(format!(
            "A request may have {MAX_FILES} files; this one has {}.",
            places.len()
        )));
    }
    let mut seen = HashSet::new();
    if let Some(path) = places.values().flatten().find(|path| !seen.insert(path.as_str())) {
        return Err(Refusal::malformed(format!("`map` names `{path}` twice.")));
    }
    if seen.len() > MAX_PLACES || places.values().any(Vec::is_empty) {
        return Err(Refusal::malformed(format!("Each file needs a place, and {MAX_PLACES} places are the most.")));
    }
    Ok(())
}

/// Why a file could not be stored.
enum Unstored {
    Refused(Refusal),
    /// It is so much too large that nothing more is read, also of what is behind it.
    Endless,
}

impl From<Refusal> for Unstored {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Unstored {
    /// What is said about the file at `path`.
    fn refusal(self, path: &str, limit: u64) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Endless => {
                let place = path.find("variables.").map_or(path, |start| &path[start + "variables.".len()..]);
                let error = Error::violation(place.to_owned(), Rule::FileSize(limit / 1_024));
                Refusal::from_errors(Kind::Input, vec![error_of(error, None, Vec::new())])
            }
        }
    }
}

/// Stores a file up to its limit, and says whether that is all of it. The rest is read, so that whatever else is wrong with
/// the input can be told, too.
async fn store(mut field: Field<'_>, filename: String, limit: u64) -> Result<(UploadValue, bool), Unstored> {
    let content_type = field.content_type().map(ToString::to_string);
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(io::Error::other).flatten();
    let mut file = File::from_std(file.map_err(unwritable)?);
    let mut left = Some(limit);
    loop {
        let chunk = match field.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(multer::Error::StreamSizeExceeded { .. }) if left.is_none() => return Err(Unstored::Endless),
            Err(error) => return Err(unreadable(error).into()),
        };
        left = left.and_then(|left| left.checked_sub(chunk.len() as u64));
        if left.is_some() {
            file.write_all(&chunk).await.map_err(unwritable)?;
        }
    }
    file.flush().await.map_err(unwritable)?;
    file.seek(SeekFrom::Start(0)).await.map_err(unwritable)?;
    Ok((UploadValue { filename, content_type, content: file.into_std().await }, left.is_some()))
}

impl Batch {
    /// Puts a file where `path` says, which must hold null.
    fn put(&mut self, path: &str, upload: UploadValue, is_whole: bool) -> Result<(), Refusal> {
        let target = match self {
            Self::One(operation) => Some((operation, path)),
            Self::Many(operations) => path
                .split_once('.')
                .and_then(|(position, path)| Some((operations.get_mut(position.parse::<usize>().ok()?)?, path))),
        };
        let placed = target.and_then(|(Operation { variables, uploads, oversized, .. }, path)| {
            let place = null_at(&mut variables.values, path.strip_prefix("variables.")?)?;
            // How the engine's `Upload` finds its file.
            *place = ConstValue::String(format!("{UPLOAD}{}", uploads.len()));
            if !is_whole {
                oversized.push(uploads.len());
            }
            uploads.push(upload);
            Some(())
        });
        placed.ok_or_else(|| Refusal::malformed(format!("`map` names `{path}`, where `operations` has no null.")))
    }
}

fn null_at<'a>(variables: &'a mut Variables, path: &str) -> Option<&'a mut ConstValue> {
    let mut steps = path.split('.');
    let root = variables.get_mut(steps.next()?)?;
    let place = steps.try_fold(root, |value, step| match value {
        ConstValue::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        ConstValue::Object(fields) => fields.get_mut(step),
        _ => None,
    })?;
    matches!(place, ConstValue::Null).then_some(place)
}

fn unreadable(error: multer::Error) -> Refusal {
    match error {
        multer::Error::FieldSizeExceeded { limit, field_name } => {
            let name = field_name.unwrap_or_default();
            Refusal::new(Kind::TooLarge, format!("The part `{name}` is larger than {limit} bytes."))
        }
        multer::Error::StreamSizeExceeded { limit } => {
            Refusal::new(Kind::TooLarge, format!("The request is larger than {limit} bytes."))
        }
        other => Refusal::malformed(format!("The multipart body could not be read: {other}.")),
    }
}

fn unwritable(error: io::Error) -> Refusal {
    tracing::error!(error = %error, "an upload could not be written to a temporary file");
    Refusal::new(Kind::Busy, "The file could not be taken. Try again in a moment.")
}
