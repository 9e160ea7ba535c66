//! Until when a mutation may begin something.
//!
//! What a mutation did can't be undone by stopping it, and an answer that says nothing of it is wrong. So time does
//! not stop a field of the mutation that runs: it is finished and answered. The next one is not begun. Since the fields
//! of a mutation can't be null, `data` is null then, as after any failure; so the error carries what the fields before
//! it were answered with.

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ErrorExtensionValues, Name, ObjectType, OutputType, Positioned,
    ServerError, ServerResult, Value, indexmap::IndexMap, parser::types::Field, registry::Registry,
};
use gerbang_kernel::error::OperationCode;
use tokio::time::Instant;

use crate::json;

/// The member of an error's extensions that holds the data of the fields of the mutation that were carried out.
pub const COMPLETED: &str = "completed";

/// Until when a mutation may begin something, and what it has done. One for each request.
#[derive(Debug)]
pub struct Deadline {
    at: Instant,
    completed: Mutex<IndexMap<Name, Value>>,
}

impl Deadline {
    /// Nothing is begun after `at`.
    pub fn new(at: Instant) -> Self {
        Self { at, completed: Mutex::default() }
    }

    fn completed(&self) -> MutexGuard<'_, IndexMap<Name, Value>> {
        self.completed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why the field at the context is not begun.
fn passed(ctx: &Context<'_>) -> ServerError {
    let message = "The time for this operation is over: this field was not begun, nor any after it.";
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", OperationCode::Timeout.as_str());
    let error = ServerError { extensions: Some(extensions), ..ServerError::new(message, Some(ctx.item.pos)) };
    ctx.set_error_path(error)
}

/// A mutation that keeps to the [`Deadline`] of its request, if it has one.
#[derive(Clone, Debug, Default)]
pub struct WithDeadline<M>(pub M);

impl<M: ContainerType> ContainerType for WithDeadline<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let Some(deadline) = ctx.data_opt::<Deadline>() else { return self.0.resolve_field(ctx).await };
        let resolved = if Instant::now() < deadline.at { self.0.resolve_field(ctx).await } else { Err(passed(ctx)) };
        match resolved {
            Ok(value) => {
                let key = ctx.item.node.response_key().node.clone();
                deadline.completed().insert(key, value.clone().unwrap_or_default());
                Ok(value)
            }
            Err(mut error) => {
                let completed = std::mem::take(&mut *deadline.completed());
                if !completed.is_empty() {
                    error.extensions.get_or_insert_default().set(COMPLETED, json::read(Value::Object(completed)));
                }
                Err(error)
            }
        }
    }
}

impl<M: ContainerType> OutputType for WithDeadline<M> {
    fn type_name() -> Cow<'static, str> {
        M::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        M::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl<M: ObjectType> ObjectType for WithDeadline<M> {}
