//! Relay connections, one generic type for every list.

use std::borrow::Cow;

use async_graphql::{Context, Enum, Object, OutputType, SimpleObject, TypeName};
use gerbang_graphql::integer::int;
use gerbang_platform::query::page::{Page, Sort};

/// A type that stands in lists: built from a row, named in the schema.
pub trait EdgeNode: OutputType + From<Self::Row> {
    /// The row it is built from.
    type Row: Send + Sync;
}

/// Whether there are more rows, and where this page begins and ends.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether rows follow this page.
    pub has_next_page: bool,
    /// Whether rows precede this page.
    pub has_previous_page: bool,
    /// The cursor of the first row; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last row; null on an empty page.
    pub end_cursor: Option<String>,
}

/// A row and its place in the list.
pub struct Edge<N> {
    cursor: String,
    node: N,
}

/// A row and its place in the list.
#[Object(name_type)]
impl<N: EdgeNode> Edge<N> {
    /// The place in the list, for `after` and `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The row.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: EdgeNode> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Edge", N::type_name()))
    }
}

/// A page of a list.
pub struct Connection<N> {
    edges: Vec<Edge<N>>,
    has_next: bool,
    has_previous: bool,
    total: Option<u64>,
}

impl<N: EdgeNode> From<Page<N::Row>> for Connection<N> {
    fn from(page: Page<N::Row>) -> Self {
        let Page { rows, has_next, has_previous, total } = page;
        let edges = rows.into_iter().map(|(cursor, row)| Edge { cursor, node: N::from(row) }).collect();
        Self { edges, has_next, has_previous, total }
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: EdgeNode> Connection<N> {
    /// The rows.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// The rows with their cursors.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// Whether there are more rows, and where this page begins and ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// How many rows the whole list has, at most 2,147,483,647; counted only when asked for.
    async fn total_count(&self) -> i32 {
        int(self.total.unwrap_or_default())
    }
}

impl<N: EdgeNode> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Connection", N::type_name()))
    }
}

/// Whether the selection below the current field asks for `totalCount`.
pub fn wants_total(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first, earliest first, A to Z.
    #[default]
    Asc,
    /// Largest first, latest first, Z to A.
    Desc,
}

/// The sort order that two optional arguments ask for.
pub fn sort<O: Default, C: From<O>>(order_by: Option<O>, direction: Option<Direction>) -> Sort<C> {
    Sort { column: order_by.unwrap_or_default().into(), descending: direction == Some(Direction::Desc) }
}
