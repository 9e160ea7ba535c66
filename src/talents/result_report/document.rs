//! The documents about one person.

use bytes::Bytes;
use gerbang_kernel::{
    error::{Error, ErrorCode, Result},
    messages::Language,
};
use gerbang_platform::typesetting::Format;

use super::{
    data,
    reports::{Rendered, ReportKind},
    subject::Subject,
};
use crate::{domain::Domain, talents::client};

/// Characters of a person's name in the name of a file.
const NAME_IN_FILE: usize = 60;

/// A document as it is handed over.
#[derive(Clone, Debug)]
pub struct Document {
    /// The bytes.
    pub content: Bytes,
    /// The media type.
    pub content_type: &'static str,
    /// What it is called when it is saved.
    pub filename: String,
    /// Names exactly this content.
    pub etag: String,
}

/// Makes a document.
///
/// # Errors
/// `UNAVAILABLE` when too many wait.
pub async fn document(
    domain: &Domain,
    subject: Subject<'_>,
    kind: ReportKind,
    language: Language,
    format: Format,
) -> Result<Document> {
    let data = data::of(subject, language)?;
    let Rendered { etag, content } = domain.reports.document(kind, format, data).await?;
    let filename = filename(subject.client, kind, language, format);
    Ok(Document { content, content_type: format.content_type(), filename, etag })
}

/// A map as a PNG image, which an operator must allow.
///
/// # Errors
/// `FORBIDDEN` unless `[reports] images` is on, `UNAVAILABLE` when too many wait.
pub async fn image(domain: &Domain, subject: Subject<'_>, map: ReportKind, language: Language) -> Result<Document> {
    if !domain.config.reports.images {
        return Err(Error::new(ErrorCode::Forbidden, "Image generation is disabled. Ask for `svg` instead."));
    }
    document(domain, subject, map, language, Format::Png).await
}

/// What a document about this person is called, in letters that every system takes.
pub fn filename(client: &client::row::Model, kind: ReportKind, language: Language, format: Format) -> String {
    let mut name = slug::slugify(&client.name);
    name.truncate(NAME_IN_FILE);
    let name = match name.trim_end_matches('-') {
        "" => client.id.to_string(),
        name => name.to_owned(),
    };
    format!("{}-{name}.{}", kind.title(language), format.extension())
}
