//! Documents that are known already: by their hash, and by their text.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::{
    refusal::{Kind, Refusal},
    request::PersistedQuery,
};
use crate::merged::merges;

/// Memory for the texts of persisted documents, in bytes.
const PERSISTED_BYTES: u64 = 16 * 1024 * 1024;
/// How long a persisted document is kept after it was stored.
const PERSISTED_FOR: Duration = Duration::from_hours(24);
/// Memory for parsed documents, in bytes of their text; parsed they take some ten times as much.
const PARSED_BYTES: u64 = 4 * 1024 * 1024;
/// A text longer than this is rarely sent twice.
const MAX_CACHED_BYTES: usize = 32 * 1024;

/// A document that fits the schema, and the operation of it that is to run.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) parsed: ExecutableDocument,
    name: Option<String>,
    merges: bool,
}

impl Document {
    /// Picks the operation.
    ///
    /// # Errors
    /// When there is none of that name, or several and no name.
    pub(super) fn new(parsed: ExecutableDocument, name: Option<String>) -> Result<Self, Refusal> {
        use async_graphql::parser::types::DocumentOperations::{Multiple, Single};
        let found = match (&parsed.operations, name.as_deref()) {
            (Single(_), None) => true,
            (Multiple(operations), None) => operations.len() == 1,
            (Multiple(operations), Some(name)) => operations.contains_key(name),
            (Single(_), Some(_)) => false,
        };
        if found {
            let merges = merges(&parsed);
            return Ok(Self { parsed, name, merges });
        }
        Err(Refusal::new(
            Kind::Operation,
            name.map_or_else(
                || "The document has several operations: say which with `operationName`.".to_owned(),
                |name| format!("Unknown operation named \"{name}\"."),
            ),
        ))
    }

    /// The operation that is to run.
    pub(super) fn operation(&self) -> &OperationDefinition {
        let mut operations = self.parsed.operations.iter();
        let found = match &self.name {
            None => operations.next(),
            Some(wanted) => operations.find(|(name, _)| name.is_some_and(|name| name.as_str() == wanted)),
        };
        &found.expect("`Document::new` found it").1.node
    }

    /// The name that picks the operation.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The name of the operation that is to run, if it has one.
    pub(super) fn operation_name(&self) -> Option<&str> {
        let mut operations = self.parsed.operations.iter();
        self.name().or_else(|| operations.next().and_then(|(name, _)| name.map(Name::as_str)))
    }

    /// Whether the operation has this name and is of this kind, a word of the query language.
    pub(super) fn is(&self, name: &str, kind: &str) -> bool {
        self.operation_name() == Some(name) && self.kind().to_string() == kind
    }

    /// Whether it selects an object twice under one name.
    pub(super) const fn merges(&self) -> bool {
        self.merges
    }

    /// Whether the operation is a mutation of nothing but these fields.
    pub(super) fn only_calls(&self, mutations: &[&str]) -> bool {
        let operation = self.operation();
        operation.ty == OperationType::Mutation && self.selects_only(&operation.selection_set.node, mutations)
    }

    fn selects_only(&self, set: &SelectionSet, fields: &[&str]) -> bool {
        set.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                name == "__typename" || fields.contains(&name)
            }
            Selection::InlineFragment(fragment) => self.selects_only(&fragment.node.selection_set.node, fields),
            Selection::FragmentSpread(spread) => {
                let fragment = self.parsed.fragments.get(&spread.node.fragment_name.node);
                fragment.is_some_and(|fragment| self.selects_only(&fragment.node.selection_set.node, fields))
            }
        })
    }

    /// Query, mutation or subscription.
    pub(super) fn kind(&self) -> OperationType {
        self.operation().ty
    }
}

/// Parsed and validated queries by text and operation name.
#[derive(Debug, Clone)]
pub(super) struct ParsedDocuments(Cache<Key, Arc<Document>>);

/// What a parsed document is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) text: Arc<str>,
    pub(super) operation_name: Option<String>,
}

impl ParsedDocuments {
    pub(super) fn new() -> Self {
        let weight = |key: &Key, _: &Arc<Document>| u32::try_from(key.text.len() + 256).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(PARSED_BYTES).weigher(weight).build())
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<Document>> {
        self.0.get(key)
    }

    /// Keeps a validated document, if it is a query: mutations rarely repeat word for word.
    pub(super) fn keep(&self, key: Key, document: &Arc<Document>) {
        if document.kind() == OperationType::Query && key.text.len() <= MAX_CACHED_BYTES {
            self.0.insert(key, Arc::clone(document));
        }
    }
}

/// Texts of documents by the hex of their SHA-256 (Apollo's automatic persisted queries).
#[derive(Debug, Clone)]
pub(super) struct PersistedDocuments {
    stored: Cache<String, Arc<str>>,
    trusted: Arc<HashMap<String, Arc<str>>>,
}

impl PersistedDocuments {
    /// Knows the trusted documents for good, and those that clients send for a while.
    pub(super) fn new(trusted: Vec<String>) -> Self {
        let weight = |_: &String, text: &Arc<str>| u32::try_from(text.len() + 128).unwrap_or(u32::MAX);
        Self {
            stored: Cache::builder().max_capacity(PERSISTED_BYTES).weigher(weight).time_to_live(PERSISTED_FOR).build(),
            trusted: Arc::new(trusted.into_iter().map(|text| (sha256(&text), Arc::from(text))).collect()),
        }
    }

    /// The text that the client means.
    ///
    /// # Errors
    /// When the hash is unknown, or is not the hash of the text beside it.
    pub(super) fn resolve(&self, persisted: &PersistedQuery, text: Option<String>) -> Result<Arc<str>, Refusal> {
        if persisted.version != 1 {
            return Err(Refusal::malformed("Unsupported persisted query version"));
        }
        match text {
            Some(text) if sha256(&text) == persisted.sha256_hash => Ok(Arc::from(text)),
            Some(_) => Err(Refusal::malformed("provided sha does not match query")),
            None => self
                .trusted
                .get(&persisted.sha256_hash)
                .cloned()
                .or_else(|| self.stored.get(&persisted.sha256_hash))
                .ok_or_else(|| Refusal::new(Kind::NotPersisted, "PersistedQueryNotFound")),
        }
    }

    /// Whether a text with this hash was known from the start.
    pub(super) fn is_trusted(&self, hash: &str) -> bool {
        self.trusted.contains_key(hash)
    }

    /// Stores a text that was found valid.
    pub(super) fn store(&self, persisted: PersistedQuery, text: &Arc<str>) {
        if !self.trusted.contains_key(&persisted.sha256_hash) {
            self.stored.insert(persisted.sha256_hash, Arc::clone(text));
        }
    }
}

/// The hash that a text is named by.
pub(super) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
