//! What the operator decides.

use serde::Deserialize;

/// Limits on GraphQL documents.
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
}
