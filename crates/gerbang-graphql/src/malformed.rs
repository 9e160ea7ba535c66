//! Values that somebody typed and that are no number, date, time or id: violations at their fields, among the others.
//!
//! The specification has them refuse the whole request, which is what a client's author has to hear. But they come from
//! forms, and there the message belongs beside the field, with every other that can be found.

use std::collections::HashSet;

use async_graphql::{
    Name, PathSegment, Pos, ServerError, Variables,
    parser::types::{BaseType, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, Type},
};
use async_graphql_value::{ConstValue, Value};
use chrono::{DateTime, Utc};
use gerbang_kernel::error::{Error, Rule, Violation};
use indexmap::IndexMap;

use crate::{
    date::{Date, is_writable},
    errors::error_of,
    rules,
    type_index::{SchemaIndex, TypeIndex, base_name},
};

/// What stands in the variables in the place of a file, before its number.
pub(crate) const UPLOAD: &str = "#__graphql_file__:";

/// The rule that a value of this scalar breaks by its form, and a value that does not.
pub(crate) fn rule(scalar: &str, value: &Value) -> Option<(Rule, &'static str)> {
    const TIME: &str = "2026-02-03T04:05:06Z";
    let integer = |example| Some((Rule::Integer, example));
    match (scalar, value) {
        (_, Value::Null | Value::Variable(_)) | ("Float", Value::Number(_)) | ("ID", Value::String(_)) => None,
        ("Int", Value::Number(number)) => match number.as_i64() {
            Some(whole) if whole > i32::MAX.into() => Some((Rule::Max(i32::MAX.into()), "17")),
            Some(whole) if whole < i32::MIN.into() => Some((Rule::Min(i32::MIN.into()), "17")),
            Some(_) => None,
            None => integer("17"),
        },
        ("Rupiah" | "SafeInt", Value::Number(number)) if number.is_i64() || number.is_u64() => None,
        ("Rupiah", _) => integer("150000"),
        ("Int" | "SafeInt", _) => integer("17"),
        ("Float", _) => Some((Rule::Numeric, "12.5")),
        ("ID", Value::Number(number)) if number.is_i64() || number.is_u64() => None,
        ("ID", _) => Some((Rule::Format, "client_17")),
        ("Date", Value::String(day)) if Date::read(day).is_some() => None,
        ("Date", _) => Some((Rule::Date, "2026-02-03")),
        ("DateTime", Value::String(time)) if time.parse::<DateTime<Utc>>().is_ok_and(is_writable) => None,
        ("DateTime", _) => Some((Rule::Date, TIME)),
        _ => None,
    }
}

/// Files that are too large.
#[derive(Clone, Copy, Debug, Default)]
pub struct Oversized<'a> {
    /// Which of the uploads.
    pub uploads: &'a [usize],
    /// Bytes that they may have.
    pub limit: u64,
}

impl Oversized<'_> {
    fn rule(&self, scalar: &str, value: &Value) -> Option<Rule> {
        let Value::String(file) = value else { return None };
        let number = file.strip_prefix(UPLOAD).filter(|_| scalar == "Upload")?.parse::<usize>().ok()?;
        self.uploads.contains(&number).then_some(Rule::FileSize(self.limit / 1_024))
    }
}

/// One error for each field of an operation that was given something malformed, with all that is known to be wrong with its
/// input. The document is valid.
pub fn violations(
    index: &SchemaIndex,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    oversized: &Oversized<'_>,
) -> Vec<ServerError> {
    let mut walk = Walk {
        index,
        document,
        operation,
        variables,
        oversized,
        visited: HashSet::new(),
        path: Vec::new(),
        errors: Vec::new(),
    };
    walk.selections(index.root(operation.ty), &operation.selection_set.node);
    walk.errors
}

