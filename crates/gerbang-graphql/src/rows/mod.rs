//! Objects that are resolved together.
//!
//! The engine makes a future for each field of each object, and a value of each, which are put into a map, written as JSON
//! and dropped. Most fields have nothing to wait for. [`Row`] and [`Rows`] stand in the place of an object and of a list of
//! objects: they ask each field once, where it stands, and make a future only of those that wait. Where the answer is
//! [written as JSON](Rendering::Json), objects are written at once.
//!
//! Fields are resolved by what the engine's own macros made of them, so that nothing is declared twice, and an answer is
//! the same to the byte.

mod resolve;
mod selected;

use std::{borrow::Cow, ops::Deref, slice};

use async_graphql::{
    ContainerType, ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};

use self::{resolve::resolve, selected::select};
use crate::json;

pub use self::selected::Rendering;

/// An object.
#[derive(Clone, Copy, Debug)]
pub struct Row<T>(pub T);

impl<T: ContainerType> OutputType for Row<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let rendering = Rendering::of(ctx);
        let Some(selected) = select::<T>(ctx, rendering) else { return self.0.resolve(ctx, field).await };
        let values = resolve(ctx, slice::from_ref(&self.0), &selected, false).await?;
        if rendering != Rendering::Json {
            return Ok(selected.object(&mut values.into_iter()));
        }
        let mut out = Vec::new();
        selected.write(&mut out, &values);
        Ok(Value::Binary(out.into()))
    }
}

/// A list of objects: a slice, or whatever leads to one.
#[derive(Clone, Copy, Debug)]
pub struct Rows<L>(pub L);

impl<T, L> OutputType for Rows<L>
where
    T: ContainerType,
    L: Deref<Target = [T]> + Send + Sync,
{
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let rows: &[T] = &self.0;
        let rendering = Rendering::of(ctx);
        let Some(selected) = select::<T>(ctx, rendering) else { return rows.resolve(ctx, field).await };
        let values = resolve(ctx, rows, &selected, true).await?;
        if rendering != Rendering::Json {
            let mut values = values.into_iter();
            return Ok(Value::List(rows.iter().map(|_| selected.object(&mut values)).collect()));
        }
        let mut out = vec![b'['];
        for (index, values) in values.chunks(selected.len()).enumerate() {
            json::separate(&mut out, index);
            selected.write(&mut out, values);
        }
        out.push(b']');
        Ok(Value::Binary(out.into()))
    }
}
