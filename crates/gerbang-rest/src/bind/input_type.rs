//! What values a variable takes: its GraphQL type, resolved against the schema once.

use async_graphql::{
    Name,
    parser::types::{BaseType, Type, TypeKind},
};

use crate::sdl::Sdl;

/// How deep input objects are looked into; deeper ones are left to the schema.
const MAX_DEPTH: usize = 8;

/// A type of input and whether null is one of its values.
#[derive(Clone, Debug)]
pub struct InputType {
    /// What it takes.
    pub kind: Kind,
    /// Whether null is allowed.
    pub nullable: bool,
}

/// A type of input, as far as binding tells types apart.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A text.
    String,
    /// An id in the form of the dialect.
    Id,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A number without rounding, which travels as text.
    Decimal,
    /// True or false.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339.
    DateTime,
    /// One of these words of the API, each with the schema's.
    Enum(Vec<(String, Name)>),
    /// An object with these members; others are ignored.
    Object(Vec<Member>),
    /// A list.
    List(Box<InputType>),
    /// An uploaded file.
    Upload,
    /// A text or a number, of which the schema makes what it means.
    Scalar,
    /// Any JSON.
    Any,
}

/// A member of an input object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name, which is also the client's.
    pub name: String,
    /// What values it takes.
    pub input_type: InputType,
    /// Whether it must be there.
    pub required: bool,
}

impl InputType {
    /// The type `ty`, whose enum values are called `words` by the API.
    pub(crate) fn of(ty: &Type, words: &[(String, String)], sdl: &Sdl) -> Self {
        Self::at_depth(ty, words, sdl, 0)
    }

    fn at_depth(ty: &Type, words: &[(String, String)], sdl: &Sdl, depth: usize) -> Self {
        let kind = match &ty.base {
            BaseType::List(item) => Kind::List(Box::new(Self::at_depth(item, words, sdl, depth + 1))),
            BaseType::Named(name) => Kind::named(name, words, sdl, depth),
        };
        Self { kind, nullable: ty.nullable }
    }
}

impl Kind {
    fn named(name: &str, words: &[(String, String)], sdl: &Sdl, depth: usize) -> Self {
        match sdl.kind(name) {
            Some(TypeKind::Enum(_)) if words.is_empty() => {
                Self::Enum(sdl.enum_values(name).map(|value| (value.to_lowercase(), value.clone())).collect())
            }
            Some(TypeKind::Enum(_)) => {
                Self::Enum(words.iter().map(|(word, value)| (word.clone(), Name::new(value))).collect())
            }
            Some(TypeKind::InputObject(_)) if depth < MAX_DEPTH => {
                let member = |field: &async_graphql::parser::types::InputValueDefinition| Member {
                    name: field.name.node.to_string(),
                    input_type: InputType::at_depth(&field.ty.node, words, sdl, depth + 1),
                    required: !field.ty.node.nullable && field.default_value.is_none(),
                };
                Self::Object(sdl.input_fields(name).map(member).collect())
            }
            _ => match name {
                "String" => Self::String,
                "ID" => Self::Id,
                "Int" | "Rupiah" | "SafeInt" => Self::Int,
                "Float" => Self::Float,
                "Boolean" => Self::Boolean,
                "Decimal" => Self::Decimal,
                "Date" => Self::Date,
                "DateTime" => Self::DateTime,
                "Upload" => Self::Upload,
                "JSON" => Self::Any,
                _ => Self::Scalar,
            },
        }
    }
}
