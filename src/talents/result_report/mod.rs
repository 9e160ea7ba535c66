//! What people read of a result: the full and the short report, and two maps as pictures.
//!
//! A document is made of [`data`] by the templates in `templates/report/` and named by its content: the same
//! result in the same language from the same templates and fonts has the same [`Document::etag`], which is also
//! how it is found again on disk.

mod data;
pub mod schema;
mod stored;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use gerbang_kernel::{
    error::{Error, ErrorCode, Result},
    messages::Language,
};
use gerbang_platform::{
    file_cache::FileCache,
    typesetting::{Job, OtherFonts, Templates, Typesetter},
};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::assessment::rules::Assessment;
use crate::{
    config,
    domain::Domain,
    stored_files::signed_link,
    talents::{client, partner},
};

pub use self::stored::open;
pub use gerbang_platform::typesetting::Format;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/report");
/// Where systems keep fonts; none are there on some.
const SYSTEM_FONTS: &str = "/usr/share/fonts";
/// Characters of a person's name in the name of a file.
const NAME_IN_FILE: usize = 60;

/// What makes documents, and keeps those that are made. Cheap to clone.
#[derive(Clone)]
pub struct Reports {
    typesetter: Typesetter,
    kept: FileCache,
}

impl Reports {
    /// Nothing is read or made before the first document is wanted, except templates of the operator's own.
    ///
    /// # Errors
    /// `INTERNAL` when these can't be read, or there is no folder of fonts where the operator says.
    pub fn new(settings: &config::Reports) -> Result<Self> {
        let config::Reports { images: _, queue, cache_folder, cache_bytes, templates, fonts, font_order } = settings;
        let own = !templates.as_os_str().is_empty();
        let templates = if own { Templates::from_folder(templates)? } else { Templates::embedded(&TEMPLATES) };
        let kept = FileCache::new(cache_folder.clone(), *cache_bytes);
        let fonts = OtherFonts { folder: font_folder(fonts)?, order: font_order.clone() };
        Ok(Self { typesetter: Typesetter::new(templates, fonts, *queue), kept })
    }

    /// The same with templates from a folder, for those who design them; nothing is kept.
    ///
    /// # Errors
    /// `INTERNAL` when they can't be read.
    pub fn preview(templates: &Path) -> Result<Self> {
        let fonts = OtherFonts { folder: SYSTEM_FONTS.into(), order: Vec::new() };
        let typesetter = Typesetter::new(Templates::from_folder(templates)?, fonts, 1);
        Ok(Self { typesetter, kept: FileCache::new(PathBuf::new(), 0) })
    }

    /// The document of this kind over `data`, as JSON: made, unless it is there already.
    ///
    /// # Errors
    /// `UNAVAILABLE` when too many wait, `INTERNAL` when a template is broken.
    pub async fn document(&self, kind: ReportKind, format: Format, data: Bytes) -> Result<Rendered> {
        let (name, found) = self.find(kind, format, &data).await?;
        let content = if let Some(found) = found {
            found
        } else {
            let job = Job { template: kind.template(), data, format };
            let ((known, asked), (kept, cache_key)) =
                ((self.kept.clone(), name.clone()), (self.kept.clone(), name.clone()));
            self.typesetter
                .render(job, move || known.get(&asked), move |rendered| kept.put(&cache_key, rendered))
                .await?
        };
        Ok(Rendered { etag: name, content })
    }

    /// The name of a document and, if it is there already, the document.
    async fn find(&self, kind: ReportKind, format: Format, data: &Bytes) -> Result<(String, Option<Bytes>)> {
        let (reports, data) = (self.clone(), data.clone());
        let find = move || {
            let name = reports.name(kind, format, &data);
            let found = reports.kept.get(&name);
            (name, found)
        };
        Ok(tokio::task::spawn_blocking(find).await?)
    }

    /// A name of exactly this content.
    fn name(&self, kind: ReportKind, format: Format, data: &[u8]) -> String {
        let mut hash = Sha256::new();
        for part in [&self.typesetter.version(data), kind.template(), format.extension()] {
            hash.update(part);
            hash.update(b"\n");
        }
        hash.update(data);
        hex::encode(&hash.finalize()[..16])
    }
}

/// The folder of an operator, which must be there, or that of the system, which may be.
fn font_folder(own: &Path) -> Result<PathBuf> {
    if own.as_os_str().is_empty() {
        return Ok(SYSTEM_FONTS.into());
    }
    if own.is_dir() {
        return Ok(own.to_owned());
    }
    Err(Error::internal(format!("[reports] fonts: {} is not a folder", own.display())))
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reports").field("typesetter", &self.typesetter).field("kept", &self.kept).finish()
    }
}

/// A rendered document with the name of its content.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Names exactly this content.
    pub etag: String,
    /// The bytes.
    pub content: Bytes,
}

/// What can be made of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// The full report, six pages or more.
    Full,
    /// The short report, two pages.
    Short,
    /// The map of all typologies by cluster (TMM).
    TalentMap,
    /// The map of the clusters (SCM).
    ClusterMap,
}

impl ReportKind {
    const fn template(self) -> &'static str {
        match self {
            Self::Full => "full.typ",
            Self::Short => "short.typ",
            Self::TalentMap => "tmm.typ",
            Self::ClusterMap => "scm.typ",
        }
    }

    /// What it is called in this language.
    const fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Full, Language::Indonesian) => "peta-bakat",
            (Self::Full, Language::English) => "talent-map",
            (Self::Short, Language::Indonesian) => "ringkasan-peta-bakat",
            (Self::Short, Language::English) => "talent-map-in-brief",
            (Self::TalentMap, _) => "tmm",
            (Self::ClusterMap, _) => "scm",
        }
    }
}

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

/// What a document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Who was assessed.
    pub client: &'a client::row::Model,
    /// Through whom.
    pub partner: &'a partner::row::Model,
    /// What was found.
    pub assessment: &'a Assessment,
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

/// Where a report can be fetched for ten minutes, without a token.
pub fn link(domain: &Domain, client_id: i64, kind: ReportKind, language: Language) -> Result<String> {
    signed_link::link(domain, &stored::path(client_id, kind, language), false)
}
