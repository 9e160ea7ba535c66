//! The schema as its SDL tells it: what the start-up check compares route files with.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos,
    parser::{
        parse_schema,
        types::{
            BaseType, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeKind, TypeSystemDefinition,
        },
    },
};

use super::defect::Defect;

/// The scalars that every schema has.
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// The types of a schema by name.
pub(crate) struct Sdl {
    types: HashMap<String, TypeKind>,
    query: String,
    mutation: Option<String>,
}

impl Sdl {
    /// Reads the text that `schema.sdl()` writes.
    pub(crate) fn parse(text: &str) -> Result<Self, Defect> {
        let document: ServiceDocument = parse_schema(text).map_err(|error| Defect {
            file: "schema.graphql".to_owned(),
            pos: error.positions().next().unwrap_or_default(),
            problem: format!("the schema's own text can't be read: {error}"),
            remedy: "Look for an unescaped quotation mark in a description or a deprecation reason.".to_owned(),
        })?;
        let mut sdl = Self {
            types: BUILT_IN.into_iter().map(|name| (name.to_owned(), TypeKind::Scalar)).collect(),
            query: "Query".to_owned(),
            mutation: None,
        };
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Type(definition) => {
                    sdl.types.insert(definition.node.name.node.to_string(), definition.node.kind);
                }
                TypeSystemDefinition::Schema(schema) => {
                    if let Some(query) = schema.node.query {
                        sdl.query = query.node.to_string();
                    }
                    sdl.mutation = schema.node.mutation.map(|name| name.node.to_string());
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(sdl)
    }

    pub(crate) fn query(&self) -> &str {
        &self.query
    }

    pub(crate) fn mutation(&self) -> Option<&str> {
        self.mutation.as_deref()
    }

    pub(crate) fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.types.get(name)
    }

    /// The fields of an object or interface; none for anything else.
    pub(crate) fn fields(&self, name: &str) -> impl Iterator<Item = &FieldDefinition> {
        let fields = match self.kind(name) {
            Some(TypeKind::Object(object)) => object.fields.as_slice(),
            Some(TypeKind::Interface(interface)) => interface.fields.as_slice(),
            _ => &[],
        };
        fields.iter().map(|field| &field.node)
    }

    pub(crate) fn field(&self, on: &str, name: &str) -> Option<&FieldDefinition> {
        self.fields(on).find(|field| field.name.node == name)
    }

    /// The fields of an input object; none for anything else.
    pub(crate) fn input_fields(&self, name: &str) -> impl Iterator<Item = &InputValueDefinition> {
        let fields = match self.kind(name) {
            Some(TypeKind::InputObject(input)) => input.fields.as_slice(),
            _ => &[],
        };
        fields.iter().map(|field| &field.node)
    }

    /// The words of an enum; none for anything else.
    pub(crate) fn enum_values(&self, name: &str) -> impl Iterator<Item = &Name> {
        let values = match self.kind(name) {
            Some(TypeKind::Enum(definition)) => definition.values.as_slice(),
            _ => &[],
        };
        values.iter().map(|value| &value.node.value.node)
    }

    pub(crate) fn is_composite(&self, name: &str) -> bool {
        matches!(self.kind(name), Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
    }

    pub(crate) fn is_input(&self, name: &str) -> bool {
        matches!(self.kind(name), Some(TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_)))
    }

    /// The object types that a value of this type can have.
    pub(crate) fn possible_types(&self, name: &str) -> Vec<&str> {
        match self.kind(name) {
            Some(TypeKind::Object(_)) => {
                self.types.get_key_value(name).map(|(name, _)| name.as_str()).into_iter().collect()
            }
            Some(TypeKind::Union(union)) => union.members.iter().map(|member| member.node.as_str()).collect(),
            Some(TypeKind::Interface(_)) => {
                let mut implementers: Vec<&str> = self
                    .types
                    .iter()
                    .filter(|(_, kind)| match kind {
                        TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == name),
                        _ => false,
                    })
                    .map(|(name, _)| name.as_str())
                    .collect();
                implementers.sort_unstable();
                implementers
            }
            _ => Vec::new(),
        }
    }
}

/// The named type at the heart of lists.
pub(crate) fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}

pub(crate) fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}

/// Whether a variable of type `variable` may stand where `place` is expected, as the specification's rule
/// "all variable usages are allowed" has it. The engine itself does not check this.
pub(crate) fn fits(variable: &Type, variable_has_default: bool, place: &Type, place_has_default: bool) -> bool {
    if !place.nullable && variable.nullable {
        (variable_has_default || place_has_default) && base_fits(&variable.base, &place.base)
    } else {
        base_fits(&variable.base, &place.base)
    }
}

fn base_fits(variable: &BaseType, place: &BaseType) -> bool {
    match (variable, place) {
        (BaseType::Named(variable), BaseType::Named(place)) => variable == place,
        (BaseType::List(variable), BaseType::List(place)) => fits(variable, false, place, false),
        _ => false,
    }
}

/// A position for what has none of its own.
pub(crate) const NOWHERE: Pos = Pos { line: 0, column: 0 };

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(text: &str) -> Type {
        Type::new(text).unwrap()
    }

    #[test]
    fn positions_of_variables_follow_the_specification() {
        assert!(fits(&ty("String!"), false, &ty("String"), false));
        assert!(!fits(&ty("String"), false, &ty("String!"), false));
        assert!(fits(&ty("String"), true, &ty("String!"), false));
        assert!(fits(&ty("String"), false, &ty("String!"), true));
        assert!(!fits(&ty("ID!"), false, &ty("String!"), false));
        assert!(fits(&ty("[String!]!"), false, &ty("[String]"), false));
        assert!(!fits(&ty("[String]"), false, &ty("[String!]"), false));
        assert!(!fits(&ty("String"), false, &ty("[String]"), false));
    }
}
