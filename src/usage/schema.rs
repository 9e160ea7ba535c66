//! Who still calls which legacy route.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object};
use chrono::{DateTime, Utc};
use gerbang_graphql::integer::SafeInt;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
    },
    usage::{row::Column, rules},
};

pub use super::row::Model as LegacyUsage;

#[ComplexObject]
impl LegacyUsage {
    /// How often it was called since `firstUsedAt`.
    async fn requests(&self) -> SafeInt {
        self.requests.into()
    }
}

/// What uses are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum LegacyUsageOrder {
    /// When they happened last.
    #[default]
    LastUsedAt,
    /// How many they are.
    Requests,
    /// The route, by name.
    Operation,
}

impl From<LegacyUsageOrder> for Column {
    fn from(order: LegacyUsageOrder) -> Self {
        match order {
            LegacyUsageOrder::LastUsedAt => Self::UpdatedAt,
            LegacyUsageOrder::Requests => Self::Requests,
            LegacyUsageOrder::Operation => Self::Operation,
        }
    }
}

/// Which uses are wanted.
#[derive(Debug, Default, InputObject)]
pub struct LegacyUsageFilter {
    /// Those of this API, by its short name.
    api: Option<String>,
    /// Those of this operation.
    operation: Option<String>,
    /// Those by this client.
    client: Option<String>,
    /// Those that last happened at this time or later.
    used_since: Option<DateTime<Utc>>,
}

impl From<LegacyUsageFilter> for rules::UsageFilter {
    fn from(LegacyUsageFilter { api, operation, client, used_since }: LegacyUsageFilter) -> Self {
        Self { api, operation, client, used_since }
    }
}

/// Uses, for admins.
#[derive(Default)]
pub struct LegacyUsageQuery;

#[Object]
impl LegacyUsageQuery {
    /// Who calls which legacy route: of their own API for admins of a realm, of all for gateway admins. Up to ten seconds
    /// old. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn legacy_usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which uses are wanted.")] filter: Option<LegacyUsageFilter>,
        #[graphql(desc = "What to sort by; `LAST_USED_AT` by default.")] order_by: Option<LegacyUsageOrder>,
        #[graphql(desc = "Which way to sort; `DESC` (latest, most first) by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<LegacyUsage>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let sort = sort(order_by, direction.or(Some(Direction::Desc)));
        let filter = filter.unwrap_or_default().into();
        Ok(rules::legacy_usage(ctx.domain(), ctx.viewer(), filter, sort, &request, wants_total(ctx)).await?.into())
    }
}
