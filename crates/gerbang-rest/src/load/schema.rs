//! The schema as route files see it: without introspection, which no route shows.

use async_graphql::{
    Name,
    parser::types::{OperationType, Type},
};
use gerbang_graphql::type_index::{Field, Inputs, SchemaIndex, TypeIndex};

use crate::model::defect::Defect;

/// The types of a schema by name.
pub(super) struct Schema(SchemaIndex);

impl Schema {
    /// Reads the text that `schema.sdl()` writes.
    pub(super) fn read(sdl: &str) -> Result<Self, Defect> {
        SchemaIndex::new(sdl).map(Self).map_err(|error| Defect::of_schema(&error))
    }

    /// The type that operations of this kind start at.
    pub(super) fn root(&self, kind: OperationType) -> &str {
        self.0.root(kind).unwrap_or_default()
    }

    pub(super) fn get(&self, name: &str) -> Option<&TypeIndex> {
        self.0.get(name)
    }

    pub(super) fn field(&self, on: &str, name: &str) -> Option<&Field> {
        self.0.field(on, name).filter(|_| !is_introspection(name))
    }

    /// The names of the fields of an object or interface; none for anything else.
    pub(super) fn field_names(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = match self.get(name) {
            Some(TypeIndex::Fields(fields)) => Some(fields),
            _ => None,
        };
        fields.into_iter().flat_map(|fields| fields.keys()).map(Name::as_str).filter(|name| !is_introspection(name))
    }

    /// The fields of an input object.
    pub(super) fn inputs(&self, name: &str) -> Option<&Inputs> {
        match self.get(name) {
            Some(TypeIndex::Input(fields)) => Some(fields),
            _ => None,
        }
    }

    /// The words of an enum; none for anything else.
    pub(super) fn enum_values(&self, name: &str) -> impl Iterator<Item = &Name> {
        let values = match self.get(name) {
            Some(TypeIndex::Enum(values)) => Some(values),
            _ => None,
        };
        values.into_iter().flatten()
    }

    pub(super) fn is_enum(&self, name: &str) -> bool {
        matches!(self.get(name), Some(TypeIndex::Enum(_)))
    }

    pub(super) fn is_composite(&self, name: &str) -> bool {
        matches!(self.get(name), Some(TypeIndex::Fields(_) | TypeIndex::Union))
    }

    pub(super) fn is_input(&self, name: &str) -> bool {
        matches!(self.get(name), Some(TypeIndex::Scalar | TypeIndex::Enum(_) | TypeIndex::Input(_)))
    }

    /// The object types that a value of this type can have.
    pub(super) fn possible_types(&self, name: &str) -> Vec<&str> {
        self.0.object_types(name).into_iter().map(Name::as_str).collect()
    }
}

fn is_introspection(field: &str) -> bool {
    field.starts_with("__")
}

pub(super) fn is_list(ty: &Type) -> bool {
    matches!(ty.base, async_graphql::parser::types::BaseType::List(_))
}
