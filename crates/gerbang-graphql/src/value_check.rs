//! Values against the types they are for: the variables of a request, and literals in a document.
//!
//! The engine looks at a value only when a resolver reads it, and skips arguments that hold a variable.
//! Here every value is looked at before anything runs, so that a bad one has no effect and gets one clear
//! message. Scalars of our own are left to their parsers, but for numbers and times that they do not hold; what is
//! [malformed] in one is told at its field.

use std::fmt::Write;

use async_graphql::{
    Name, Pos, ServerError, Variables,
    parser::types::{BaseType, OperationDefinition, Type},
};
use async_graphql_value::Value;
use gerbang_kernel::text::UNSTORABLE;

use super::{
    date::is_writable,
    malformed::{self, UPLOAD},
    type_index::{Inputs, SchemaIndex, TypeIndex},
};

/// How a value was written: JSON has no enums, a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// A request's variables.
    Json {
        /// How many files came with the request.
        uploads: usize,
    },
    /// A literal in a document.
    Literal,
}

/// What is wrong with a value, and where in it.
#[derive(Debug)]
pub struct Mismatch {
    /// Keys and list positions joined by dots; empty for the value itself.
    pub path: String,
    /// A sentence.
    pub message: String,
    /// Whether it is a value of another form than its scalar takes, which somebody may have typed.
    pub is_malformed: bool,
}

/// Checks the values given for an operation's variables.
///
/// # Errors
/// One for each variable that is missing or of another type than declared.
pub fn check_variables(
    index: &SchemaIndex,
    operation: &OperationDefinition,
    variables: &Variables,
    uploads: usize,
) -> Result<(), Mismatches> {
    let notation = Notation::Json { uploads };
    let (mut errors, mut malformed) = (Vec::new(), false);
    for definition in &operation.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let problem = match variables.get(name) {
            None if ty.nullable || definition.node.default_value.is_some() => None,
            None => Some(format!("Variable \"${name}\" of required type \"{ty}\" was not provided.")),
            Some(value) => check(index, ty, &value.clone().into_value(), notation).err().map(|mismatch| {
                malformed |= mismatch.is_malformed;
                let place = if mismatch.path.is_empty() { String::new() } else { format!(" at \"{}\"", mismatch.path) };
                format!("Variable \"${name}\" got an invalid value{place}: {}", mismatch.message)
            }),
        };
        errors.extend(problem.map(|message| ServerError::new(message, Some(definition.pos))));
    }
    if errors.is_empty() { Ok(()) } else { Err(Mismatches { errors, malformed }) }
}

/// Values that do not fit the variables they are for.
#[derive(Debug)]
pub struct Mismatches {
    /// One for each variable.
    pub errors: Vec<ServerError>,
    /// Whether one of them is [malformed](Mismatch::is_malformed).
    pub malformed: bool,
}

/// Checks one value against a type; variables in it are taken to fit.
///
/// # Errors
/// The first place that does not fit.
pub fn check(index: &SchemaIndex, ty: &Type, value: &Value, notation: Notation) -> Result<(), Mismatch> {
    match (value, &ty.base) {
        (Value::Variable(_), _) => Ok(()),
        (Value::Null, _) if ty.nullable => Ok(()),
        (Value::Null, _) => Err(Mismatch::here(format!("Expected non-nullable type \"{ty}\" not to be null."))),
        (Value::List(items), BaseType::List(item_type)) => items.iter().enumerate().try_for_each(|(position, item)| {
            check(index, item_type, item, notation).map_err(|mismatch| mismatch.below(position))
        }),
        // A single value stands for a list of one.
        (_, BaseType::List(item_type)) => check(index, item_type, value, notation),
        (_, BaseType::Named(name)) => check_named(index, name, value, notation),
    }
}

