//! Where a row failed.
//!
//! The engine says of what failed below a row of a list that the row did: it writes the row's path over the field's.

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_graphql::{
    ContainerType, ContextBase, ContextSelectionSet, OutputType, PathSegment, Positioned, ServerError, ServerResult,
    Value, parser::types::Field, registry::Registry,
};

/// The paths of what failed.
type Failed = Mutex<Vec<Vec<PathSegment>>>;

/// What the engine makes of these rows, and of a failure the path that it had.
pub(super) async fn resolve<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    rows: &[T],
) -> ServerResult<Value> {
    let failed = Failed::default();
    let placed: Vec<_> = rows.iter().map(|row| Placed { row, failed: &failed }).collect();
    placed.resolve(ctx, field).await.map_err(|error| {
        // Of several rows the engine tells of one.
        match lock(&failed).iter().find(|path| path.starts_with(&error.path)) {
            Some(path) => ServerError { path: path.clone(), ..error },
            None => error,
        }
    })
}

/// The same failure at `ctx`, unless it is known already where it was.
pub(super) fn at<T>(ctx: &ContextBase<'_, T>, error: ServerError) -> ServerError {
    if error.path.is_empty() { ctx.set_error_path(error) } else { error }
}

struct Placed<'a, T> {
    row: &'a T,
    failed: &'a Failed,
}

impl<T: ContainerType> OutputType for Placed<'_, T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let value = self.row.resolve(ctx, field).await;
        value.map_err(|error| at(ctx, error)).inspect_err(|error| {
            lock(self.failed).push(error.path.clone());
        })
    }
}

fn lock(failed: &Failed) -> MutexGuard<'_, Vec<Vec<PathSegment>>> {
    failed.lock().unwrap_or_else(PoisonError::into_inner)
}
