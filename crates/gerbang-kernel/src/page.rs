//! How large pages of lists are.

/// Rows of a page when the caller doesn't say.
pub const DEFAULT_PAGE_SIZE: u64 = 15;
/// The most rows of one page.
pub const MAX_PAGE_SIZE: u64 = 100;
