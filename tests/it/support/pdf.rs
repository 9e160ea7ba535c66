//! What a PDF holds.
//!
//! Pages and marks are read in Rust. Text, its places and fonts are read as readers do it, with poppler's `pdftotext`
//! and `pdffonts`, where `GERBANG_TEST_POPPLER` is set; `.ci/run` always sets it.

use std::{fs, process::Command};

use hayro_syntax::{Pdf, content::ops::TypedInstruction};
use regex::Regex;

/// Of the box that poppler draws around a word, from the font's highest to its lowest letter, what is left out above
/// and below: where one line ends and the next begins, these are allowed to overlap.
const AIR: (f64, f64) = (0.22, 0.03);
/// Points by which what only touches may seem to overlap.
const TOUCH: f64 = 0.5;

/// A report as it was served.
pub(crate) struct Report(pub(crate) Vec<u8>);

impl Report {
    /// Refuses what is no PDF.
    #[track_caller]
    pub(crate) fn new(content: &[u8]) -> Self {
        assert!(content.starts_with(b"%PDF-1.7"), "{}", String::from_utf8_lossy(&content[..content.len().min(200)]));
        Self(content.to_vec())
    }

    /// How many pages it has.
    pub(crate) fn pages(&self) -> usize {
        Pdf::new(self.0.clone()).expect("a PDF that can be read").pages().len()
    }

    /// Whether this text stands in it as it is; its description does (XMP is never compressed).
    pub(crate) fn mentions(&self, text: &str) -> bool {
        self.0.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// Whether it says that it is accessible as PDF/UA-1 asks.
    pub(crate) fn is_accessible(&self) -> bool {
        self.mentions("<pdfuaid:part>1</pdfuaid:part>")
    }

    /// How many pieces of text stand where something is cut off.
    pub(crate) fn clipped_texts(&self) -> usize {
        let pdf = Pdf::new(self.0.clone()).expect("a PDF that can be read");
        let mut count = 0;
        for page in pdf.pages().iter() {
            let (mut clipped, mut saved) = (false, Vec::new());
            let mut instructions = page.typed_operations();
            while let Some(instruction) = instructions.next() {
                match instruction {
                    TypedInstruction::SaveState(_) => saved.push(clipped),
                    TypedInstruction::RestoreState(_) => clipped = saved.pop().unwrap_or_default(),
                    TypedInstruction::ClipNonZero(_) | TypedInstruction::ClipEvenOdd(_) => clipped = true,
                    TypedInstruction::ShowText(_) | TypedInstruction::ShowTexts(_) if clipped => count += 1,
                    _ => (),
                }
            }
        }
        count
    }

    /// Words that overlap or leave their page, as sentences; none where poppler is not to be used.
    pub(crate) fn misplaced_words(&self) -> Vec<String> {
        let Some(layout) = self.poppler("pdftotext", &["-bbox-layout"], &["-"]) else { return Vec::new() };
        let page = Regex::new(r#"^width="([\d.]+)" height="([\d.]+)">"#).expect("a pattern");
        let word = Regex::new(r#"<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>"#);
        let word = word.expect("a pattern");
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let mut wrong = Vec::new();
        let parts: Vec<&str> = layout.split("<page ").skip(1).collect();
        assert_eq!(parts.len(), self.pages());
        for (place, part) in (1..).zip(parts) {
            let (_, [width, height]) = page.captures(part).expect("a page's size").extract();
            let (width, height) = (number(width), number(height));
            let words: Vec<Word> = word.captures_iter(part).map(|found| Word::new(found.extract().1)).collect();
            for (before, word) in words.iter().enumerate() {
                let fits = word.left >= 0.0 && word.top >= 0.0 && word.right <= width && word.bottom <= height;
                if !fits {
                    wrong.push(format!("page {place}: `{}` leaves it", word.text));
                }
                for other in words[..before].iter().filter(|other| word.overlaps(other)) {
                    wrong.push(format!("page {place}: `{}` and `{}` overlap", other.text, word.text));
                }
            }
        }
        wrong
    }

    /// Its text with single spaces between words; `None` where poppler is not to be used.
    pub(crate) fn text(&self) -> Option<String> {
        let text = self.poppler("pdftotext", &["-enc", "UTF-8"], &["-"])?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Name and whether it is embedded, for each font; `None` where poppler is not to be used.
    pub(crate) fn fonts(&self) -> Option<Vec<(String, bool)>> {
        let table = self.poppler("pdffonts", &[], &[])?;
        let fonts = table.lines().skip(2).map(|line| {
            let name = line.split_whitespace().next().unwrap_or_default().to_owned();
            // From the right: object, generation, unicode, subset, embedded.
            let embedded = line.split_whitespace().rev().nth(4) == Some("yes");
            (name, embedded)
        });
        Some(fonts.collect())
    }

    fn poppler(&self, program: &str, before: &[&str], after: &[&str]) -> Option<String> {
        if std::env::var_os("GERBANG_TEST_POPPLER").is_none() {
            eprintln!("GERBANG_TEST_POPPLER is not set: {program} is not asked");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("report.pdf");
        fs::write(&file, &self.0).expect("a file");
        let output = Command::new(program).args(before).arg(&file).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}; install poppler-utils"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).expect("UTF-8"))
    }
}

/// A word where it stands: points from the upper left corner of its page.
struct Word {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    text: String,
}

impl Word {
    fn new([left, top, right, bottom, text]: [&str; 5]) -> Self {
        let [left, top, right, bottom] = [left, top, right, bottom].map(|edge| edge.parse::<f64>().expect("a number"));
        let height = bottom - top;
        Self { left, top: top + AIR.0 * height, right, bottom: bottom - AIR.1 * height, text: text.to_owned() }
    }

    fn overlaps(&self, other: &Self) -> bool {
        let common =
            |(from, to): (f64, f64), (other_from, other_to): (f64, f64)| to.min(other_to) - from.max(other_from);
        common((self.left, self.right), (other.left, other.right)) > TOUCH
            && common((self.top, self.bottom), (other.top, other.bottom)) > 0.0
    }
}
