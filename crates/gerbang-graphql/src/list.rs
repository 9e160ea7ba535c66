//! The arguments of lists.

use async_graphql::Enum;
pub use gerbang_derive::{Columns, lists};
pub use gerbang_kernel::page::PageInput;

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
#[derive(Clone, Debug, Default)]
pub struct ListArguments<O> {
    /// What to sort by.
    pub order_by: O,
    /// Which way to sort.
    pub direction: Direction,
    /// Which page.
    pub page: PageInput,
}
