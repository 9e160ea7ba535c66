//! Objects that are resolved together.
//!
//! The engine makes a future for each field of each object, and a value of each, which are put into a map, written as JSON
//! and dropped. Most fields have nothing to wait for. [`Row`] and [`Rows`] stand in the place of an object and of a list of
//! objects: they ask each field once, where it stands, and make a future only of those that wait. Where the answer is
//! [written as JSON](Rendering::Json), objects are written at once.
//!
//! Fields are resolved by what the engine's own macros made of them, or [written](crate::fields) by what else was made of
//! the same declaration, so that nothing is declared twice, and an answer is the same to the byte.

mod placed;
mod resolve;
mod selected;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Deref, slice};

use async_graphql::{
    ContainerType, ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};

use self::resolve::resolve;
use crate::{budget::Watch, fields::Fields, json};

pub use self::selected::Rendering;
pub(crate) use self::selected::select;

/// An object.
#[derive(Clone, Copy, Debug)]
pub struct Row<T>(pub T);

impl<T: ContainerType + Fields> OutputType for Row<T> {
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
        let Some(mut selected) = select::<T>(ctx, rendering) else { return self.0.resolve(ctx, field).await };
        let row = slice::from_ref(&self.0);
        if rendering == Rendering::Json {
            selected.follow(ctx, row).await;
        }
        let watch = Watch::of(ctx);
        let mut values = resolve(ctx, row, &selected, &watch, false).await?.into_iter();
        if rendering != Rendering::Json {
            return Ok(selected.object(&mut values));
        }
        let mut out = Vec::new();
        let plain = selected.write(&mut out, &self.0, &mut values);
        watch.spend_bytes(plain).await;
        Ok(Value::Binary(out.into()))
    }
}

/// A list of objects: a slice, or whatever leads to one.
#[derive(Clone, Copy, Debug)]
pub struct Rows<L>(pub L);

impl<T, L> OutputType for Rows<L>
where
    T: ContainerType + Fields,
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
        let Some(mut selected) = select::<T>(ctx, rendering) else { return placed::resolve(ctx, field, rows).await };
        if rendering == Rendering::Json {
            selected.follow(ctx, rows).await;
        }
        let watch = Watch::of(ctx);
        let mut values = resolve(ctx, rows, &selected, &watch, true).await?.into_iter();
        if rendering != Rendering::Json {
            return Ok(Value::List(rows.iter().map(|_| selected.object(&mut values)).collect()));
        }
        let (mut out, mut plain) = (vec![b'['], 0);
        for (index, row) in rows.iter().enumerate() {
            json::separate(&mut out, index);
            plain += selected.write(&mut out, row, &mut values);
        }
        out.push(b']');
        watch.spend_bytes(plain).await;
        Ok(Value::Binary(out.into()))
    }
}
