//! Arguments that a variable without a value stands for: the specification leaves them out, so that their defaults
//! apply (*Coercing Field Arguments*). The engine does so in input objects only; an argument with a default it reads
//! as null. Here they are taken out of the document before the engine sees it.

use async_graphql::{
    Name, Request, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

/// Leaves such arguments out of the operation that the request runs.
pub fn leave_out_absent(request: &mut Request) {
    let variables = std::mem::take(&mut request.variables);
    let name = request.operation_name.clone();
    if let Ok(document) = request.parsed_query()
        && let Some(document) = without_absent(document, name.as_deref(), &variables)
    {
        request.set_parsed_query(document);
    }
    request.variables = variables;
}

/// The document without them; `None` if it has none.
fn without_absent(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
) -> Option<ExecutableDocument> {
    let mut operations = document.operations.iter();
    let (_, operation) =
        operations.find(|(known, _)| name.is_none_or(|name| known.is_some_and(|known| known.as_str() == name)))?;
    let absent = absent(&operation.node, variables);
    let is_absent = |value: &Value| matches!(value, Value::Variable(name) if absent.contains(name));
    let mut sets = document
        .operations
        .iter()
        .map(|(_, operation)| &operation.node.selection_set.node)
        .chain(document.fragments.values().map(|fragment| &fragment.node.selection_set.node));
    if absent.is_empty() || !sets.any(|set| any_argument(set, &is_absent)) {
        return None;
    }
    let mut document = document.clone();
    match &mut document.operations {
        DocumentOperations::Single(operation) => {
            retain_arguments(&mut operation.node.selection_set.node, &is_absent);
        }
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                retain_arguments(&mut operation.node.selection_set.node, &is_absent);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        retain_arguments(&mut fragment.node.selection_set.node, &is_absent);
    }
    Some(document)
}

fn absent(operation: &OperationDefinition, variables: &Variables) -> Vec<Name> {
    let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
    definitions
        .filter(|definition| definition.default_value.is_none() && !variables.contains_key(&definition.name.node))
        .map(|definition| definition.name.node.clone())
        .collect()
}

fn any_argument(set: &SelectionSet, is_absent: &impl Fn(&Value) -> bool) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            field.node.arguments.iter().any(|(_, value)| is_absent(&value.node))
                || any_argument(&field.node.selection_set.node, is_absent)
        }
        Selection::InlineFragment(fragment) => any_argument(&fragment.node.selection_set.node, is_absent),
        Selection::FragmentSpread(_) => false,
    })
}

fn retain_arguments(set: &mut SelectionSet, is_absent: &impl Fn(&Value) -> bool) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                field.node.arguments.retain(|(_, value)| !is_absent(&value.node));
                retain_arguments(&mut field.node.selection_set.node, is_absent);
            }
            Selection::InlineFragment(fragment) => {
                retain_arguments(&mut fragment.node.selection_set.node, is_absent);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}
