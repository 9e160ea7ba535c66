//! The gateway's own pages: plain HTML in one frame and style, which load nothing, and run nothing but a script of their own.
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
    script: Option<&'static str>,
}

impl Page {
    /// A page with this content.
    pub fn new(content: &str) -> Self {
        Self { text: FRAME.replace("{{style}}", STYLE).replace("{{content}}", content), script: None }
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

/// What every page has, besides its content.
impl Page {
    /// Names the page, for tabs and histories.
    #[must_use]
    pub fn titled(self, title: &str) -> Self {
        self.with("page title", title)
    }

    /// Says which language the content is in, by its tag (BCP 47); else it is English.
    #[must_use]
    pub fn in_language(self, tag: &'static str) -> Self {
        self.with("language", tag)
    }

    /// Leads browsers to this address.
    #[must_use]
    pub fn leading_to(self, url: &str) -> Self {
        self.with_html("head", &format!("\n<meta http-equiv=\"refresh\" content=\"0; url={}\">", escape_html(url)))
    }

    /// Runs a script, which may ask this server.
    #[must_use]
    pub fn running(self, script: &'static str) -> Self {
        let text = self.text.replace("{{script}}", &format!("\n<script>{script}</script>"));
        Self { text, script: Some(script) }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let policy = policy(self.script);
        let page = self.titled("Gerbang").in_language("en").with("head", "").with("script", "");
        let headers: [(HeaderName, HeaderValue); 2] =
            [(CONTENT_SECURITY_POLICY, policy), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        (headers, Html(page.text)).into_response()
    }
}

/// Nothing but this very style, the icon, which is part of the page, and its script.
fn policy(script: Option<&str>) -> HeaderValue {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let style = hash(STYLE);
    let script = script.map(|script| format!("script-src 'sha256-{}'; connect-src 'self'; ", hash(script)));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; {}base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        script.unwrap_or_default()
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
