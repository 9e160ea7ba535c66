//! The GraphQL type of a variable, resolved against the schema once.

use async_graphql::{
    Name,
    parser::types::{BaseType, Type},
};
use gerbang_graphql::type_index::TypeIndex;

use super::schema::Schema;
use crate::model::input_type::{InputType, Kind, Member};

/// How deep input objects are looked into; deeper ones are left to the schema.
const MAX_DEPTH: usize = 8;

/// The type `ty`, whose enum values are called `words` by the API.
pub(super) fn input_type(ty: &Type, words: &[(String, String)], schema: &Schema) -> InputType {
    at_depth(ty, words, schema, 0)
}

fn at_depth(ty: &Type, words: &[(String, String)], schema: &Schema, depth: usize) -> InputType {
    let kind = match &ty.base {
        BaseType::List(item) => Kind::List(Box::new(at_depth(item, words, schema, depth + 1))),
        BaseType::Named(name) => named(name, words, schema, depth),
    };
    InputType { kind, nullable: ty.nullable }
}

fn named(name: &str, words: &[(String, String)], schema: &Schema, depth: usize) -> Kind {
    match schema.get(name) {
        Some(TypeIndex::Enum(values)) if words.is_empty() => {
            Kind::Enum(values.iter().map(|value| (value.to_lowercase(), value.clone())).collect())
        }
        Some(TypeIndex::Enum(_)) => {
            Kind::Enum(words.iter().map(|(word, value)| (word.clone(), Name::new(value))).collect())
        }
        Some(TypeIndex::Input(fields)) if depth < MAX_DEPTH => {
            let members = fields.iter().map(|(name, field)| Member {
                name: name.to_string(),
                input_type: at_depth(&field.ty, words, schema, depth + 1),
                required: field.is_required(),
            });
            Kind::Object(members.collect())
        }
        _ => match name {
            "String" => Kind::String,
            "ID" => Kind::Id,
            "Int" | "Rupiah" | "SafeInt" => Kind::Int,
            "Float" => Kind::Float,
            "Boolean" => Kind::Boolean,
            "Decimal" => Kind::Decimal,
            "Date" => Kind::Date,
            "DateTime" => Kind::DateTime,
            "Upload" => Kind::Upload,
            "JSON" => Kind::Any,
            _ => Kind::Scalar,
        },
    }
}
