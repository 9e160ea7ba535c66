//! The routes of the legacy APIs. They are part of the program, as the schema is, so a process reads them once.

use std::sync::LazyLock;

use gerbang_rest::{Defect, Route, load_all};

use crate::{apis, graphql};

/// Every route, checked against the schema.
///
/// # Errors
/// With all mistakes of all files.
pub fn routes() -> Result<&'static [Route], Vec<Defect>> {
    static ROUTES: LazyLock<Result<Vec<Route>, Vec<Defect>>> = LazyLock::new(|| load_all(graphql::sdl(), &apis::all()));
    ROUTES.as_deref().map_err(Clone::clone)
}
