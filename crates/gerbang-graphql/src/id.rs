//! Global ids: opaque to clients, readable for people (`client_17`).

use std::{borrow::Cow, str::FromStr};

use async_graphql::{
    ContextSelectionSet, ID, OutputType, Positioned, ServerResult, Value, parser::types::Field, registry::Registry,
};
pub use gerbang_derive::node;

use crate::{engine::InProcess, fields::Plain, json};

/// An object that has a global id. Implemented by [`#[node]`](node).
pub trait Node {
    /// The first part of its global ids (camelCase), such as `client`.
    const KIND: &'static str;
    /// What people call it, such as `Client`.
    const NAME: &'static str;
}

/// The id of an object (`ID`): with its kind for clients, the bare key for the legacy APIs.
#[derive(Clone, Debug)]
pub struct GlobalId {
    kind: &'static str,
    key: Key,
}

/// What tells the rows of one table apart.
#[derive(Clone, Debug)]
pub enum Key {
    /// A number.
    Number(i64),
    /// A text, or a UUID.
    Text(String),
}

impl From<&i64> for Key {
    fn from(key: &i64) -> Self {
        Self::Number(*key)
    }
}

impl From<&i32> for Key {
    fn from(key: &i32) -> Self {
        Self::Number((*key).into())
    }
}

impl From<&String> for Key {
    fn from(key: &String) -> Self {
        Self::Text(key.clone())
    }
}

#[cfg(feature = "sea-orm")]
impl From<&sea_orm::prelude::TextUuid> for Key {
    fn from(key: &sea_orm::prelude::TextUuid) -> Self {
        Self::Text(key.to_string())
    }
}

impl OutputType for GlobalId {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        let in_process = ctx.data_opt::<InProcess>().is_some();
        Ok(match &self.key {
            Key::Number(key) if in_process => Value::from(*key),
            Key::Text(key) if in_process => Value::from(key.as_str()),
            Key::Number(_) | Key::Text(_) => Value::from(self.to_string()),
        })
    }
}

impl Plain for GlobalId {
    fn write(&self, out: &mut Vec<u8>) {
        let Key::Number(key) = self.key else { return json::plain(out, &self.to_string()) };
        out.push(b'"');
        out.extend_from_slice(self.kind.as_bytes());
        out.push(b'_');
        json::plain(out, &key);
        out.push(b'"');
    }
}

impl std::fmt::Display for GlobalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.key {
            Key::Number(key) => write!(f, "{}_{key}", self.kind),
            Key::Text(key) => write!(f, "{}_{key}", self.kind),
        }
    }
}

impl GlobalId {
    /// The id of an object of `kind` that can't be asked for again by it.
    pub fn new(kind: &'static str, key: impl Into<Key>) -> Self {
        Self { kind, key: key.into() }
    }
}

/// The global id of the `N` with this key.
pub fn global_id<N: Node>(key: impl Into<Key>) -> GlobalId {
    GlobalId { kind: N::KIND, key: key.into() }
}

/// The key in a global id of `kind`, or in a bare legacy id. `None` if it is neither.
pub fn parse_id<K: FromStr>(kind: &str, id: &str) -> Option<K> {
    let key = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')).unwrap_or(id);
    key.parse().ok()
}

/// The kind and the key of a global id.
pub fn split_id(id: &str) -> Option<(&str, &str)> {
    id.split_once('_')
}
