//! Everything that can be wrong with an operation before it runs.
//!
//! A document is parsed, measured and validated, and a query that passed is kept, so that the next request with the same
//! text goes straight to the engine. Variables are checked each time.

use std::sync::Arc;

use async_graphql::{Request, ServerError, parser::types::OperationType};

use super::{
    documents::{Document, Key},
    endpoint::Endpoint,
    ready::{Allowed, Ready},
    refusal::{Kind, Refusal},
    request::Operation,
};
use crate::{
    budget::Budget,
    engine::Engine,
    limits::{check_document, check_operation, check_tokens},
    metrics::record_operation,
    once::check_once,
    paging::check_paging,
    source,
    value_check::check_variables,
    variable_usage::check_variable_usage,
};

/// Errors shown for one document at most; the rest follows from the first in most cases.
const MAX_ERRORS: usize = 20;
impl<E: Engine> Endpoint<E> {
    /// Looks at everything that can be wrong before it runs.
    ///
    /// # Errors
    /// What is wrong; then nothing was run.
    pub(super) async fn prepare(&self, operation: Operation, allowed: Allowed) -> Result<Ready, Refusal> {
        self.prepare_within(self.budget(), operation, allowed).await
    }

    /// The same for an operation that shares its budget with others.
    ///
    /// # Errors
    /// What is wrong; then nothing was run.
    pub(super) async fn prepare_within(
        &self,
        budget: Arc<Budget>,
        operation: Operation,
        allowed: Allowed,
    ) -> Result<Ready, Refusal> {
        let ready = self.check(budget, operation, allowed).await;
        if let Err(refusal) = &ready {
            record_operation("unknown", refusal.kind.code());
        }
        ready
    }

    async fn check(&self, budget: Arc<Budget>, mut operation: Operation, allowed: Allowed) -> Result<Ready, Refusal> {
        if budget.is_late() {
            return Err(self.timed_out());
        }
        let persisted = operation.persisted_query()?;
        let text: Arc<str> = match (&persisted, operation.query.take()) {
            (Some(persisted), text) => self.0.persisted.resolve(persisted, text)?,
            (None, Some(text)) => Arc::from(text),
            (None, None) => return Err(Refusal::malformed("The request has no `query`.")),
        };
        let key = Key { text: Arc::clone(&text), operation_name: operation.name.take() };
        let document = match self.0.parsed.get(&key) {
            Some(document) => document,
            None => self.read(key, allowed).await?,
        };
        refuse_mutation(&document, allowed)?;
        if let Some(persisted) = persisted {
            self.0.persisted.store(persisted, &text);
        }
        let Operation { variables, uploads, .. } = operation;
        let variables = variables.into_values()?;
        check_variables(&self.0.index, document.operation(), &variables, uploads.len())
            .map_err(|errors| refused(Kind::Variables, errors))?;
        let cost =
            check_operation(&self.0.settings.limits, &self.0.index, &document.parsed, document.operation(), &variables)
                .and_then(|cost| budget.charge(cost).map(|()| cost))
                .map_err(|error| refused(Kind::Validation, vec![error]))?;
        check_paging(&document.parsed, document.operation(), &variables)
            .map_err(|error| refused(Kind::Variables, vec![error]))?;

        let mut request = Request::new(String::new()).variables(variables);
        request.operation_name = document.name().map(str::to_owned);
        request.uploads = uploads;
        let kind = document.kind();
        request.set_parsed_query(Arc::unwrap_or_clone(document).parsed);
        Ok(Ready { request, kind, complexity: cost.complexity(), budget })
    }

    /// Parses and validates a document.
    async fn read(&self, key: Key, allowed: Allowed) -> Result<Arc<Document>, Refusal> {
        let (limits, index) = (&self.0.settings.limits, &self.0.index);
        check_tokens(limits, &key.text).map_err(|error| refused(Kind::Validation, vec![error]))?;
        let parsed = source::parse(&key.text).map_err(|error| refused(Kind::Syntax, vec![error.into()]))?;
        source::check_unique_fields(&key.text).map_err(|errors| refused(Kind::Validation, errors))?;
        let document = Document::new(parsed, key.operation_name.clone())?;
        refuse_mutation(&document, allowed)?;
        check_document(limits, index, &document.parsed).map_err(|error| refused(Kind::Validation, vec![error]))?;
        check_once(&document.parsed).map_err(|error| refused(Kind::Validation, vec![error]))?;

        let mut request = Request::new(String::new());
        request.operation_name = document.name().map(str::to_owned);
        request.set_parsed_query(document.parsed.clone());
        let errors = self.0.engine.validate(request).await;
        if !errors.is_empty() {
            return Err(refused(Kind::Validation, errors));
        }
        check_variable_usage(index, &document.parsed).map_err(|errors| refused(Kind::Validation, errors))?;

        let document = Arc::new(document);
        self.0.parsed.keep(key, &document);
        Ok(document)
    }
}

fn refuse_mutation(document: &Document, allowed: Allowed) -> Result<(), Refusal> {
    if allowed == Allowed::WithoutEffect && document.kind() == OperationType::Mutation {
        return Err(Refusal::new(Kind::Method, "Mutations are taken by POST only."));
    }
    Ok(())
}

fn refused(kind: Kind, mut errors: Vec<ServerError>) -> Refusal {
    errors.truncate(MAX_ERRORS);
    Refusal::from_errors(kind, errors)
}
