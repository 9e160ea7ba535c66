//! What the engine sees: the templates, one file of data, and the fonts for it. No network, no packages, no file
//! of the machine but fonts for letters that the program's own lack, no clock: the same data gives the same bytes.

use std::collections::HashMap;

use gerbang_kernel::error::{Error, Result};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Array, Bytes, Datetime, Dict, Duration, IntoValue},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::{LazyHash, Scalar},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use typst_render::RenderOptions;
use typst_svg::SvgOptions;

use super::{
    fonts::{Choice, Fonts},
    job::{Format, Job},
    templates::Templates,
};

/// Where templates find their data.
const DATA: &str = "data.json";
/// Where templates find the families to name after their own, in `sys.inputs`.
const FALLBACK: &str = "fonts";
/// Pixels a point of images: 144 an inch.
const PIXELS_PER_POINT: f64 = 2.0;

/// The engine with everything that stays the same from document to document.
pub(super) struct Engine {
    library: LazyHash<Library>,
    files: HashMap<FileId, File>,
    data: FileId,
    accessible: PdfOptions,
    plain: PdfOptions,
}

struct File {
    content: Bytes,
    source: Option<Source>,
}

impl Engine {
    /// Parses the templates.
    pub(super) fn new(templates: &Templates, fonts: &Fonts) -> Result<Self> {
        let fallback: Array = fonts.fallback().map(IntoValue::into_value).collect();
        let inputs: Dict = [(FALLBACK.into(), fallback.into_value())].into_iter().collect();
        let mut files = HashMap::new();
        for (path, content) in templates.files() {
            let id = file_id(path)?;
            let is_source = id.vpath().extension() == Some("typ");
            let source = is_source.then(|| Source::new(id, String::from_utf8_lossy(content).into_owned()));
            files.insert(id, File { content: Bytes::new(content.clone()), source });
        }
        let accessible = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| failed(error.message()))?;
        Ok(Self {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            files,
            data: file_id(DATA)?,
            accessible: PdfOptions { standards: accessible, ..PdfOptions::default() },
            plain: PdfOptions::default(),
        })
    }

    /// Renders one document.
    pub(super) fn render(&self, job: &Job, fonts: Choice<'_>) -> Result<Vec<u8>> {
        let document =
            Document { engine: self, fonts, main: file_id(job.template)?, data: Bytes::new(job.data.clone()) };
        let pages = typst::compile::<PagedDocument>(&document).output.map_err(|errors| document.describe(&errors))?;
        let first = pages.pages().first().ok_or_else(|| failed("a template gave no page"));
        match job.format {
            Format::Pdf => self.pdf(&pages).map_err(|errors| document.describe(&errors)),
            Format::Png => {
                let scale = RenderOptions { pixel_per_pt: Scalar::new(PIXELS_PER_POINT), ..RenderOptions::default() };
                typst_render::render(first?, &scale).encode_png().map_err(Error::internal)
            }
            Format::Svg => Ok(typst_svg::svg(first?, &SvgOptions::default()).into_bytes()),
        }
    }

    /// An accessible PDF (PDF/UA-1); where the standard forbids what a text holds, a tagged one that does not
    /// claim to be.
    fn pdf(&self, document: &PagedDocument) -> Result<Vec<u8>, Vec<SourceDiagnostic>> {
        typst_pdf::pdf(document, &self.accessible)
            .or_else(|_| typst_pdf::pdf(document, &self.plain))
            .map_err(|errors| errors.into_iter().collect())
    }
}

/// A document and what it is rendered from.
struct Document<'engine> {
    engine: &'engine Engine,
    fonts: Choice<'engine>,
    main: FileId,
    data: Bytes,
}

impl Document<'_> {
    /// What is wrong with a template and where, for the log.
    fn describe(&self, errors: &[SourceDiagnostic]) -> Error {
        let line = |error: &SourceDiagnostic| {
            let place = error.span.id().and_then(|id| {
                let range = typst::WorldExt::range(self, error.span)?;
                let line = self.source(id).ok()?.lines().byte_to_line(range.start)?;
                Some(format!("{}:{}: ", id.vpath().get_without_slash(), line + 1))
            });
            format!("{}{}", place.unwrap_or_default(), error.message)
        };
        failed(&errors.iter().map(line).collect::<Vec<_>>().join("; "))
    }
}

impl World for Document<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.engine.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.engine.files.get(&id).and_then(|file| file.source.clone()).ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.engine.data {
            return Ok(self.data.clone());
        }
        self.engine.files.get(&id).map(|file| file.content.clone()).ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The engine's name of a file; the same path always has the same, of which there can be 65,535.
fn file_id(path: &str) -> Result<FileId> {
    let path = VirtualPath::new(path).map_err(Error::internal)?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

fn failed(message: &str) -> Error {
    Error::internal(format!("a report could not be set: {message}"))
}
