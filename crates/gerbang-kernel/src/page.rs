//! Pages of lists: how they are asked for, and how large they are.

/// Rows of a page when the caller doesn't say.
pub const DEFAULT_PAGE_SIZE: u64 = 15;
/// The most rows of one page.
pub const MAX_PAGE_SIZE: u64 = 100;

/// The arguments as they come from a caller, unchecked.
#[derive(Clone, Debug, Default)]
pub struct PageInput {
    /// At most this many rows from the start.
    pub first: Option<i32>,
    /// Only rows behind this cursor.
    pub after: Option<String>,
    /// At most this many rows from the end.
    pub last: Option<i32>,
    /// Only rows in front of this cursor.
    pub before: Option<String>,
    /// The number of the page, from 1.
    pub page: Option<i32>,
    /// Rows of a numbered page.
    pub per_page: Option<i32>,
}
