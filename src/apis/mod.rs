//! The legacy APIs, a folder each.

pub mod apextrack;
mod laravel;
pub mod notary;
pub mod scholarship;
pub mod settings;
pub mod staff;
pub mod talentsmapping;

use gerbang_rest::{Dialect, SourceFile};
use include_dir::{Dir, File, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/apis");

/// Every API that is served.
pub fn all() -> Vec<Dialect> {
    vec![talentsmapping::dialect(), apextrack::dialect(), notary::dialect(), scholarship::dialect(), staff::dialect()]
}

/// The text of an embedded file.
fn source(file: &'static File<'static>, example: Option<Box<SourceFile>>) -> Option<SourceFile> {
    let path = format!("src/apis/{}", file.path().display());
    Some(SourceFile { path: path.into(), text: file.contents_utf8()?.into(), example })
}

/// The route files in the folder of an API with their documented examples, by name.
fn files(slug: &str) -> Vec<SourceFile> {
    let folder = FILES.get_dir(slug).into_iter().flat_map(Dir::files);
    let mut files: Vec<SourceFile> = folder
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "graphql"))
        .filter_map(|file| {
            let example = FILES.get_file(file.path().with_extension("example.json"));
            let example = example.and_then(|file| source(file, None)).map(Box::new);
            source(file, example)
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}
