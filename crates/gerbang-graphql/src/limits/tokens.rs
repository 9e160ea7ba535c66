//! Lexical tokens, which are counted before the parser spends time on them.

use std::sync::LazyLock;

use async_graphql::ServerError;
use regex::Regex;

use super::refusal::refusal;
use crate::settings::Limits;

/// Comments, strings, and everything else that is a token; white space and commas lie between.
pub(crate) static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        \#[^\n\r]*
        | """(?:\\"""|"{0,2}(?:[^"\\]|\\))*"""
        | "(?:[^"\\\n\r]|\\.)*"
        | [_A-Za-z][_0-9A-Za-z]*
        | -?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?
        | \.\.\.
        | [^\s,\ufeff]
        "#,
    )
    .expect("the pattern is constant")
});

/// Refuses a document of too many tokens before the parser spends time on it.
///
/// # Errors
/// When it has more than [`Limits::tokens`].
pub fn check_tokens(limits: &Limits, query: &str) -> Result<(), ServerError> {
    // No token is shorter than a byte.
    if query.len() <= limits.tokens {
        return Ok(());
    }
    let tokens = TOKEN.find_iter(query).filter(|token| !token.as_str().starts_with('#'));
    if tokens.take(limits.tokens + 1).count() <= limits.tokens {
        return Ok(());
    }
    let message = format!("The document has more than {} tokens.", limits.tokens);
    Err(refusal(message, "tokens", limits.tokens as u64, None))
}