fn check_named(index: &SchemaIndex, name: &Name, value: &Value, notation: Notation) -> Result<(), Mismatch> {
    if !matches!(index.get(name), Some(TypeIndex::Input(_))) && holds_unstorable(value) {
        return Err(Mismatch::unstorable());
    }
    // Of literals the document's author is told with the place; texts in them are looked at when the rest is right.
    if notation != Notation::Literal
        && matches!(index.get(name), Some(TypeIndex::Scalar))
        && malformed::rule(name, value).is_some()
    {
        let message = format!("Expected type \"{name}\", found {}.", shown(value));
        return Err(Mismatch { is_malformed: true, ..Mismatch::here(message) });
    }
    let fits = match index.get(name) {
        Some(TypeIndex::Input(fields)) => return check_object(index, name, fields, value, notation),
        Some(TypeIndex::Enum(words)) => match value {
            Value::Enum(word) => words.contains(word),
            Value::String(word) => notation != Notation::Literal && words.contains(word.as_str()),
            _ => false,
        },
        Some(TypeIndex::Scalar) => match (name.as_str(), value) {
            ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            ("ID" | "Rupiah", Value::Number(number)) => number.is_i64() || number.is_u64(),
            ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
            ("Upload", Value::String(file)) => is_upload(file, notation),
            // What is no time at all is the parser's to refuse, which takes years of any length.
            ("DateTime", Value::String(time)) if time.parse().is_ok_and(|time| !is_writable(time)) => {
                return Err(Mismatch::here("Expected a time in the years 0001 to 9999, UTC.".to_owned()));
            }
            ("Int" | "Float" | "String" | "Boolean" | "ID" | "Rupiah" | "Upload", _) => false,
            _ => true,
        },
        // No input type at all: the engine's own rules say so.
        Some(TypeIndex::Fields(_) | TypeIndex::Union) | None => true,
    };
    if fits { Ok(()) } else { Err(Mismatch::here(format!("Expected type \"{name}\", found {}.", shown(value)))) }
}

/// Whether a text in a value of a scalar, or the name of a member, can't be stored.
fn holds_unstorable(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(UNSTORABLE),
        Value::List(items) => items.iter().any(holds_unstorable),
        Value::Object(members) => {
            members.iter().any(|(name, member)| name.contains(UNSTORABLE) || holds_unstorable(member))
        }
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Enum(_) | Value::Binary(_) | Value::Variable(_) => {
            false
        }
    }
}

/// Whether this names a file that came with the request. The engine's own parser would panic on any other number.
fn is_upload(file: &str, notation: Notation) -> bool {
    let Notation::Json { uploads } = notation else { return false };
    let number = file.strip_prefix(UPLOAD).and_then(|number| number.parse::<usize>().ok());
    number.is_some_and(|number| number < uploads)
}

fn check_object(
    index: &SchemaIndex,
    name: &Name,
    fields: &Inputs,
    value: &Value,
    notation: Notation,
) -> Result<(), Mismatch> {
    let Value::Object(given) = value else {
        return Err(Mismatch::here(format!("Expected type \"{name}\" to be an object.")));
    };
    for (key, value) in given {
        let Some(field) = fields.get(key) else {
            return Err(Mismatch::here(format!("Field \"{key}\" is not defined by type \"{name}\".")));
        };
        check(index, &field.ty, value, notation).map_err(|mismatch| mismatch.below(key))?;
    }
    match fields
        .iter()
        .filter(|(key, field)| field.is_required() && !given.contains_key(*key))
        .min_by_key(|(key, _)| *key)
    {
        Some((key, field)) => {
            Err(Mismatch::here(format!("Field \"{key}\" of required type \"{}\" was not provided.", field.ty)))
        }
        None => Ok(()),
    }
}

impl Mismatch {
    fn unstorable() -> Self {
        Self::here("A text can't hold the character U+0000 (NUL): leave it out.".to_owned())
    }

    const fn here(message: String) -> Self {
        Self { path: String::new(), message, is_malformed: false }
    }

    fn below(mut self, step: impl ToString) -> Self {
        self.path = if self.path.is_empty() { step.to_string() } else { format!("{}.{}", step.to_string(), self.path) };
        self
    }

    /// As an error about the argument (or variable) called `name`.
    pub fn into_error(self, name: &str, pos: Pos) -> ServerError {
        let mut place = name.to_owned();
        if !self.path.is_empty() {
            let _ = write!(place, ".{}", self.path);
        }
        ServerError::new(format!("Invalid value for argument \"{place}\": {}", self.message), Some(pos))
    }
}

/// The value as it may be shown in a message: its kind where it is long, since it may also be a secret.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(_) | Value::Boolean(_) | Value::Enum(_) => value.to_string(),
        Value::String(_) => "a string".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Binary(_) => "bytes".to_owned(),
        Value::Null | Value::Variable(_) => "null".to_owned(),
    }
}
