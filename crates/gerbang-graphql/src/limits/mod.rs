//! What a document may cost, found out before anything runs.
//!
//! The engine's own limits count introspection as depth, know nothing of page sizes and expand a fragment
//! each time it is spread, which a few hundred bytes can make take forever. Here a fragment is measured
//! once, so the time is linear in the document's length; a look at the schema costs what it is answered with
//! ([`introspection`](crate::introspection)).

mod cost;
mod measure;
mod refusal;
mod tokens;

use async_graphql::{
    ServerError, Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};

use self::measure::{MAX_NESTING, Measure, Pages};
pub use self::{cost::Cost, tokens::check_tokens};
pub(crate) use self::{refusal::refusal, tokens::TOKEN};
use crate::{settings::Limits, type_index::SchemaIndex};

/// Lists of introspection inside each other (`fields` of the types of `fields` ...), whose product is the answer's size.
const MAX_INTROSPECTION_LISTS: u64 = 3;
/// Looks at the whole schema in one request. Clients that want more of it ask for more fields.
const MAX_SCHEMAS: u64 = 1;

/// Measures every operation and fragment of a document, without regard to page sizes.
///
/// # Errors
/// When one of them is over a limit, or a fragment spreads itself. Nothing that walks a document fragment by
/// fragment may see one that was not checked here: it could take forever.
pub fn check_document(limits: &Limits, index: &SchemaIndex, document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut measure = Measure::new(limits, index, document, None);
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let cost = measure.selections(index.root(operation.ty), &operation.selection_set.node)?;
        check_cost(limits, cost)?;
    }
    for (name, fragment) in &document.fragments {
        check_cost(limits, measure.fragment(name, fragment.pos)?)?;
    }
    Ok(())
}

/// Measures one operation of a checked document with the values of its variables.
///
/// # Errors
/// When it is over a limit.
pub fn check_operation(
    limits: &Limits,
    index: &SchemaIndex,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Cost, ServerError> {
    let mut measure = Measure::new(limits, index, document, Some(Pages { operation, variables }));
    let cost = measure.selections(index.root(operation.ty), &operation.selection_set.node)?;
    check_cost(limits, cost)?;
    Ok(cost)
}

fn check_cost(limits: &Limits, cost: Cost) -> Result<(), ServerError> {
    for (name, what, found, maximum) in [
        ("depth", "fields deep", cost.depth, limits.depth as u64),
        ("nesting", "levels deep, counting fragments", cost.nesting, MAX_NESTING),
        ("introspection", "lists of introspection deep", cost.introspection_lists, MAX_INTROSPECTION_LISTS),
    ] {
        if found > maximum {
            let message = format!("The operation is {found} {what}; at most {maximum} are allowed.");
            return Err(refusal(message, name, maximum, Some(found)));
        }
    }
    check_schemas(cost.schemas)?;
    let maximum = limits.aliases as u64;
    if cost.aliases > maximum {
        let message = format!("The operation has {} aliases; at most {maximum} are allowed.", cost.aliases);
        return Err(refusal(message, "aliases", maximum, Some(cost.aliases)));
    }
    let (complexity, maximum) = (cost.complexity(), limits.complexity as u64);
    if complexity > maximum {
        let message = format!(
            "The operation asks for up to {complexity} fields; at most {maximum} are allowed. Ask for smaller pages or fewer fields."
        );
        return Err(refusal(message, "complexity", maximum, Some(complexity)));
    }
    Ok(())
}

/// Refuses to show the whole schema twice in one request.
///
/// # Errors
/// When it is asked for more often.
pub fn check_schemas(found: u64) -> Result<(), ServerError> {
    if found <= MAX_SCHEMAS {
        return Ok(());
    }
    let message = format!("The request asks for `__schema` {found} times; once is enough for all of it.");
    Err(refusal(message, "schemas", MAX_SCHEMAS, Some(found)))
}
