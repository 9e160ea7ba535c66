//! Everything that can be wrong with an operation before it runs.
//!
//! A document is parsed, measured and validated, and a query that passed is kept, so that the next request with the same
//! text goes straight to the engine. Trusted documents have passed when the server started. Variables are checked each time.

use std::sync::Arc;

use async_graphql::{Request, ServerError, Variables};
use gerbang_kernel::{facts::note, identity::Identity};

use super::{
    documents::{Document, Key, sha256},
    endpoint::{Endpoint, Parts, RequestContext},
    ready::Ready,
    refusal::{Kind, Refusal},
    request::Operation,
    trusted::Trusted,
    validate::{Allowed, refuse_mutation, refused, validate},
};
use crate::{
    budget::Budget,
    engine::Engine,
    limits::{Cost, check_operation},
    malformed::{Oversized, violations},
    metrics::record_operation,
    paging::check_paging,
    rows::Rendering,
    value_check::check_variables,
};

impl<E: Engine> Endpoint<E> {
    /// Looks at everything that can be wrong before it runs.
    ///
    /// # Errors
    /// What is wrong; then nothing was run.
    pub(super) async fn prepare(
        &self,
        operation: Operation,
        allowed: Allowed,
        context: &RequestContext<E::Identity>,
    ) -> Result<Ready, Refusal> {
        self.prepare_within(self.budget(), operation, allowed, context).await
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
        context: &RequestContext<E::Identity>,
    ) -> Result<Ready, Refusal> {
        let ready = self.check(budget, operation, allowed, context).await;
        if let Err(refusal) = &ready {
            note(|facts| facts.fail(refusal.kind.code()));
            record_operation("unknown", refusal.kind.code());
        }
        ready
    }

    async fn check(
        &self,
        budget: Arc<Budget>,
        mut operation: Operation,
        allowed: Allowed,
        context: &RequestContext<E::Identity>,
    ) -> Result<Ready, Refusal> {
        if budget.is_late() {
            return Err(self.timed_out());
        }
        let trusted = self.trusted(&mut operation)?;
        let document = if let Some(trusted) = &trusted {
            refuse_mutation(&trusted.document, allowed)?;
            Arc::clone(&trusted.document)
        } else {
            let any = !self.settings().limits.only_trusted || context.caller.viewer.is_gateway_admin();
            self.sent(&mut operation, allowed, any).await.map_err(|refusal| match refusal.kind {
                // Whose token has ended may have been one of those who may send anything.
                Kind::NotTrusted if context.has_dead_token() => Refusal::dead_token(),
                _ => refusal,
            })?
        };
        note(|facts| facts.operation = document.operation_name().map(Arc::from));
        if context.has_dead_token() && !document.only_calls(self.settings().without_session) {
            return Err(Refusal::dead_token());
        }
        let Operation { variables, uploads, oversized, .. } = operation;
        let variables = variables.into_values()?;
        let fitting = check_variables(&self.0.index, document.operation(), &variables, uploads.len());
        if fitting.as_ref().is_err_and(|mismatches| mismatches.malformed) || !oversized.is_empty() {
            self.tell_violations(&document, &variables, &oversized)?;
        }
        fitting.map_err(|mismatches| refused(Kind::Variables, mismatches.errors))?;
        if !oversized.is_empty() {
            return Err(Refusal::new(Kind::TooLarge, "A file is larger than allowed."));
        }
        let cost = match trusted.as_ref().and_then(|trusted| trusted.cost) {
            Some(cost) => cost,
            None => self.measure(&document, &variables)?,
        };
        if cost.introspects && !self.settings().limits.introspection.admits(&context.caller.viewer) {
            let message = "The schema is not shown here, or to administrators alone.";
            return Err(Refusal::invalid(ServerError::new(message, None)));
        }
        budget.charge(cost).map_err(Refusal::invalid)?;

        let mut request = Request::new(String::new()).variables(variables);
        request.operation_name = document.name().map(str::to_owned);
        request.uploads = uploads;
        if !document.merges() {
            request = request.data(Rendering::Json);
        }
        let kind = document.kind();
        request.set_parsed_query(Arc::unwrap_or_clone(document).parsed);
        let constant = trusted.filter(|trusted| trusted.constant.is_some());
        Ok(Ready { request, kind, complexity: cost.complexity(), budget, constant })
    }

