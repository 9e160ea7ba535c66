//! Objects that the rows of a list lead to, one each, found for all of them at once.
//!
//! A field that is nothing but `ctx.found::<AssessmentResult>(self.id).await` is a link: [`#[fields]`](crate::fields::fields)
//! and [`#[node]`](crate::id::node) see that, and by which key. Of such a field [rows](crate::rows) ask for the keys alone,
//! and write what is found beside the [plain](crate::fields) fields, where the engine would have made a future and a value
//! for each row. Where something is selected that is not plain, or nothing could be read, the engine is asked.

use std::{any::Any, collections::HashMap, hash::Hash, sync::Arc, vec};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Positioned,
    parser::types::{Field, Selection},
};
use futures_util::{FutureExt, future::BoxFuture};
use gerbang_kernel::error::Result;

use crate::{
    fields::{Fields, Followed, Link},
    levels::Levels,
    rows::{Rendering, select},
};

/// An object that others lead to by a key.
pub trait Linked: Clone + ContainerType + Fields + 'static {
    /// What it is found by.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;

    /// Those with these keys, as far as who asks may see them.
    fn find(ctx: &Context<'_>, keys: Vec<Self::Key>) -> impl Future<Output = Result<HashMap<Self::Key, Self>>> + Send;

    /// How they are read together with the rows that lead to them by their primary keys, in the words of who reads these, and
    /// put [`Ahead`](crate::levels::Ahead) of the field that asks within `ctx`; nothing where they are read by themselves. A link
    /// by another column finds nothing there, and is read by itself.
    fn beside(_ctx: &Context<'_>) -> Option<Box<dyn Any + Send>> {
        None
    }
}

/// How what [these rows](rows_of) of a connection lead to is read beside them: of the first link that is.
pub fn beside<'a, T: Fields>(
    connection: &Context<'a>,
    rows: impl IntoIterator<Item = &'a Positioned<Field>>,
) -> Option<Box<dyn Any + Send>> {
    rows.into_iter().find_map(|row| {
        let ctx = connection.with_selection_set(&row.node.selection_set);
        below(connection, [row]).into_iter().find_map(|field| T::link(&field.node.name.node)?.beside(&ctx, field))
    })
}

/// The fields of a connection that are its rows: its nodes, and the nodes of its edges.
pub fn rows_of<'a>(connection: &Context<'a>) -> Vec<&'a Positioned<Field>> {
    let called = |fields: Vec<&'a Positioned<Field>>, name: &'static str| {
        fields.into_iter().filter(move |field| field.node.name.node == name)
    };
    let selected = below(connection, [connection.item]);
    let edges = below(connection, called(selected.clone(), "edges"));
    called(selected, "nodes").chain(called(edges, "node")).collect()
}

/// What is selected of these fields, in fragments, too.
pub fn below<'a>(
    ctx: &Context<'a>,
    fields: impl IntoIterator<Item = &'a Positioned<Field>>,
) -> Vec<&'a Positioned<Field>> {
    let mut found = Vec::new();
    let mut sets: Vec<_> = fields.into_iter().map(|field| &field.node.selection_set).collect();
    while let Some(set) = sets.pop() {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(field) => found.push(field),
                Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = ctx.query_env.fragments.get(&spread.node.fragment_name.node);
                    sets.extend(fragment.map(|fragment| &fragment.node.selection_set));
                }
            }
        }
    }
    found
}

/// By a key that the row holds.
#[derive(Debug)]
pub struct LinkTo<T, L: Linked>(pub fn(&T) -> L::Key);

impl<T: 'static, L: Linked> Link<T> for LinkTo<T, L> {
    fn follow<'a>(
        &self,
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<Field>,
        rows: &mut dyn Iterator<Item = &T>,
    ) -> Option<BoxFuture<'a, Option<Followed<'a, T>>>> {
        let levels = ctx.data_opt::<Arc<Levels>>()?;
        let selected = select::<L>(&ctx.with_selection_set(&field.node.selection_set), Rendering::Json)?;
        if selected.asked().next().is_some() {
            return None;
        }
        let key = self.0;
        let keys = rows.map(key).collect();
        let follow = async move {
            let ctx = ctx.with_field(field);
            // Who asks the engine next is told why there is nothing.
            let found = levels.fetch_all(&ctx, keys, |keys| L::find(&ctx, keys)).await.ok()?;
            let write = move |row: &T, out: &mut Vec<u8>| match found.get(&key(row)) {
                Some(object) => {
                    selected.write(out, object, &mut vec::IntoIter::default());
                }
                None => out.extend_from_slice(b"null"),
            };
            Some(Box::new(write) as Followed<'a, T>)
        };
        Some(follow.boxed())
    }

    fn beside(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> Option<Box<dyn Any + Send>> {
        L::beside(&ctx.with_field(field))
    }
}
