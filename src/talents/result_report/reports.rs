//! Making documents, and keeping those that are made.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use gerbang_kernel::{
    error::{Error, Result},
    messages::Language,
};
use gerbang_platform::{
    file_cache::FileCache,
    typesetting::{Format, Job, OtherFonts, Templates, Typesetter},
};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use crate::config;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/report");
/// Where systems keep fonts; none are there on some.
const SYSTEM_FONTS: &str = "/usr/share/fonts";

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

    /// How many documents are being made or wait for it.
    pub fn waiting(&self) -> usize {
        self.typesetter.waiting()
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
    pub(super) const fn title(self, language: Language) -> &'static str {
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