    /// Refuses values that are malformed or too large at their fields.
    fn tell_violations(&self, document: &Document, variables: &Variables, oversized: &[usize]) -> Result<(), Refusal> {
        let oversized = Oversized { uploads: oversized, limit: self.settings().file_bytes };
        let errors = violations(&self.0.index, &document.parsed, document.operation(), variables, &oversized);
        if errors.is_empty() { Ok(()) } else { Err(refused(Kind::Input, errors)) }
    }

    /// What an operation costs with these variables.
    fn measure(&self, document: &Document, variables: &Variables) -> Result<Cost, Refusal> {
        let Parts { settings, index, .. } = &*self.0;
        let cost = check_operation(&settings.limits, index, &document.parsed, document.operation(), variables)
            .map_err(Refusal::invalid)?;
        check_paging(&document.parsed, document.operation(), variables)
            .map_err(|error| refused(Kind::Variables, vec![error]))?;
        Ok(cost)
    }

    /// The document that came with the request, or is stored under its hash.
    async fn sent(&self, operation: &mut Operation, allowed: Allowed, any: bool) -> Result<Arc<Document>, Refusal> {
        let persisted = operation.persisted_query()?;
        let text: Arc<str> = match (&persisted, operation.query.take()) {
            (Some(persisted), text) => self.0.persisted.resolve(persisted, text),
            (None, Some(text)) => Ok(Arc::from(text)),
            (None, None) => Err(Refusal::malformed("The request has no `query`.")),
        }
        .map_err(|refusal| if any || refusal.kind != Kind::NotPersisted { refusal } else { not_trusted() })?;
        if !any && !self.is_trusted(&text) {
            return Err(not_trusted());
        }
        let key = Key { text: Arc::clone(&text), operation_name: operation.name.take() };
        let document = match self.0.parsed.get(&key) {
            Some(document) => document,
            None => self.read(key, allowed).await?,
        };
        refuse_mutation(&document, allowed)?;
        // What an admin sends is not known to others for that.
        if let Some(persisted) = persisted
            && !self.settings().limits.only_trusted
        {
            self.0.persisted.store(persisted, &text);
        }
        Ok(document)
    }

    /// Looks at a document that is not known yet.
    async fn read(&self, key: Key, allowed: Allowed) -> Result<Arc<Document>, Refusal> {
        let Parts { engine, settings, index, parsed, .. } = &*self.0;
        let name = key.operation_name.clone();
        let document = Arc::new(validate(engine, &settings.limits, index, &key.text, name, allowed).await?);
        parsed.keep(key, &document);
        Ok(document)
    }

    /// The trusted document that the request names, if it names one.
    fn trusted(&self, operation: &mut Operation) -> Result<Option<Arc<Trusted>>, Refusal> {
        let known = &self.0.trusted;
        let found = match (operation.document_id.take(), operation.persisted_hash()) {
            (Some(_), Some(_)) => Err(Refusal::malformed("The document is named twice: send `documentId` alone.")),
            (Some(_), None) if operation.query.is_some() => {
                Err(Refusal::malformed("The document is named and sent: send `documentId` or `query`."))
            }
            (Some(id), None) => match known.find(&id) {
                Some(trusted) => Ok(Some(Arc::clone(trusted))),
                None => Err(Refusal::new(Kind::UnknownDocument, "No document is known by this `documentId`.")),
            },
            (None, Some(hash)) if operation.query.is_none() => Ok(known.find(hash).cloned()),
            (None, _) => Ok(None),
        }?;
        if let (Some(trusted), Some(name)) = (&found, &operation.name)
            && trusted.document.operation_name() != Some(name)
        {
            return Err(Refusal::new(Kind::Operation, format!("Unknown operation named \"{name}\".")));
        }
        Ok(found)
    }

    /// Whether a text is one of the operator's clients', or stands behind a route.
    fn is_trusted(&self, text: &str) -> bool {
        let hash = sha256(text);
        self.0.persisted.is_trusted(&hash) || self.0.trusted.find(&hash).is_some()
    }
}

fn not_trusted() -> Refusal {
    Refusal::new(
        Kind::NotTrusted,
        "Only documents that are known to this server are answered: send the `documentId` of one of them.",
    )
}
