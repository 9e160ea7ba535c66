//! What is shown of an operation's answer, decided when a route is loaded.

use async_graphql::parser::types::Type;
use axum::http::StatusCode;
use gerbang_kernel::error::ErrorCode;

/// The alias of the type's name, which the loader adds where the type decides what is shown.
pub(crate) const TYPE_KEY: &str = "gb__type";
/// The alias of a connection's count of all rows, which the loader adds to a page.
pub(crate) const TOTAL_KEY: &str = "gb__total";
/// The field of a connection that holds the rows.
pub(crate) const ROWS: &str = "nodes";

/// How an object is shown: step by step, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// One step for each selected field.
    pub steps: Vec<Step>,
    /// What being of a type says about the answer.
    pub outcomes: Vec<(Vec<String>, Outcome)>,
    /// Whether something in here may refuse or change the answer, so that it must be looked at first.
    pub(crate) needs_inspection: bool,
    /// Whether the plan holds a page.
    pub(crate) paged: bool,
}

/// How one field is shown.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its key in the operation's answer; unless spread, also in the body.
    pub key: String,
    /// Its place among the fields of its object, where the type is not in question.
    pub(crate) position: usize,
    /// The types of object that have it; `None` for all.
    pub on: Option<Vec<String>>,
    /// Whether and how it is shown.
    pub show: Show,
    /// The failure that null stands for.
    pub required: Option<ErrorCode>,
    /// What being true says about the answer.
    pub outcome: Option<Outcome>,
    /// Whether null is possible.
    pub nullable: bool,
    /// Whether it is a list.
    pub list: bool,
    /// Its type in the schema.
    pub ty: Type,
    /// What the schema says about it.
    pub description: Option<String>,
    /// What it holds.
    pub content: Content,
    /// How it is shown where a bare number was sent for it.
    pub bare: Option<Bare>,
}

/// How a list is shown whose variable was sent as a bare number: as that number again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare {
    /// The variable.
    pub variable: String,
    /// The key of the number in the list's first object.
    pub key: String,
}

impl Step {
    /// Whether objects of this type have the field.
    pub(crate) fn is_on(&self, ty: Option<&str>) -> bool {
        self.on.as_ref().is_none_or(|types| ty.is_some_and(|ty| types.iter().any(|candidate| candidate == ty)))
    }
}

/// Whether and how a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Under its key.
    Member,
    /// Its members stand among those around it.
    Spread,
    /// Under its key, unless it is null.
    UnlessNull,
    /// Not at all.
    Hidden,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A scalar or a word.
    Leaf(Leaf),
    /// An object.
    Object(Plan),
    /// A connection, shown as its rows with the page's data beside them.
    Page(Plan),
    /// A list of pairs, shown as an object.
    Entries {
        /// The key of the pair's name.
        key: String,
        /// The key of the pair's value.
        value: String,
        /// How the value is shown.
        leaf: Leaf,
    },
}

/// How a scalar is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// As it is.
    Plain,
    /// In the form of the dialect, without the type.
    Id,
    /// In the form of the dialect.
    DateTime,
    /// As a JSON number.
    Decimal,
    /// In the API's words: the schema's value, then the word.
    Enum(Vec<(String, String)>),
    /// Bytes, for routes that answer with a file.
    File,
}

/// What a success says, where there are several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The status, where it is not the route's.
    pub status: Option<StatusCode>,
    /// The message, where it is not the route's.
    pub message: Option<String>,
}
