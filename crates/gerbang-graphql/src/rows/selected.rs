//! What is selected of an object.

use std::vec;

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, Positioned, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
};

use futures_util::future::join_all;

use crate::{
    fields::{Fields, Followed, Write},
    json,
};

/// How objects are resolved, beside a request; as [`Values`](Self::Values) where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rendering {
    /// By the engine, field by field, with nothing done by what is selected; to compare.
    Fields,
    /// Row by row, for who reads the answer.
    #[default]
    Values,
    /// Row by row and written at once, for an answer that goes out as JSON, and a document that selects
    /// [no object twice](crate::merged) under one name.
    Json,
}

impl Rendering {
    pub(super) fn of(ctx: &ContextSelectionSet<'_>) -> Self {
        ctx.data_opt().copied().unwrap_or_default()
    }
}

/// Fields in their order, fragments among them.
pub(crate) struct Selected<'a, T: Fields>(Vec<SelectedField<'a, T>>);

struct SelectedField<'a, T: Fields> {
    field: &'a Positioned<Field>,
    how: How<'a, T::Object>,
}

/// How a field gets into the answer.
enum How<'a, T> {
    /// The engine is asked for its value.
    Asked,
    /// It is written.
    Plain(Write<T>),
    /// What it leads to is written.
    Linked(Followed<'a, T>),
}

/// What is selected of a `T`; `None` where only the engine knows how to put it together.
pub(crate) fn select<'a, T: ContainerType + Fields>(
    ctx: &ContextSelectionSet<'a>,
    rendering: Rendering,
) -> Option<Selected<'a, T>> {
    if rendering == Rendering::Fields {
        return None;
    }
    let mut selected = Selected(Vec::with_capacity(ctx.item.node.items.len()));
    selected.add(ctx, ctx.item, rendering).then_some(selected)
}

impl<'a, T: ContainerType + Fields> Selected<'a, T> {
    fn add(&mut self, ctx: &ContextSelectionSet<'a>, set: &'a Positioned<SelectionSet>, rendering: Rendering) -> bool {
        set.node.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => self.add_field(ctx, field, rendering),
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref();
                on.is_none_or(|on| on.node.on.node == *T::type_name())
                    && self.add(ctx, &fragment.node.selection_set, rendering)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = ctx.query_env.fragments.get(&spread.node.fragment_name.node) else { return false };
                fragment.node.type_condition.node.on.node == *T::type_name()
                    && self.add(ctx, &fragment.node.selection_set, rendering)
            }
        })
    }

    fn add_field(&mut self, ctx: &ContextSelectionSet<'a>, field: &'a Positioned<Field>, rendering: Rendering) -> bool {
        let directives = &ctx.schema_env.custom_directives;
        if field.node.directives.iter().any(|directive| directives.contains_key(directive.node.name.node.as_str())) {
            return false;
        }
        if !self.0.iter().any(|other| key(other.field) == key(field)) {
            let plain = if rendering == Rendering::Json { T::plain(&field.node.name.node) } else { None };
            self.0.push(SelectedField { field, how: plain.map_or(How::Asked, How::Plain) });
            return true;
        }
        // A leaf of the same name is the same leaf.
        field.node.selection_set.node.items.is_empty()
    }
}

impl<'a, T: Fields> Selected<'a, T> {
    /// The fields that have to be asked for.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &'a Positioned<Field>> + Clone {
        self.0.iter().filter(|selected| matches!(selected.how, How::Asked)).map(|selected| selected.field)
    }

    /// Finds what the rows lead to, if there is nothing else to be asked for: or the one would wait for the other.
    pub(super) async fn follow(&mut self, ctx: &'a ContextSelectionSet<'a>, rows: &[T]) {
        let follow = |field: &'a Positioned<Field>| {
            let link = T::link(&field.node.name.node)?;
            link.follow(ctx, field, &mut rows.iter().map(Fields::object))
        };
        if rows.is_empty() || self.asked().next().is_none() {
            return;
        }
        let Some(links) = self.asked().map(follow).collect::<Option<Vec<_>>>() else { return };
        let followed = join_all(links).await;
        let asked = self.0.iter_mut().filter(|selected| matches!(selected.how, How::Asked));
        for (selected, followed) in asked.zip(followed) {
            selected.how = followed.map_or(How::Asked, How::Linked);
        }
    }

    /// The next object of these values, where all fields were asked for.
    pub(super) fn object(&self, values: &mut vec::IntoIter<Value>) -> Value {
        let mut object = IndexMap::with_capacity(self.0.len());
        object.extend(self.0.iter().map(|selected| key(selected.field).clone()).zip(values));
        Value::Object(object)
    }

    /// Writes a row, with the next of these values for the fields that had to be asked for. Returns how many bytes the others
    /// take.
    pub(crate) fn write(&self, out: &mut Vec<u8>, row: &T, values: &mut vec::IntoIter<Value>) -> usize {
        let mut plain = 0;
        out.push(b'{');
        for (index, selected) in self.0.iter().enumerate() {
            json::separate(out, index);
            let before = out.len();
            json::write_name(out, key(selected.field));
            match &selected.how {
                How::Asked => {
                    json::write(out, &values.next().unwrap_or_default());
                    continue;
                }
                How::Plain(write) => write(row.object(), out),
                How::Linked(write) => write(row.object(), out),
            }
            plain += out.len() - before;
        }
        out.push(b'}');
        plain
    }
}

/// The name that a field has in the answer.
fn key(field: &Positioned<Field>) -> &Name {
    &field.node.response_key().node
}
