//! Relay connections, one generic type for every list.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
pub use gerbang_graphql::list::{Direction, lists};
use gerbang_graphql::{integer::int, list::ListArguments};
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{Listing, Page, PageRequest, Sort};

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
impl<N: OutputType> Edge<N> {
    /// The place in the list, for `after` and `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The row.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: OutputType> TypeName for Edge<N> {
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

impl<N: OutputType + From<R>, R> From<Page<R>> for Connection<N> {
    fn from(page: Page<R>) -> Self {
        let Page { rows, has_next, has_previous, total } = page;
        let edges = rows.into_iter().map(|(cursor, row)| Edge { cursor, node: N::from(row) }).collect();
        Self { edges, has_next, has_previous, total }
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: OutputType> Connection<N> {
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

impl<N: OutputType> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Connection", N::type_name()))
    }
}

/// Which page of a list is wanted, in which order; the parameter of a field marked `#[list]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<O = ()> {
    order_by: Option<O>,
    direction: Option<Direction>,
    /// Which page.
    pub request: PageRequest,
    /// Whether the whole list is to be counted, which is done only for who asks for `totalCount`.
    pub count: bool,
}

impl<O> List<O> {
    /// Checks the arguments.
    ///
    /// # Errors
    /// `VALIDATION_FAILED`, see [`PageRequest::new`].
    pub fn new(ctx: &Context<'_>, arguments: ListArguments<O>) -> Result<Self> {
        let ListArguments { order_by, direction, page } = arguments;
        let request = PageRequest::new(page)?;
        Ok(Self { order_by, direction, request, count: ctx.look_ahead().field("totalCount").exists() })
    }

    /// What is asked of the list of rows with these columns.
    pub fn by<C: From<O>>(&self) -> Listing<C>
    where
        O: Clone + Default,
    {
        self.by_column(self.order_by.clone().unwrap_or_default().into())
    }

    /// The same where the largest or latest comes first by default.
    pub fn by_latest<C: From<O>>(&self) -> Listing<C>
    where
        O: Clone + Default,
    {
        self.newest_first(self.order_by.clone().unwrap_or_default().into())
    }

    /// The same, sorted by this alone.
    pub fn sorted_by<C>(&self, sort: Sort<C>) -> Listing<C> {
        Listing { sort, request: self.request.clone(), count: self.count }
    }

    /// The same, sorted by this time, the newest first unless the caller says otherwise.
    pub fn newest_first<C>(&self, time: C) -> Listing<C> {
        self.sorted_by(Sort { column: time, descending: self.is_descending(true) })
    }

    /// The same, sorted by this column; the smallest or earliest first where the caller doesn't say.
    pub fn by_column<C>(&self, column: C) -> Listing<C> {
        self.sorted_by(Sort { column, descending: self.is_descending(false) })
    }

    /// Whether the largest or latest comes first, which it does by `default` where the caller doesn't say.
    fn is_descending(&self, default: bool) -> bool {
        self.direction.map_or(default, |direction| direction == Direction::Desc)
    }
}
