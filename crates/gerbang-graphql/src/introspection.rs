//! What a look at the schema costs: as many fields as it is answered with.
//!
//! The answer is known before anything runs, since it says the same to everybody: the lists are as long as the
//! schema is large, and a list inside a list multiplies. So the selection is walked over the schema itself, and no
//! further than the limit.

use async_graphql::{
    Name,
    parser::types::{BaseType, ExecutableDocument, OperationType, Selection, SelectionSet, Type},
};

use super::type_index::{Field, Input, Inputs, SchemaIndex, TypeIndex};

/// Counts the fields of answers about the schema of one operation.
#[derive(Debug)]
pub struct Introspection<'a> {
    index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    /// Fields that are still counted; the rest is too many in any case.
    left: u64,
}

/// What is shown at some place of the answer.
#[derive(Clone, Copy)]
enum Part<'a> {
    Schema,
    Type(&'a str),
    /// A list of this.
    List(&'a Type),
    /// This, and never null.
    NonNull(&'a Type),
    Field(&'a Field),
    Input(&'a Input),
    Directive(&'a Inputs),
    EnumValue,
}

impl<'a> Introspection<'a> {
    /// Counts up to `limit` fields, in all that is asked of it.
    pub const fn new(index: &'a SchemaIndex, document: &'a ExecutableDocument, limit: u64) -> Self {
        Self { index, document, left: limit }
    }

    /// The fields that `__schema` is answered with.
    pub fn schema(&mut self, set: &'a SelectionSet) -> u64 {
        self.count(Part::Schema, set)
    }

    /// The fields that `__type` of this name is answered with.
    pub fn named(&mut self, name: &str, set: &'a SelectionSet) -> u64 {
        let known = self.index.type_names().find(|known| *known == name);
        known.map_or(0, |name| self.count(Part::Type(name), set))
    }

    fn count(&mut self, part: Part<'a>, set: &'a SelectionSet) -> u64 {
        let before = self.left;
        self.selections(part, set);
        before - self.left
    }

    fn selections(&mut self, part: Part<'a>, set: &'a SelectionSet) {
        for selection in &set.items {
            if self.left == 0 {
                return;
            }
            match &selection.node {
                Selection::Field(field) => {
                    self.left -= 1;
                    let set = &field.node.selection_set.node;
                    if !set.items.is_empty() {
                        self.field(part, &field.node.name.node, set);
                    }
                }
                Selection::InlineFragment(fragment) => self.selections(part, &fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    // The document was measured: fragments end.
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.selections(part, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn field(&mut self, part: Part<'a>, field: &str, set: &'a SelectionSet) {
        let index = self.index;
        match (part, field) {
            (Part::Schema, "types") => self.each(index.type_names().map(Part::Type), set),
            (Part::Schema, "directives") => self.each(index.directives().map(Part::Directive), set),
            (Part::Schema, "queryType") => self.root(OperationType::Query, set),
            (Part::Schema, "mutationType") => self.root(OperationType::Mutation, set),
            (Part::Schema, "subscriptionType") => self.root(OperationType::Subscription, set),
            (Part::Type(name), "interfaces") => self.each(index.interfaces(name).iter().map(Part::named), set),
            (Part::Type(name), "possibleTypes") => self.each(index.possible_types(name).iter().map(Part::named), set),
            (Part::Type(name), "fields" | "enumValues" | "inputFields") => match (index.get(name), field) {
                (Some(TypeIndex::Fields(fields)), "fields") => {
                    // Those that lead to introspection are not told.
                    let told = fields.iter().filter(|(name, _)| !name.starts_with("__"));
                    self.each(told.map(|(_, field)| Part::Field(field)), set);
                }
                (Some(TypeIndex::Enum(values)), "enumValues") => {
                    self.each(values.iter().map(|_| Part::EnumValue), set);
                }
                (Some(TypeIndex::Input(inputs)), "inputFields") => self.each(inputs.values().map(Part::Input), set),
                _ => {}
            },
            (Part::Field(Field { arguments: inputs, .. }) | Part::Directive(inputs), "args") => {
                self.each(inputs.values().map(Part::Input), set);
            }
            (Part::Field(Field { ty, .. }) | Part::Input(Input { ty, .. }), "type") | (Part::List(ty), "ofType") => {
                self.selections(Part::of(ty), set);
            }
            (Part::NonNull(ty), "ofType") => self.selections(Part::nullable(ty), set),
            _ => {}
        }
    }

    fn root(&mut self, operation: OperationType, set: &'a SelectionSet) {
        self.each(self.index.root(operation).into_iter().map(Part::Type), set);
    }

    fn each(&mut self, parts: impl Iterator<Item = Part<'a>>, set: &'a SelectionSet) {
        for part in parts {
            if self.left == 0 {
                return;
            }
            self.selections(part, set);
        }
    }
}

impl<'a> Part<'a> {
    fn named(name: &'a Name) -> Self {
        Self::Type(name)
    }

    fn of(ty: &'a Type) -> Self {
        if ty.nullable { Self::nullable(ty) } else { Self::NonNull(ty) }
    }

    fn nullable(ty: &'a Type) -> Self {
        match &ty.base {
            BaseType::Named(name) => Self::Type(name),
            BaseType::List(item) => Self::List(item),
        }
    }
}
