//! What is asked of the engine.

use bytes::Bytes;

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// All pages as a tagged PDF.
    Pdf,
    /// The first page as a PNG image, two pixels a point.
    Png,
    /// The first page as an SVG image.
    Svg,
}

impl Format {
    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The extension of a file's name, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

/// What is to be rendered.
#[derive(Clone, Debug)]
pub struct Job {
    /// The template to begin with, such as `full.typ`.
    pub template: &'static str,
    /// What templates read as `/data.json`.
    pub data: Bytes,
    /// What comes out.
    pub format: Format,
}
