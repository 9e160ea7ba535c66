//! The gateway's own pages: plain HTML in one frame and style, which load nothing and run nothing.
//!
//! Their places are filled here, without a library of templates: the few pages have a dozen places and no conditions, and
//! what makes templates safe, that text is escaped unless it is said to be HTML, is one method. Askama would be four more
//! crates to compile, among them a parser and a macro that everything with a page then waits for.

use axum::{
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use gerbang_kernel::text::escape_html;
use sha2::{Digest, Sha256};

const FRAME: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// A page whose `{{places}}` are being filled.
#[derive(Clone, Debug)]
pub struct Page {
    text: String,
}

impl Page {
    /// A page with this content.
    pub fn new(content: &str) -> Self {
        Self { text: FRAME.replace("{{style}}", STYLE).replace("{{content}}", content) }
    }

    /// Fills a place with text.
    #[must_use]
    pub fn with(self, place: &str, text: &str) -> Self {
        self.with_html(place, &escape_html(text))
    }

    /// Fills a place with HTML, in which all text is escaped already.
    #[must_use]
    pub fn with_html(mut self, place: &str, html: &str) -> Self {
        self.text = self.text.replace(&format!("{{{{{place}}}}}"), html);
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers: [(HeaderName, HeaderValue); 2] =
            [(CONTENT_SECURITY_POLICY, policy()), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        (headers, Html(self.text)).into_response()
    }
}

/// Nothing but this very style and the icon, which is part of the page.
fn policy() -> HeaderValue {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
