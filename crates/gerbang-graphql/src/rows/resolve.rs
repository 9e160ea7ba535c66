//! The values of objects.

use std::{future::poll_fn, mem, task::Poll};

use async_graphql::{ContainerType, ContextSelectionSet, Positioned, ServerResult, Value, parser::types::Field};
use futures_util::{
    FutureExt,
    future::{BoxFuture, OptionFuture, try_join_all},
    poll,
};

use super::selected::Selected;
use crate::budget::Watch;

/// The value of a field that is not there at once.
type Waiting<'a> = BoxFuture<'a, Option<ServerResult<Value>>>;

/// The values of all rows one after the other, as many of each as are selected.
///
/// In a box: objects lead to each other, and so would the types of their futures.
pub(super) fn resolve<'a, T: ContainerType>(
    ctx: &'a ContextSelectionSet<'_>,
    rows: &'a [T],
    selected: &'a Selected<'_>,
    is_list: bool,
) -> BoxFuture<'a, ServerResult<Vec<Value>>> {
    Box::pin(resolve_all(ctx, rows, selected, is_list))
}

async fn resolve_all<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    rows: &[T],
    selected: &Selected<'_>,
    is_list: bool,
) -> ServerResult<Vec<Value>> {
    let watch = Watch::of(ctx);
    let mut values = Vec::with_capacity(rows.len() * selected.len());
    let mut waiting: Vec<(usize, Waiting<'_>)> = Vec::new();
    // One place in memory for all fields that need not wait.
    let mut place = Box::pin(OptionFuture::from(None));
    for (index, row) in rows.iter().enumerate() {
        watch.proceed().await;
        for field in selected.fields() {
            if field.node.name.node == "__typename" {
                values.push(Value::String(row.introspection_type_name().into_owned()));
                continue;
            }
            place.set(Some(resolve_field(ctx, row, is_list.then_some(index), field)).into());
            match poll!(place.as_mut()) {
                Poll::Ready(value) => values.push(value.unwrap_or(Ok(Value::Null))?),
                Poll::Pending => {
                    let field = mem::replace(&mut place, Box::pin(OptionFuture::from(None)));
                    waiting.push((values.len(), field));
                    values.push(Value::Null);
                }
            }
        }
    }
    if !waiting.is_empty() {
        settle(&mut values, waiting).await?;
    }
    watch.spend(selected.fields().map(|field| &field.node), &values).await;
    Ok(values)
}

/// Puts the values that have to be waited for where they belong. Whose fields they are makes no difference here, or the
/// compiler would write this once for each type of the schema.
async fn settle(values: &mut [Value], waiting: Vec<(usize, Waiting<'_>)>) -> ServerResult<()> {
    // Those beside these rows are to ask for what they need, too, before anything is fetched.
    let mut others = true;
    poll_fn(|_| if mem::take(&mut others) { Poll::Pending } else { Poll::Ready(()) }).await;
    let (places, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
    let waiting = waiting.into_iter().map(|field| field.map(|value| value.unwrap_or(Ok(Value::Null))));
    for (at, value) in places.into_iter().zip(try_join_all(waiting).await?) {
        values[at] = value;
    }
    Ok(())
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
    value.map(Option::unwrap_or_default).map_err(|error| ctx.set_error_path(error))
}
