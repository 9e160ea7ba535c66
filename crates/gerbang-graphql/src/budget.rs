//! What one request may use up: fields, bytes of its answers, and time. The operations of a batch share it.
//!
//! The engine resolves what needs no waiting in one go, during which nobody outside can stop it. So it is stopped from
//! inside: [`Bounded`] looks before each field whether there is anything left, and counts each value as it is made.
//! When nothing is left no field goes on, and whoever waits for the answer drops all of it.

use std::{
    future::pending,
    iter::successors,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use async_graphql::{
    ContextSelectionSet, PathSegment, QueryPathSegment, Response, ServerError, ServerResult, Value,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo},
    parser::types::Field,
};
use tokio::{
    task::coop::{consume_budget, has_budget_remaining},
    time::Instant,
};

use super::{
    deadline::Deadline,
    limits::{Cost, check_schemas, refusal},
};
use crate::settings::Limits;

/// Fields between two looks at the clock.
const FIELDS_PER_LOOK: usize = 32;
/// What a field takes at most, but for a few long texts.
const BYTES_PER_FIELD: u64 = 4_096;
/// What JSON takes for an error besides its message and path.
const ERROR_BYTES: usize = 100;

/// What is left for one request.
#[derive(Debug)]
pub struct Budget {
    deadline: Option<Instant>,
    bytes: usize,
    complexity: u64,
    /// Whether each answer has all bytes for itself.
    renewed: bool,
    /// Fields that were resolved.
    fields: AtomicUsize,
    /// Bytes of the values that were made.
    made: AtomicUsize,
    /// Bytes of the answers that are complete.
    answered: AtomicUsize,
    charged: AtomicU64,
    schemas: AtomicU64,
    late: AtomicBool,
}

impl Budget {
    /// For one request that begins now.
    pub fn new(limits: &Limits) -> Self {
        let deadline = Instant::now().checked_add(Duration::from_secs(limits.timeout_seconds));
        Self { deadline, renewed: false, ..Self::for_each_answer(limits) }
    }

    /// For a subscription, which may take its time and has many answers.
    pub fn for_each_answer(limits: &Limits) -> Self {
        Self {
            deadline: None,
            bytes: limits.answer_bytes,
            complexity: limits.complexity as u64,
            renewed: true,
            fields: AtomicUsize::new(0),
            made: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            charged: AtomicU64::new(0),
            schemas: AtomicU64::new(0),
            late: AtomicBool::new(false),
        }
    }

    /// When the time is up, if ever.
    pub const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether the time is up.
    pub fn is_late(&self) -> bool {
        self.late.load(Relaxed) || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether more was made than may be sent.
    pub fn is_overdrawn(&self) -> bool {
        self.made.load(Relaxed) > self.bytes
    }

    /// Takes what one more operation costs.
    ///
    /// # Errors
    /// When the operations cost more than one of them might.
    pub fn charge(&self, cost: Cost) -> Result<(), ServerError> {
        check_schemas(self.schemas.fetch_add(cost.schemas, Relaxed).saturating_add(cost.schemas))?;
        let complexity = self.charged.fetch_add(cost.complexity(), Relaxed).saturating_add(cost.complexity());
        if complexity <= self.complexity {
            return Ok(());
        }
        let maximum = self.complexity;
        let message = format!(
            "The operations of this batch ask for up to {complexity} fields together; at most {maximum} are allowed. Send fewer at a time."
        );
        Err(refusal(message, "complexity", maximum, Some(complexity)))
    }

    /// Whether a query of so many fields is too small to use all of it up: it needs not be watched, which costs each field as
    /// much as resolving it. Its answer is still measured at the end.
    pub(crate) fn outlasts(&self, complexity: u64) -> bool {
        complexity.saturating_mul(BYTES_PER_FIELD) <= self.bytes as u64
    }

    /// Whether this answer may be sent, after those before it.
    pub fn admits(&self, response: &Response) -> bool {
        let errors = response.errors.iter().map(error_len);
        let len = json_len(&response.data) + errors.sum::<usize>();
        let before = if self.renewed { 0 } else { self.answered.fetch_add(len, Relaxed) };
        before.saturating_add(len) <= self.bytes
    }

    fn begin_answer(&self) {
        if self.renewed {
            self.made.store(0, Relaxed);
        }
    }

    /// Lets the next field go on, unless nothing is left. A mutation that `finishes` what it began has all the time it needs.
    async fn proceed(&self, finishes: bool) {
        let looks = self.fields.fetch_add(1, Relaxed).is_multiple_of(FIELDS_PER_LOOK);
        if looks && self.is_late() {
            self.late.store(true, Relaxed);
        }
        if (self.late.load(Relaxed) && !finishes) || self.is_overdrawn() {
            return pending().await;
        }
        // Others want the thread, too. All fields wait until the task has its turn again, since one that waited alone would
        // only be passed by the rest.
        if looks || !has_budget_remaining() {
            consume_budget().await;
        }
    }

    fn spend(&self, bytes: usize) {
        self.made.fetch_add(bytes, Relaxed);
    }
}

/// Beside an operation that its budget [outlasts](Budget::outlasts).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unwatched;

/// Looks after fields that are resolved row by row, as [`Bounded`] does after those that the engine resolves.
pub(crate) struct Watch<'a> {
    budget: Option<&'a Budget>,
    finishes: bool,
}

