//! Global ids: opaque to clients, readable for people (`client_17`).

use std::{fmt::Display, str::FromStr};

use async_graphql::ID;

/// The global id of the row `key` of the type called `kind` (camelCase).
pub fn global_id(kind: &str, key: impl Display) -> ID {
    ID(format!("{kind}_{key}"))
}

/// The key in a global id of `kind`, or in a bare legacy id. `None` if it is neither.
pub fn parse_id<K: FromStr>(kind: &str, id: &ID) -> Option<K> {
    let key = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')).unwrap_or(id);
    key.parse().ok()
}

/// The kind and the key of a global id.
pub fn split_id(id: &ID) -> Option<(&str, &str)> {
    id.split_once('_')
}