struct Walk<'a> {
    index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    oversized: &'a Oversized<'a>,
    visited: HashSet<&'a str>,
    path: Vec<PathSegment>,
    errors: Vec<ServerError>,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, parent: Option<&'a str>, set: &'a SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let node = &field.node;
                    let Some(known) = parent.and_then(|parent| self.index.field(parent, &node.name.node)) else {
                        continue;
                    };
                    self.path.push(PathSegment::Field(node.response_key().node.to_string()));
                    self.field(node, field.pos, known);
                    self.selections(Some(base_name(&known.ty).as_str()), &node.selection_set.node);
                    self.path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.selections(condition.or(parent), &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.visited.insert(name)
                    {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.selections(Some(on), &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &Field, pos: Pos, known: &crate::type_index::Field) {
        let mut found = Vec::new();
        for (name, value) in &field.arguments {
            let Some(input) = known.arguments.get(&name.node) else { continue };
            let Some(given) = self.given(&value.node) else { continue };
            let before = found.len();
            let rest = self.sound(&input.ty, given, &name.node, &mut found);
            if found.len() > before && name.node == "input" {
                found.extend(rules::check(base_name(&input.ty), &rest.unwrap_or_default()));
            }
        }
        if !found.is_empty() {
            self.errors.push(error_of(Error::invalid(found), Some(pos), self.path.clone()));
        }
    }

    /// A value with those of variables in it; none where its variable has none.
    fn given(&self, value: &Value) -> Option<ConstValue> {
        Some(match value {
            Value::Variable(name) => {
                let definitions = &self.operation.variable_definitions;
                let default = || {
                    let variable = definitions.iter().find(|variable| variable.node.name.node == *name)?;
                    variable.node.default_value.as_ref().map(|default| &default.node)
                };
                return self.variables.get(name).or_else(default).cloned();
            }
            Value::List(items) => {
                ConstValue::List(items.iter().map(|item| self.given(item).unwrap_or_default()).collect())
            }
            Value::Object(members) => {
                let given = members.iter().filter_map(|(name, member)| Some((name.clone(), self.given(member)?)));
                ConstValue::Object(given.collect())
            }
            plain => plain.clone().into_const()?,
        })
    }

    /// What of a value is not malformed; the rest is found, at its path.
    fn sound(&self, ty: &Type, value: ConstValue, path: &str, found: &mut Vec<Violation>) -> Option<ConstValue> {
        match (&ty.base, value) {
            (BaseType::List(item), ConstValue::List(items)) => {
                let mut sound_items = Vec::with_capacity(items.len());
                for (place, value) in items.into_iter().enumerate() {
                    // Those behind it keep their places.
                    sound_items.push(self.sound(item, value, &format!("{path}.{place}"), found).unwrap_or_default());
                }
                Some(ConstValue::List(sound_items))
            }
            // A single value stands for a list of one.
            (BaseType::List(item), value) => self.sound(item, value, path, found),
            (BaseType::Named(name), value) => self.named(name, value, path, found),
        }
    }

    fn named(&self, name: &Name, value: ConstValue, path: &str, found: &mut Vec<Violation>) -> Option<ConstValue> {
        match (self.index.get(name), value) {
            (Some(TypeIndex::Input(fields)), ConstValue::Object(members)) => {
                let mut sound_members = IndexMap::with_capacity(members.len());
                for (key, member) in members {
                    let sound = match fields.get(&key) {
                        Some(field) => self.sound(&field.ty, member, &format!("{path}.{key}"), found),
                        None => Some(member),
                    };
                    sound_members.extend(sound.map(|member| (key, member)));
                }
                Some(ConstValue::Object(sound_members))
            }
            (Some(TypeIndex::Scalar), value) => {
                let value = value.into_value();
                let violation = |rule| Violation::new(path.to_owned(), rule);
                let broken = rule(name, &value).map(|(rule, example)| violation(rule).like(example));
                let Some(broken) = broken.or_else(|| self.oversized.rule(name, &value).map(violation)) else {
                    return value.into_const();
                };
                found.push(broken);
                None
            }
            (_, value) => Some(value),
        }
    }
}
