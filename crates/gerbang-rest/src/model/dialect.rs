//! What one legacy API does everywhere, and no route file should repeat.

use std::{borrow::Cow, time::Duration};

use axum::http::Method;
use gerbang_kernel::{error::Rule, identity::TokenType};
use serde_json::{Value as Json, json};

use super::failure::{Answer, Failure, english_message};

/// One legacy API: data and a handful of functions.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Its short name: the explicit prefix of its paths, its folder and its settings.
    pub slug: &'static str,
    /// Its name in documents.
    pub title: &'static str,
    /// The sections of its document, in their order. Each of its routes stands in one of them (`tag`), if there are any.
    pub sections: &'static [&'static str],
    /// The documented hosts; the settings may name others.
    pub hosts: &'static [&'static str],
    /// The documented base path, then others that its routes answer under where no other API is.
    pub bases: &'static [&'static str],
    /// Which requests are its own on the few paths of the shared root that two APIs document.
    pub claims: &'static [Claim],
    /// Whose users it serves; a token of another realm is not valid here.
    pub realm: &'static str,
    /// The kinds of token it takes, where a route does not say otherwise.
    pub tokens: &'static [TokenType],
    /// What ids look like.
    pub ids: Ids,
    /// What times look like.
    pub times: Times,
    /// What an empty text stands for in an optional field.
    pub blank: Blank,
    /// How lists are cut into pages.
    pub paging: Paging,
    /// How often one caller may ask, if that is limited.
    pub limits: &'static [Limit],
    /// The message about a broken rule of the field with this legacy name.
    pub rule_message: fn(&Rule, &str) -> String,
    /// Status and body of every failure. A `match` over [`ErrorCode`](gerbang_kernel::error::ErrorCode), so that the compiler finds a gap.
    pub answer: fn(&Failure) -> Answer,
    /// The route files.
    pub files: Vec<SourceFile>,
}

impl Dialect {
    /// An API at the root, for users of a realm of its own name, without sections, hosts, limits and files: with ids that are
    /// numbers, times of microseconds, `page` and `per_page` up to 100 with a `meta` beside the rows, and English messages.
    /// What is different is said over it (`Dialect { bases: &["/api"], ..Dialect::new(...) }`).
    pub fn new(slug: &'static str, title: &'static str, answer: fn(&Failure) -> Answer) -> Self {
        let envelope = |page: &Page<'_>| {
            let meta =
                json!({ "page": page.number, "per_page": page.size, "total": page.total, "last_page": page.last() });
            vec![("meta", meta)]
        };
        Self {
            slug,
            title,
            sections: &[],
            hosts: &[],
            bases: &[""],
            claims: &[],
            realm: slug,
            tokens: &[TokenType::Jwt, TokenType::Sanctum],
            ids: Ids::Integer,
            times: Times::Micros,
            blank: Blank::Null,
            paging: Paging { default_size: 15, max_size: 100, envelope },
            limits: &[],
            rule_message: english_message,
            answer,
            files: Vec::new(),
        }
    }
}

/// A route file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it stands in the source tree.
    pub path: Cow<'static, str>,
    /// What it says.
    pub text: Cow<'static, str>,
    /// The file with the documented examples of the route, if there is one.
    pub example: Option<Box<SourceFile>>,
}

impl SourceFile {
    /// A file without documented examples. The end of its path gives the operation its name.
    pub fn new(path: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { path: path.into(), text: text.into(), example: None }
    }
}

/// A path of the shared root that two APIs document, and when a request for it is this API's.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The method.
    pub method: Method,
    /// The whole path, base included.
    pub path: &'static str,
    /// When it is this API's.
    pub when: Condition,
}

/// What tells two APIs apart on one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The body has this field.
    BodyHas(&'static str),
    /// The token was issued by this API.
    OwnToken,
    /// No other API's condition holds.
    Otherwise,
}

/// What ids look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// JSON numbers.
    Integer,
    /// Texts.
    Text,
    /// UUIDs, in lower case.
    Uuid,
}

/// What times look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// `2024-08-17T08:05:00.000000Z`
    Micros,
    /// `2025-08-15T09:20:30Z`
    Seconds,
    /// `1731225743233`
    UnixMillis,
}

/// What an empty text stands for where a field is optional.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Null, as Laravel's `ConvertEmptyStringsToNull` has it.
    Null,
    /// Itself.
    Text,
}

/// How lists are cut into pages. `page` and `per_page` are read leniently: what is no number counts as absent.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// Rows on a page, where the request does not say.
    pub default_size: u32,
    /// The most rows on a page; more asked for gives this many.
    pub max_size: u32,
    /// What stands beside the rows, in order.
    pub envelope: fn(&Page<'_>) -> Vec<(&'static str, Json)>,
}

/// A page of a list, as its envelope needs it.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The page's number, from 1.
    pub number: u32,
    /// The most rows on it.
    pub size: u32,
    /// The rows on it.
    pub count: u64,
    /// The rows of the whole list.
    pub total: u64,
    /// The called URL without its query.
    pub url: &'a str,
}

impl Page<'_> {
    /// The number of the last page, at least 1.
    pub fn last(&self) -> u64 {
        self.total.div_ceil(u64::from(self.size).max(1)).max(1)
    }

    /// The position of the first and the last row in the whole list, from 1. `None` on an empty page.
    pub fn bounds(&self) -> Option<(u64, u64)> {
        let from = u64::from(self.number.saturating_sub(1)) * u64::from(self.size) + 1;
        (self.count > 0).then(|| (from, from + self.count - 1))
    }
}

/// How often one caller (a user, or an address without a token) may ask.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// So many requests
    pub requests: u32,
    /// in so long.
    pub window: Duration,
}
