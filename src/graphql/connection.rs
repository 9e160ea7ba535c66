//! Relay connections, one generic type for every list.

use std::borrow::Cow;

use async_graphql::{ContainerType, Context, Object, SimpleObject, TypeName};
pub use gerbang_graphql::list::{Direction, lists};
use gerbang_graphql::{
    fields::{Fields, fields},
    integer::int,
    list::ListArguments,
    rows::{Row, Rows},
};
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
    page: Page<N>,
    index: usize,
}

/// A row and its place in the list.
#[fields]
#[Object(name_type)]
impl<N: ContainerType + Fields + 'static> Edge<N> {
    /// The place in the list, for `after` and `before`.
    async fn cursor(&self) -> String {
        self.page.cursor(&self.page.rows()[self.index])
    }

    /// The row.
    async fn node(&self) -> Row<&N> {
        Row(&self.page.rows()[self.index])
    }
}

impl<N: ContainerType> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Edge", N::type_name()))
    }
}

/// A page of a list.
pub struct Connection<N>(Page<N>);

impl<N> From<Page<N>> for Connection<N> {
    fn from(page: Page<N>) -> Self {
        Self(page)
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: ContainerType + Fields + 'static> Connection<N> {
    /// The rows.
    async fn nodes(&self) -> Rows<&[N]> {
        Rows(self.0.rows())
    }

    /// The rows with their cursors.
    async fn edges(&self) -> Rows<Vec<Edge<N>>> {
        Rows((0..self.0.rows().len()).map(|index| Edge { page: self.0.clone(), index }).collect())
    }

    /// Whether there are more rows, and where this page begins and ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.0.has_next,
            has_previous_page: self.0.has_previous,
            start_cursor: self.0.rows().first().map(|row| self.0.cursor(row)),
            end_cursor: self.0.rows().last().map(|row| self.0.cursor(row)),
        }
    }

    /// How many rows the whole list has, at most 2,147,483,647; counted only when asked for.
    async fn total_count(&self) -> i32 {
        int(self.0.total.unwrap_or_default())
    }
}

impl<N: ContainerType> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Connection", N::type_name()))
    }
}

/// Which page of a list is wanted, in which order; the parameter of a field marked `#[list]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<O = ()> {
    order_by: O,
    direction: Direction,
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
        let (request, selected) = (PageRequest::new(page)?, ctx.look_ahead());
        let request = if selected.field("pageInfo").exists() { request } else { request.only_rows() };
        Ok(Self { order_by, direction, request, count: selected.field("totalCount").exists() })
    }

    /// What is asked of the list of rows with these columns.
    pub fn by<C: From<O>>(&self) -> Listing<C>
    where
        O: Clone,
    {
        self.by_column(self.order_by.clone().into())
    }

    /// The same, sorted by this alone.
    pub fn sorted_by<C>(&self, sort: Sort<C>) -> Listing<C> {
        Listing { sort, request: self.request.clone(), count: self.count }
    }

    /// The same, sorted by this column.
    pub fn by_column<C>(&self, column: C) -> Listing<C> {
        self.sorted_by(Sort { column, descending: self.direction == Direction::Desc })
    }
}
