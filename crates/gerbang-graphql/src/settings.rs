//! What the operator decides.

use std::path::PathBuf;

use serde::Deserialize;

/// Which GraphQL documents are answered, and what they may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Levels of fields, introspection not counted.
    pub depth: usize,
    /// Fields, multiplied by page sizes.
    pub complexity: usize,
    /// Aliases.
    pub aliases: usize,
    /// Lexical tokens.
    pub tokens: usize,
    /// Bytes of an answer, or of all answers of a batch.
    pub answer_bytes: usize,
    /// Seconds that an operation may take.
    pub timeout_seconds: u64,
    /// Whether the schema may be asked for.
    pub introspection: bool,
    /// Files that list the documents of the operator's own clients.
    pub documents: Vec<PathBuf>,
    /// Whether all other documents are refused, but those of gateway admins.
    pub only_trusted: bool,
    /// For how many seconds others may keep answers to GET that are the same for everybody; 0: they ask each time.
    pub max_age: u32,
}

/// What the endpoint is served with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// On documents and answers.
    pub limits: Limits,
    /// Sockets and event streams of one address at once.
    pub streams_per_address: usize,
    /// Largest body in bytes.
    pub body_bytes: usize,
    /// Largest uploaded file in bytes.
    pub file_bytes: u64,
    /// Origins that browsers may open sockets from; `*` for any.
    pub origins: Vec<String>,
    /// How the outside reaches this server; its origin may open sockets, too.
    pub public_url: String,
    /// Mutations that may also be sent with a token that is not valid (any more): those by which one comes by another.
    pub without_session: &'static [&'static str],
}
