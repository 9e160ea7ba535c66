//! What is selected of an object.

use std::vec;

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, Positioned, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
};

use crate::json;

/// How objects are resolved, beside a request; as [`Values`](Self::Values) where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rendering {
    /// By the engine, field by field; to compare.
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
pub(super) struct Selected<'a>(Vec<&'a Positioned<Field>>);

/// What is selected of a `T`; `None` where only the engine knows how to put it together.
pub(super) fn select<'a, T: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    rendering: Rendering,
) -> Option<Selected<'a>> {
    if rendering == Rendering::Fields {
        return None;
    }
    let mut selected = Selected(Vec::with_capacity(ctx.item.node.items.len()));
    selected.add::<T>(ctx, ctx.item).then_some(selected)
}

impl<'a> Selected<'a> {
    fn add<T: ContainerType>(&mut self, ctx: &ContextSelectionSet<'a>, set: &'a Positioned<SelectionSet>) -> bool {
        set.node.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => self.add_field(ctx, field),
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref();
                on.is_none_or(|on| on.node.on.node == *T::type_name())
                    && self.add::<T>(ctx, &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = ctx.query_env.fragments.get(&spread.node.fragment_name.node) else { return false };
                fragment.node.type_condition.node.on.node == *T::type_name()
                    && self.add::<T>(ctx, &fragment.node.selection_set)
            }
        })
    }

    fn add_field(&mut self, ctx: &ContextSelectionSet<'a>, field: &'a Positioned<Field>) -> bool {
        let directives = &ctx.schema_env.custom_directives;
        if field.node.directives.iter().any(|directive| directives.contains_key(directive.node.name.node.as_str())) {
            return false;
        }
        if !self.0.iter().any(|other| key(other) == key(field)) {
            self.0.push(field);
            return true;
        }
        // A leaf of the same name is the same leaf.
        field.node.selection_set.node.items.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &'a Positioned<Field>> + Clone {
        self.0.iter().copied()
    }

    /// The next object of these values.
    pub(super) fn object(&self, values: &mut vec::IntoIter<Value>) -> Value {
        let mut object = IndexMap::with_capacity(self.len());
        object.extend(self.fields().map(key).cloned().zip(values));
        Value::Object(object)
    }

    /// Writes an object that has these values.
    pub(super) fn write(&self, out: &mut Vec<u8>, values: &[Value]) {
        out.push(b'{');
        for (index, (field, value)) in self.fields().zip(values).enumerate() {
            json::separate(out, index);
            json::write_key(out, key(field));
            json::write(out, value);
        }
        out.push(b'}');
    }
}

/// The name that a field has in the answer.
pub(super) fn key(field: &Positioned<Field>) -> &Name {
    &field.node.response_key().node
}
