//! What people read of a result: the full and the short report, and two maps as pictures.
//!
//! A document is made of its [`Subject`] by the templates in `templates/report/` and named by its content: the same
//! result in the same language from the same templates and fonts has the same [`Document::etag`], which is also
//! how it is found again on disk.

mod data;
mod document;
pub mod reports;
pub mod schema;
mod stored;
mod subject;

pub use self::{
    document::{Document, document, filename, image},
    reports::{Rendered, ReportKind, Reports},
    stored::{link, open},
    subject::Subject,
};
pub use gerbang_platform::typesetting::Format;
