//! A list is paged by number or by cursor, forward or backward, not both: one of them would be ignored, and nobody would
//! know which.

use std::collections::HashSet;

use async_graphql::{
    Pos, ServerError, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};

/// The arguments of a connection that page by number.
pub(crate) const BY_NUMBER: [&str; 2] = ["page", "perPage"];
/// The two directions of a cursor.
const FORWARD: [&str; 1] = ["first"];
const BACKWARD: [&str; 1] = ["last"];
/// Those that page by cursor.
pub(crate) const BY_CURSOR: [&str; 4] = ["first", "after", "last", "before"];

/// Looks at every field of an operation of a checked document, with the values of its variables.
///
/// # Errors
/// For the first field that is paged in two ways. What is null is not given.
pub fn check_paging(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), ServerError> {
    Walk { document, operation, variables, visited: HashSet::new() }.selections(&operation.selection_set.node)
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    visited: HashSet<&'a str>,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, set: &'a SelectionSet) -> Result<(), ServerError> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    self.field(&field.node)?;
                    self.selections(&field.node.selection_set.node)?;
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.visited.insert(name)
                    {
                        self.selections(&fragment.node.selection_set.node)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&self, field: &Field) -> Result<(), ServerError> {
        if let (Some((number, pos)), Some((cursor, _))) = (self.given(field, &BY_NUMBER), self.given(field, &BY_CURSOR))
        {
            let message = format!(
                "\"{number}\" and \"{cursor}\" can't be given together: ask for a page by its number with \"page\" and \
                 \"perPage\", or by cursor with \"first\", \"after\", \"last\" and \"before\"."
            );
            return Err(ServerError::new(message, Some(pos)));
        }
        if let (Some(_), Some((_, pos))) = (self.given(field, &FORWARD), self.given(field, &BACKWARD)) {
            let message = "\"first\" and \"last\" can't be given together: ask for the first rows after a cursor, or for the \
                           last before one.";
            return Err(ServerError::new(message, Some(pos)));
        }
        Ok(())
    }

    /// The first of these arguments that has a value.
    fn given(&self, field: &Field, names: &[&'static str]) -> Option<(&'static str, Pos)> {
        names.iter().find_map(|name| {
            let value = field.get_argument(name)?;
            self.has_value(&value.node).then_some((*name, value.pos))
        })
    }

    fn has_value(&self, value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Variable(name) => {
                let default = || {
                    let definitions = &self.operation.variable_definitions;
                    let variable = definitions.iter().find(|variable| variable.node.name.node == *name)?;
                    variable.node.default_value.as_ref().map(|default| &default.node)
                };
                self.variables.get(name).or_else(default).is_some_and(|value| *value != ConstValue::Null)
            }
            _ => true,
        }
    }
}
