//! What can be wrong with a document, whatever the values of its variables.

use async_graphql::{Request, ServerError, Variables, parser::types::OperationType};

use super::{
    documents::Document,
    refusal::{Kind, Refusal},
};
use crate::{
    engine::Engine,
    limits::{check_document, check_tokens},
    malformed::{Oversized, violations},
    once::check_once,
    settings::Limits,
    source,
    type_index::SchemaIndex,
    variable_usage::check_variable_usage,
};

/// Errors shown for one document at most; the rest follows from the first in most cases.
const MAX_ERRORS: usize = 20;

/// What an operation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    Everything,
    /// All but mutations, since the request may come from a link.
    WithoutEffect,
}

/// Parses, measures and validates a document.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn validate<E: Engine>(
    engine: &E,
    limits: &Limits,
    index: &SchemaIndex,
    text: &str,
    operation_name: Option<String>,
    allowed: Allowed,
) -> Result<Document, Refusal> {
    check_tokens(limits, text).map_err(Refusal::invalid)?;
    let parsed = source::parse(text).map_err(|error| refused(Kind::Syntax, vec![error.into()]))?;
    source::check_unique_fields(text).map_err(|errors| refused(Kind::Validation, errors))?;
    let document = Document::new(parsed, operation_name)?;
    refuse_mutation(&document, allowed)?;
    check_document(limits, index, &document.parsed).map_err(Refusal::invalid)?;
    check_once(&document.parsed).map_err(Refusal::invalid)?;

    let mut request = Request::new(String::new());
    request.operation_name = document.name().map(str::to_owned);
    request.set_parsed_query(document.parsed.clone());
    let errors = engine.validate(request).await;
    if !errors.is_empty() {
        return Err(refused(Kind::Validation, errors));
    }
    check_variable_usage(index, &document.parsed).map_err(|errors| refused(Kind::Validation, errors))?;
    let malformed =
        violations(index, &document.parsed, document.operation(), &Variables::default(), &Oversized::default());
    if malformed.is_empty() { Ok(document) } else { Err(refused(Kind::Input, malformed)) }
}

pub(super) fn refuse_mutation(document: &Document, allowed: Allowed) -> Result<(), Refusal> {
    if allowed == Allowed::WithoutEffect && document.kind() == OperationType::Mutation {
        return Err(Refusal::new(Kind::Method, "Mutations are taken by POST only."));
    }
    Ok(())
}

pub(super) fn refused(kind: Kind, mut errors: Vec<ServerError>) -> Refusal {
    errors.truncate(MAX_ERRORS);
    Refusal::from_errors(kind, errors)
}
