//! What a route takes from a request, and where it goes in the operation's arguments.

use async_graphql::{Name, Value, Variables, parser::types::Type};
use async_graphql_value::Value as Literal;

use super::input_type::InputType;

/// What a route takes from a request under one name.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// Its GraphQL type.
    pub ty: Type,
    /// What values it takes.
    pub input_type: InputType,
    /// Where it comes from.
    pub source: Source,
    /// Whether the operation gives a default.
    pub has_default: bool,
    /// The list that a bare number stands for, with `VALUE` in its place.
    pub number: Option<Value>,
    /// Whether it is a page's number or size, which are read leniently.
    pub paging: Option<PagingRole>,
    /// What the schema says about where it goes.
    pub description: Option<String>,
}

impl Variable {
    /// The names under which a client may send it; the first is how it is called in errors.
    pub fn names(&self) -> &[String] {
        match &self.source {
            Source::Input(names) | Source::Query(names) | Source::Body(names) => names,
            Source::Path(_) | Source::Header(_) | Source::Token | Source::RawBody | Source::RequestPath => {
                std::slice::from_ref(&self.name)
            }
        }
    }

    /// The member of the list's object that a bare number becomes.
    pub(crate) fn bare_member(&self) -> Option<String> {
        let Some(Value::List(items)) = &self.number else { return None };
        let Value::Object(members) = items.first()? else { return None };
        let place = Value::Enum(Name::new("VALUE"));
        members.iter().find(|(_, member)| **member == place).map(|(name, _)| name.to_string())
    }

    /// Whether leading and trailing blanks belong to the value: to secrets, and to what may be signed.
    pub fn is_verbatim(&self) -> bool {
        self.name.contains("password") || matches!(self.source, Source::Header(_) | Source::RequestPath)
    }

    /// Whether a request without it is refused.
    pub fn is_required(&self) -> bool {
        !self.ty.nullable && !self.has_default
    }
}

/// Where a variable comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The parameter of the path with this name.
    Path(String),
    /// The query for GET; the body, then the query, for the other methods. Dots lead into objects.
    Input(Vec<String>),
    /// The query.
    Query(Vec<String>),
    /// The body. Dots lead into objects.
    Body(Vec<String>),
    /// A header.
    Header(String),
    /// The bearer token itself.
    Token,
    /// The bytes of the body, not parsed.
    RawBody,
    /// The path as it was called.
    RequestPath,
}

/// What a variable means to a paginated list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingRole {
    /// The page's number.
    Number,
    /// The rows on a page.
    Size,
}

/// Where a variable stands in the arguments.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The path as the domain names it, such as `input.birthPlace`.
    pub(crate) path: String,
    /// The index of the variable.
    pub(crate) variable: usize,
}

/// An input object among the arguments.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// Its type.
    pub(crate) ty: String,
    /// Its literal, with variables.
    pub(crate) template: Literal,
}

impl Input {
    /// The object with its variables filled in; what has no value is left out.
    pub(crate) fn part(&self, variables: &Variables) -> Option<Value> {
        part_of(&self.template, variables)
    }
}

fn part_of(literal: &Literal, variables: &Variables) -> Option<Value> {
    match literal {
        Literal::Variable(name) => variables.get(name).cloned(),
        Literal::Object(members) => Some(Value::Object(
            members.iter().filter_map(|(name, member)| Some((name.clone(), part_of(member, variables)?))).collect(),
        )),
        Literal::List(items) => Some(Value::List(items.iter().filter_map(|item| part_of(item, variables)).collect())),
        constant => constant.clone().into_const(),
    }
}

/// The names of the parameters in a path.
pub(crate) fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
