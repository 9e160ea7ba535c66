//! Who still calls which legacy route.

use async_graphql::{Context, Enum, InputObject, Object};
use chrono::{DateTime, Utc};
use gerbang_graphql::{integer::SafeInt, timestamp::Timestamp};
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    graphql::{
        connection::{Connection, Direction, EdgeNode, sort, wants_total},
        context::ContextExt,
    },
    usage::{
        row::{Column, Model},
        rules,
    },
};

/// A legacy route and a client that calls it. Forgotten 400 days after the last call.
#[derive(Clone, Debug)]
pub struct LegacyUsage(Model);

impl From<Model> for LegacyUsage {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

impl EdgeNode for LegacyUsage {
    type Row = Model;
}

/// A legacy route and a client that calls it. Forgotten 400 days after the last call.
#[Object]
impl LegacyUsage {
    /// The API's short name, such as `notary`.
    async fn api(&self) -> &str {
        &self.0.api
    }

    /// The operation that the route is a view of, such as `ListServices`.
    async fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The name of the client's token, else the product in its `User-Agent` with the major version; `(unnamed)` without
    /// either, `(others)` for all beyond the first 100 of an API.
    async fn client(&self) -> &str {
        &self.0.client
    }

    /// How often it was called since `firstUsedAt`.
    async fn requests(&self) -> SafeInt {
        self.0.requests.into()
    }

    /// When it was called first, UTC.
    async fn first_used_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// When it was called last, UTC.
    async fn last_used_at(&self) -> Timestamp {
        self.0.updated_at.into()
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
