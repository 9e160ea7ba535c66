//! What a document over a limit is refused with.

use async_graphql::{ErrorExtensionValues, ServerError};

/// The message, and for programs the limit, its maximum, and what was found where that is known.
pub(crate) fn refusal(message: String, limit: &str, maximum: u64, found: Option<u64>) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("limit", limit);
    extensions.set("maximum", maximum);
    if let Some(found) = found {
        extensions.set("found", found);
    }
    ServerError { extensions: Some(extensions), ..ServerError::new(message, None) }
}
