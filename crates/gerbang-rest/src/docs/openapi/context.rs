//! What all operations of a document share.

use axum::http::StatusCode;
use gerbang_kernel::{error::ErrorCode, identity::TokenType};
use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::model::{rules::InputRules, settings::Settings};

/// The security scheme of tokens that serve one purpose.
pub(super) const BEARER: &str = "token";

/// What all operations of a document share.
pub(super) struct Context<'a> {
    pub(super) rules: &'a dyn InputRules,
    pub(super) settings: &'a Settings,
    pub(super) default_errors: &'a IndexMap<(ErrorCode, StatusCode), (String, Json)>,
}

/// The name of a kind of token among the security schemes.
pub(super) fn scheme(token: TokenType) -> &'static str {
    match token {
        TokenType::Jwt => "jwt",
        TokenType::Sanctum => "sanctum",
    }
}

/// The schema or parameter with a description, where there is one. Of an enum it names the API's `words`: (the API's, the
/// schema's).
pub(super) fn described<'w>(
    mut what: Json,
    description: Option<&str>,
    words: impl IntoIterator<Item = (&'w str, &'w str)>,
) -> Json {
    if let (Some(members), Some(text)) = (what.as_object_mut(), description) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let of_the_api =
            |text: String, (word, value): (&str, &str)| text.replace(&format!("`{value}`"), &format!("`{word}`"));
        members.insert("description".to_owned(), words.into_iter().fold(text, of_the_api).into());
    }
    what
}
