//! The schema, for tests that ask for everything in it.

use std::collections::{HashMap, VecDeque};

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};
use gerbang::graphql::sdl;

/// The types of the schema by name.
pub(crate) struct Types(HashMap<String, TypeKind>);

impl Types {
    pub(crate) fn read() -> Self {
        let definitions = parse_schema(sdl()).unwrap().definitions.into_iter();
        let types = definitions.filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node.kind)),
            _ => None,
        });
        Self(types.collect())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn kind(&self, ty: &str) -> Option<&TypeKind> {
        self.0.get(ty)
    }

    /// The fields of an object or an interface.
    pub(crate) fn fields(&self, ty: &str) -> impl Iterator<Item = &FieldDefinition> {
        let fields = match self.0.get(ty) {
            Some(TypeKind::Object(object)) => object.fields.as_slice(),
            _ => &[],
        };
        fields.iter().map(|field| &field.node)
    }

    pub(crate) fn members(&self, ty: &str) -> &[Positioned<InputValueDefinition>] {
        match self.0.get(ty) {
            Some(TypeKind::InputObject(input)) => &input.fields,
            _ => &[],
        }
    }

    /// What is selected of a field of this type.
    pub(crate) fn selection(&self, ty: &Type) -> &'static str {
        match self.0.get(named(ty)) {
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)) => "{ __typename }",
            _ => "",
        }
    }

    /// What is asked of the query to reach an object of each type: what stands in front of its selection, and the braces
    /// behind it.
    pub(crate) fn ways(&self) -> HashMap<&str, (String, String)> {
        let mut ways = HashMap::from([("Query", (String::new(), String::new()))]);
        let mut reached = VecDeque::from(["Query"]);
        while let Some(ty) = reached.pop_front() {
            let (front, behind) = ways[ty].clone();
            for field in self.fields(ty) {
                let next = named(&field.ty.node);
                if matches!(self.0.get(next), Some(TypeKind::Object(_))) && !ways.contains_key(next) {
                    let way = format!("{front}{} {{ ", Self::call(field, &self.required(&field.arguments, "")));
                    ways.insert(next, (way, format!("{behind} }}")));
                    reached.push_back(next);
                }
            }
        }
        ways
    }

    pub(crate) fn call(field: &FieldDefinition, arguments: &str) -> String {
        let name = &field.name.node;
        if arguments.trim().is_empty() { name.to_string() } else { format!("{name}({arguments})") }
    }

    /// A literal that fits the type.
    pub(crate) fn literal(&self, ty: &Type) -> String {
        let name = match &ty.base {
            BaseType::List(item) => return format!("[{}]", self.literal(item)),
            BaseType::Named(name) => name.as_str(),
        };
        match (name, self.0.get(name)) {
            (_, Some(TypeKind::Enum(words))) => words.values[0].node.value.node.to_string(),
            (_, Some(TypeKind::InputObject(_))) => format!("{{ {} }}", self.required(self.members(name), "")),
            ("Int" | "Float" | "Rupiah" | "SafeInt", _) => "1".to_owned(),
            ("Boolean", _) => "true".to_owned(),
            ("Date", _) => "\"2026-01-01\"".to_owned(),
            ("DateTime", _) => "\"2026-01-01T00:00:00Z\"".to_owned(),
            _ => "\"1\"".to_owned(),
        }
    }

    /// Values for all that are required but the one called `left_out`.
    pub(crate) fn required(&self, inputs: &[Positioned<InputValueDefinition>], left_out: &str) -> String {
        let required = inputs.iter().map(|input| &input.node).filter(|input| {
            !input.ty.node.nullable && input.default_value.is_none() && input.name.node.as_str() != left_out
        });
        required.map(|input| format!("{}: {} ", input.name.node, self.literal(&input.ty.node))).collect()
    }
}

/// The type without its lists.
pub(crate) fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}
