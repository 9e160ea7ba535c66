//! What a PDF holds.
//!
//! Pages and marks are read in Rust. Text and fonts are read as readers do it, with poppler's `pdftotext` and
//! `pdffonts`, where `GERBANG_TEST_POPPLER` is set; `.ci/run` always sets it.

use std::{fs, process::Command};

use hayro_syntax::Pdf;

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

    /// Its text with single spaces between words; `None` where poppler is not to be used.
    pub(crate) fn text(&self) -> Option<String> {
        let text = self.poppler("pdftotext", &["-enc", "UTF-8"], &["-"])?;
        // A long word may be broken where nobody sees it.
        let text = text.replace('\u{200B}', "");
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
