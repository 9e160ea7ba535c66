//! The file beside a route that holds what the API's document shows of it.

use async_graphql::Pos;

use super::report::Report;
use crate::model::{
    defect::{Defect, NOWHERE},
    dialect::SourceFile,
    route::Example,
};

/// The examples of a file.
pub(super) fn read(file: &SourceFile, report: &mut Report<'_>) -> Option<Example> {
    match serde_json::from_str(&file.text) {
        Ok(example) => Some(example),
        Err(error) => {
            let place = Pos { line: error.line(), column: error.column() };
            report.add_elsewhere(Defect {
                file: file.path.to_string(),
                pos: if place.line == 0 { NOWHERE } else { place },
                problem: format!("the examples can't be read: {error}"),
                remedy: "Write `{ \"request\": {...}, \"responses\": [{ \"status\": 200, \"body\": {...} }] }`."
                    .to_owned(),
            });
            None
        }
    }
}
