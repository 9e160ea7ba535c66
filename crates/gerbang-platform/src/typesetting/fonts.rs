//! Fonts: those of the program; for letters that these lack those of a folder, read when the first such letter comes;
//! and boxes for letters that are in none.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use gerbang_kernel::error::Result;
use typst::{
    foundations::Bytes,
    text::{Font, FontBook, is_default_ignorable},
    utils::{LazyHash, hash128},
};
use typst_kit::fonts::{FontPath, FontSource, scan};

use super::boxes;

/// Of the engine's own fonts those that templates use: Libertinus Serif and [`MONOSPACED`].
const ENGINES: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/fonts.rs"));
/// One that has letters of more scripts, but all of them equally wide: better than boxes, and worse than any other.
const MONOSPACED: &str = "DejaVu Sans Mono";

/// Fonts for letters that the program's own lack.
#[derive(Clone, Debug, Default)]
pub struct OtherFonts {
    /// The folder they are in, with all below it; empty for none.
    pub folder: PathBuf,
    /// Families of it that come first, in this order; after them whichever is most like the text around.
    pub order: Vec<String>,
}

/// All fonts.
pub(super) struct Fonts {
    own: Vec<Font>,
    book: LazyHash<FontBook>,
    /// Those of the program that names are to be set in.
    proportional: FontBook,
    others: OtherFonts,
    found: OnceLock<Found>,
}

/// What is in the folder. Fonts are read for one document and forgotten: one for Chinese has 20 MB.
struct Found {
    /// The program's fonts and these.
    book: LazyHash<FontBook>,
    paths: Vec<Arc<FontPath>>,
    version: String,
}

impl Fonts {
    /// The program's fonts; the others are looked for when they are wanted.
    pub(super) fn new(others: OtherFonts) -> Self {
        let ours = [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF];
        let own = ours.iter().chain(ENGINES).flat_map(|font| Font::iter(Bytes::new(*font)));
        let own: Vec<Font> = own.collect();
        let book = LazyHash::new(FontBook::from_fonts(&own));
        let proportional = FontBook::from_fonts(own.iter().filter(|font| font.info().family != MONOSPACED));
        Self { own, book, proportional, others, found: OnceLock::new() }
    }

    /// Families for templates to name after their own: those of the setting, then the last resorts.
    pub(super) fn fallback(&self) -> impl Iterator<Item = &str> {
        self.others.order.iter().map(String::as_str).chain([MONOSPACED, boxes::FAMILY])
    }

    /// A name of the fonts that this text is set in, as far as they are not part of the program. May read the folder.
    pub(super) fn version(&self, text: &str) -> &str {
        if lacking(&self.proportional, text).is_empty() { "" } else { &self.found().version }
    }

    /// The fonts for this text.
    pub(super) fn for_text(&self, text: &str) -> Result<Choice<'_>> {
        if lacking(&self.proportional, text).is_empty() {
            let book = Cow::Borrowed(&self.book);
            return Ok(Choice { own: &self.own, book, others: Vec::new(), boxes: None });
        }
        let found = self.found();
        let others = found.paths.iter().map(|path| (Arc::clone(path), OnceLock::new())).collect();
        let lacking = lacking(&found.book, text);
        if lacking.is_empty() {
            return Ok(Choice { own: &self.own, book: Cow::Borrowed(&found.book), others, boxes: None });
        }
        let boxes = boxes::font(&lacking)?;
        let mut book = FontBook::clone(&found.book);
        book.push(boxes.info().clone());
        Ok(Choice { own: &self.own, book: Cow::Owned(LazyHash::new(book)), others, boxes: Some(boxes) })
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut book = FontBook::clone(&self.book);
            let mut paths = Vec::new();
            if !self.others.folder.as_os_str().is_empty() {
                let mut fonts: Vec<_> = scan(&self.others.folder).collect();
                // Whatever order the folder has them in.
                fonts.sort_by(|(one, _), (other, _)| (&one.path, one.index).cmp(&(&other.path, other.index)));
                for (path, info) in fonts {
                    book.push(info);
                    paths.push(Arc::new(path));
                }
            }
            let lengths = paths.iter().map(|path| fs::metadata(&path.path).map_or(0, |file| file.len()));
            let version = hash128(&(&book, lengths.collect::<Vec<_>>(), &self.others.order));
            tracing::debug!(folder = %self.others.folder.display(), fonts = paths.len(), "looked for fonts");
            Found { book: LazyHash::new(book), paths, version: format!("{version:032x}") }
        })
    }
}

/// The fonts for one document.
pub(super) struct Choice<'fonts> {
    own: &'fonts [Font],
    book: Cow<'fonts, LazyHash<FontBook>>,
    others: Vec<(Arc<FontPath>, OnceLock<Option<Font>>)>,
    boxes: Option<Font>,
}

impl Choice<'_> {
    /// What there is, in the order of the fonts.
    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    /// One of them.
    pub(super) fn font(&self, index: usize) -> Option<Font> {
        if let Some(own) = self.own.get(index) {
            return Some(own.clone());
        }
        let Some((path, font)) = self.others.get(index - self.own.len()) else { return self.boxes.clone() };
        font.get_or_init(|| path.load()).clone()
    }
}

/// Letters of a text that are in none of these fonts, small or as capitals.
fn lacking(book: &FontBook, text: &str) -> BTreeSet<char> {
    let letters: BTreeSet<char> = text.chars().filter(|letter| !letter.is_ascii()).collect();
    let letters = letters.into_iter().flat_map(|letter| letter.to_uppercase().chain([letter]));
    let visible = letters.filter(|letter| !letter.is_control() && !is_default_ignorable(*letter));
    let fonts = || (0..).map_while(|index| book.info(index));
    visible.filter(|letter| !fonts().any(|font| font.coverage.contains(u32::from(*letter)))).collect()
}
