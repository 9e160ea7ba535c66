//! The values of objects.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    sync::Arc,
    task::{
        Context as Task,
        Poll::{Pending, Ready},
    },
};

use async_graphql::{ContainerType, ContextSelectionSet, Positioned, ServerResult, Value, parser::types::Field};
use futures_util::{FutureExt, future::OptionFuture};

use super::{placed, selected::Selected};
use crate::{budget::Watch, fields::Fields, levels::Levels};

/// The values of all rows one after the other, of each as many as have to be asked for.
pub(super) async fn resolve<T: ContainerType + Fields>(
    ctx: &ContextSelectionSet<'_>,
    rows: &[T],
    selected: &Selected<'_, T>,
    watch: &Watch<'_>,
    is_list: bool,
) -> ServerResult<Vec<Value>> {
    let fields: Vec<_> = selected.asked().collect();
    if fields.is_empty() {
        for _ in rows {
            watch.proceed().await;
        }
        return Ok(Vec::new());
    }
    // In a box: objects lead to each other, and so would the types of their futures.
    ask_all(ctx, rows, &fields, watch, is_list).boxed().await
}

async fn ask_all<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    rows: &[T],
    fields: &[&Positioned<Field>],
    watch: &Watch<'_>,
    is_list: bool,
) -> ServerResult<Vec<Value>> {
    let levels = ctx.data_opt::<Arc<Levels>>().map(Arc::as_ref);
    // One place in memory for all fields that need not wait.
    let mut place = Box::pin(OptionFuture::from(None));
    let mut ask = |task: &mut Task<'_>, at: usize, may_come_again: bool| {
        let (index, field) = (at / fields.len(), fields[at % fields.len()]);
        place.set(Some(resolve_field(ctx, &rows[index], is_list.then_some(index), field)).into());
        let mut poll = || place.as_mut().poll(task);
        let (asked, comes_again) = match levels {
            Some(levels) => levels.ask(may_come_again, poll),
            None => (poll(), false),
        };
        match asked {
            Ready(value) => Asked::Found(value.unwrap_or(Ok(Value::Null))),
            Pending if comes_again => Asked::ComesAgain,
            Pending => {
                let waiting = mem::replace(&mut place, Box::pin(OptionFuture::from(None)));
                Asked::Waits(waiting)
            }
        }
    };
    let mut answers = Answers {
        values: Vec::with_capacity(rows.len() * fields.len()),
        fields: fields.len(),
        waiting: Vec::new(),
        coming_again: Vec::new(),
        levels,
        asked_at: levels.map_or(0, Levels::done),
    };
    for row in rows {
        watch.proceed().await;
        for field in fields {
            let at = answers.values.len();
            answers.values.push(Value::Null);
            if field.node.name.node == "__typename" {
                answers.values[at] = Value::String(row.introspection_type_name().into_owned());
                continue;
            }
            let may_come_again = answers.waits_for_field_of(at);
            let asked = poll_fn(|task| Ready(ask(task, at, may_come_again))).await;
            answers.put(at, asked)?;
        }
    }
    if !answers.are_there() {
        answers.settle(&mut ask).await?;
    }
    watch.spend(fields.iter().map(|field| &field.node), &answers.values).await;
    Ok(answers.values)
}

/// The value of a field that is not there at once.
type Waiting<'a> = Pin<Box<dyn Future<Output = Option<ServerResult<Value>>> + Send + 'a>>;

/// What became of a field that was asked.
enum Asked<'a> {
    Found(ServerResult<Value>),
    Waits(Waiting<'a>),
    /// It is to be asked once more when others have found what it needs.
    ComesAgain,
}

/// Asks the field of a value.
type Ask<'f, 'a> = dyn FnMut(&mut Task<'_>, usize, bool) -> Asked<'a> + Send + 'f;

/// What rows answer, some of it not yet. Whose fields they are makes no difference here, or the compiler
/// would write this once for each type of the schema.
struct Answers<'a> {
    values: Vec<Value>,
    /// How many of them each row has.
    fields: usize,
    /// Those that are waited for, by their places.
    waiting: Vec<(usize, Waiting<'a>)>,
    /// The places of those that come again.
    coming_again: Vec<usize>,
    levels: Option<&'a Levels>,
    /// How many fetches were done when those were asked.
    asked_at: usize,
}

impl<'a> Answers<'a> {
    fn put(&mut self, at: usize, asked: Asked<'a>) -> ServerResult<()> {
        match asked {
            Asked::Found(value) => self.values[at] = value?,
            Asked::Waits(value) => self.waiting.push((at, value)),
            Asked::ComesAgain => self.coming_again.push(at),
        }
        Ok(())
    }

    /// Whether the same field of another row is waited for: who is asked again needs one who waits, or nobody would be woken.
    fn waits_for_field_of(&self, at: usize) -> bool {
        self.waiting.iter().any(|(other, _)| other % self.fields == at % self.fields)
    }

    fn are_there(&self) -> bool {
        self.waiting.is_empty() && self.coming_again.is_empty()
    }

    /// Waits until all are there.
    async fn settle(&mut self, ask: &mut Ask<'_, 'a>) -> ServerResult<()> {
        // Those beside these rows are to ask for what they need, too, before anything is fetched.
        let mut others = true;
        poll_fn(|task| {
            if !mem::take(&mut others) {
                return Ready(());
            }
            // What would have woken these may have done so already.
            task.waker().wake_by_ref();
            Pending
        })
        .await;
        poll_fn(|task| {
            let has_come = self.look(task)?;
            let done = self.levels.map_or(0, Levels::done);
            if mem::replace(&mut self.asked_at, done) != done || has_come {
                for at in mem::take(&mut self.coming_again) {
                    let may_come_again = self.waits_for_field_of(at);
                    self.put(at, ask(task, at, may_come_again))?;
                }
            }
            if self.are_there() { Ready(Ok(())) } else { Pending }
        })
        .await
    }

    /// Takes the values that have come, and tells whether there were any: who waited for the others may be gone then.
    fn look(&mut self, task: &mut Task<'_>) -> ServerResult<bool> {
        let (mut index, before) = (0, self.waiting.len());
        while let Some((at, value)) = self.waiting.get_mut(index) {
            match value.as_mut().poll(task) {
                Ready(value) => {
                    self.values[*at] = value.unwrap_or(Ok(Value::Null))?;
                    drop(self.waiting.swap_remove(index));
                }
                Pending => index += 1,
            }
        }
        Ok(self.waiting.len() < before)
    }
}

/// The value of a field as the engine finds it.
async fn resolve_field<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    row: &T,
    index: Option<usize>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let Some(index) = index else {
        let value = row.resolve_field(&ctx.with_field(field)).await?;
        return Ok(value.unwrap_or_default());
    };
    let ctx = ctx.with_index(index);
    let value = row.resolve_field(&ctx.with_field(field)).await;
    value.map(Option::unwrap_or_default).map_err(|error| placed::at(&ctx, error))
}
