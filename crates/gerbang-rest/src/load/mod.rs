//! Loading route files: every mistake in them is found here, before the first request, and all of them are reported
//! together.

mod arguments;
mod consistency;
mod directive_arguments;
mod directives;
mod example;
mod field;
mod input_type;
mod overlaps;
mod references;
mod report;
mod route_file;
mod schema;
mod selection;
mod variables;

use std::sync::Arc;

use self::schema::Schema;
use crate::model::{defect::Defect, dialect::Dialect, route::Route};

/// Reads every route file of `dialects` against the schema whose definition is `sdl` (the text that
/// [`Schema::sdl`](async_graphql::Schema::sdl) writes).
///
/// # Errors
/// All mistakes of all files.
pub fn load_all(sdl: &str, dialects: &[Dialect]) -> Result<Vec<Route>, Vec<Defect>> {
    let schema = Schema::read(sdl).map_err(|defect| vec![defect])?;
    let (mut routes, mut defects) = (Vec::new(), Vec::new());
    for dialect in dialects {
        let shared = Arc::new(dialect.clone());
        for file in &dialect.files {
            match route_file::load(&shared, file, &schema) {
                Ok(route) => routes.push(route),
                Err(found) => defects.extend(found),
            }
        }
    }
    defects.extend(overlaps::overlaps(dialects, &routes));
    // What refers to an example that is wrong itself is not wrong for that.
    if defects.is_empty() {
        defects.extend(dialects.iter().flat_map(|dialect| references::references(dialect, &routes)));
    }
    if defects.is_empty() { Ok(routes) } else { Err(defects) }
}