impl<'a> Watch<'a> {
    /// What watches over the operation.
    pub(crate) fn of(ctx: &ContextSelectionSet<'a>) -> Self {
        let budget = match ctx.data_opt::<Unwatched>() {
            Some(Unwatched) => None,
            None => ctx.data_opt::<Arc<Budget>>().map(Arc::as_ref),
        };
        Self { budget, finishes: budget.is_some() && ctx.data_opt::<Deadline>().is_some() }
    }

    /// Lets the next row go on, unless nothing is left.
    pub(crate) async fn proceed(&self) {
        if let Some(budget) = self.budget {
            budget.proceed(self.finishes).await;
        }
    }

    /// Counts the values of rows of these fields.
    pub(crate) async fn spend(&self, fields: impl Iterator<Item = &Field> + Clone, values: &[Value]) {
        if self.budget.is_none() {
            return;
        }
        let lens = fields.cycle().zip(values).map(|(field, value)| {
            let is_leaf = field.selection_set.node.items.is_empty();
            entry_len(QueryPathSegment::Name(&field.response_key().node), is_leaf, value)
        });
        self.spend_bytes(lens.sum()).await;
    }

    /// Counts bytes of the answer.
    pub(crate) async fn spend_bytes(&self, bytes: usize) {
        let Some(budget) = self.budget else { return };
        budget.spend(bytes);
        if budget.is_overdrawn() {
            pending::<()>().await;
        }
    }
}

/// Keeps operations within the [`Budget`] beside their request; one without goes on as it likes.
#[derive(Clone, Copy, Debug)]
pub struct Bounded;

impl ExtensionFactory for Bounded {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Bounded {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(budget) = ctx.data_opt::<Arc<Budget>>() {
            budget.begin_answer();
        }
        next.run(ctx, operation_name).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let Some(budget) = ctx.data_opt::<Arc<Budget>>() else { return next.run(ctx, info).await };
        budget.proceed(ctx.data_opt::<Deadline>().is_some()).await;
        let (path, is_leaf) = (info.path_node, info.field.selection_set.node.items.is_empty());
        let resolved = next.run(ctx, info).await;
        budget.spend(match &resolved {
            Ok(value) => entry_len(path.segment, is_leaf, value.as_ref().unwrap_or(&Value::Null)),
            // It passes each field on its way up.
            Err(error) if error.path.len() == successors(Some(path), |node| node.parent).count() => error_len(error),
            Err(_) => 0,
        });
        if budget.is_overdrawn() { pending().await } else { resolved }
    }
}

/// Bytes that a field, or an entry of a list, adds to what was counted inside of it.
fn entry_len(segment: QueryPathSegment<'_>, is_leaf: bool, value: &Value) -> usize {
    match (segment, value) {
        (QueryPathSegment::Name(key), Value::Object(_) | Value::List(_) | Value::Binary(_)) if !is_leaf => {
            key.len() + 6
        }
        (QueryPathSegment::Name(key), value) => key.len() + 4 + json_len(value),
        // Counted with the field whose list it is in.
        (QueryPathSegment::Index(_), _) if is_leaf => 0,
        (QueryPathSegment::Index(_), Value::Object(_) | Value::List(_) | Value::Binary(_)) => 3,
        (QueryPathSegment::Index(_), value) => 1 + json_len(value),
    }
}

fn error_len(error: &ServerError) -> usize {
    let path = error.path.iter().map(|segment| match segment {
        PathSegment::Field(name) => name.len() + 3,
        PathSegment::Index(_) => 4,
    });
    ERROR_BYTES + text_len(&error.message) + path.sum::<usize>()
}

/// Bytes of the value as JSON.
fn json_len(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Boolean(value) => 5 - usize::from(*value),
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => text_len(text),
        Value::Enum(name) => text_len(name),
        Value::Binary(json) => json.len(),
        Value::List(items) => 2 + items.iter().map(|item| 1 + json_len(item)).sum::<usize>(),
        Value::Object(fields) => {
            2 + fields.iter().map(|(key, value)| 2 + text_len(key) + json_len(value)).sum::<usize>()
        }
    }
}

fn text_len(text: &str) -> usize {
    let bytes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..=0x1f => 6,
        _ => 1,
    });
    2 + bytes.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_long_as_its_json() {
        for json in [
            "null",
            r#"{"a":true,"b":false,"c":[1,-2.5,"x"]}"#,
            r#"["\"quoted\"","back\\slash","line\nbreak\ttab\r","\u0001\u001f","é漢"]"#,
            r#"{"deep":{"er":[[],{}]}}"#,
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            let commas = json_len(&value) - json.len();
            assert!(commas <= 6, "one for the last of each list: {json}");
        }
    }
}
