//! A request as it arrives: from JSON, from a query string, or from a message on a socket.

use std::collections::HashMap;

use async_graphql::UploadValue;
use async_graphql_value::ConstValue;
use serde::{Deserialize, de::DeserializeOwned};

use super::{refusal::Refusal, variables::SentVariables};

/// Operations in one request at most.
pub(super) const MAX_BATCH: usize = 10;

/// What a client asks for. Unknown members are ignored; `null` is the same as absent.
#[derive(Default, Deserialize)]
pub(super) struct Operation {
    /// The document, unless it is named by its hash in `extensions`.
    pub(super) query: Option<String>,
    /// The id of a trusted document.
    #[serde(default, rename = "documentId")]
    pub(super) document_id: Option<String>,
    /// Which operation of the document.
    #[serde(rename = "operationName")]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) variables: SentVariables,
    #[serde(default)]
    extensions: Option<HashMap<String, ConstValue>>,
    /// The files that variables refer to.
    #[serde(skip)]
    pub(super) uploads: Vec<UploadValue>,
    /// Which of them are too large, and so cut off.
    #[serde(skip)]
    pub(super) oversized: Vec<usize>,
}

/// One operation, or several that are answered together.
pub(super) enum Batch {
    One(Operation),
    Many(Vec<Operation>),
}

/// A document's hash in place of, or beside, the document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersistedQuery {
    pub(super) version: i64,
    pub(super) sha256_hash: String,
}

impl Operation {
    /// The hash in `extensions`, as it was sent.
    pub(super) fn persisted_hash(&self) -> Option<&str> {
        let ConstValue::Object(persisted) = self.extensions.as_ref()?.get("persistedQuery")? else { return None };
        match (persisted.get("version"), persisted.get("sha256Hash")?) {
            (Some(ConstValue::Number(version)), ConstValue::String(hash)) if version.as_i64() == Some(1) => Some(hash),
            _ => None,
        }
    }

    /// The hash that the client names the document by.
    ///
    /// # Errors
    /// When the extension is there and not as documented.
    pub(super) fn persisted_query(&mut self) -> Result<Option<PersistedQuery>, Refusal> {
        match self.extensions.take().and_then(|mut extensions| extensions.remove("persistedQuery")) {
            None | Some(ConstValue::Null) => Ok(None),
            Some(value) => async_graphql::from_value(value).map(Some).map_err(|_| {
                Refusal::malformed("`extensions.persistedQuery` needs a number `version` and a string `sha256Hash`.")
            }),
        }
    }

    /// Reads the parameters of a GET request.
    ///
    /// # Errors
    /// When a parameter is given twice, or `variables` or `extensions` is no JSON object.
    pub(super) fn from_query_string(query: &str) -> Result<Self, Refusal> {
        let mut operation = Self::default();
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !matches!(&*name, "query" | "documentId" | "operationName" | "variables" | "extensions") {
                continue;
            }
            if seen.contains(&name) {
                return Err(Refusal::malformed(format!("The parameter `{name}` is given twice.")));
            }
            if !value.is_empty() {
                match &*name {
                    "query" => operation.query = Some(value.into_owned()),
                    "documentId" => operation.document_id = Some(value.into_owned()),
                    "operationName" => operation.name = Some(value.into_owned()),
                    "variables" => operation.variables = parameter(&name, &value)?,
                    _ => operation.extensions = parameter(&name, &value)?,
                }
            }
            seen.push(name);
        }
        Ok(operation)
    }
}

fn parameter<T: DeserializeOwned>(name: &str, value: &str) -> Result<T, Refusal> {
    serde_json::from_str(value)
        .map_err(|error| Refusal::malformed(format!("The parameter `{name}` must be a JSON object: {error}.")))
}

impl Batch {
    /// Reads a JSON body: an object, or a list of at most [`MAX_BATCH`] objects.
    ///
    /// # Errors
    /// When it is anything else.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let unreadable = |error: serde_json::Error| {
            Refusal::malformed(if error.is_data() {
                format!("The body is not a GraphQL request: {error}.")
            } else {
                format!("The body is not JSON: {error}.")
            })
        };
        match body.trim_ascii_start().first() {
            Some(b'[') => {
                let operations: Vec<Operation> = serde_json::from_slice(body).map_err(unreadable)?;
                if operations.is_empty() || operations.len() > MAX_BATCH {
                    return Err(Refusal::malformed(format!(
                        "A batch has 1 to {MAX_BATCH} operations; this one has {}.",
                        operations.len()
                    )));
                }
                Ok(Self::Many(operations))
            }
            Some(b'{') => serde_json::from_slice(body).map(Self::One).map_err(unreadable),
            Some(_) if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() => {
                Err(Refusal::malformed("The body must be a JSON object with `query`."))
            }
            _ => Err(Refusal::malformed("The body is not JSON.")),
        }
    }
}
