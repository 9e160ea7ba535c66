//! The arguments of lists.

use async_graphql::Enum;
pub use gerbang_graphql_derive::{Columns, lists};

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first, earliest first, A to Z.
    #[default]
    Asc,
    /// Largest first, latest first, Z to A.
    Desc,
}

/// The arguments of a Relay connection as they came. [`#[lists]`](lists) writes them into the schema.
#[derive(Clone, Debug)]
pub struct ListArguments<O> {
    /// What to sort by.
    pub order_by: Option<O>,
    /// Which way to sort.
    pub direction: Option<Direction>,
    /// At most this many from the start.
    pub first: Option<i32>,
    /// Only those behind this cursor.
    pub after: Option<String>,
    /// At most this many from the end.
    pub last: Option<i32>,
    /// Only those in front of this cursor.
    pub before: Option<String>,
    /// The number of the page, from 1.
    pub page: Option<i32>,
    /// How many a numbered page has.
    pub per_page: Option<i32>,
}

impl<O> Default for ListArguments<O> {
    fn default() -> Self {
        Self {
            order_by: None,
            direction: None,
            first: None,
            after: None,
            last: None,
            before: None,
            page: None,
            per_page: None,
        }
    }
}
