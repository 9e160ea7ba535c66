//! Who still calls which legacy route.

use gerbang_graphql::{fields::fields, integer::SafeInt};

pub use super::row::Model as LegacyUsage;
use crate::{
    prelude::schema::*,
    usage::{
        row::Column,
        rules::{self, LegacyUsageFilter},
    },
};

#[fields]
#[ComplexObject]
impl LegacyUsage {
    /// How often it was called since `firstUsedAt`.
    async fn requests(&self) -> SafeInt {
        self.requests.into()
    }
}

/// What uses are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq, Columns)]
pub enum LegacyUsageOrder {
    /// When they happened last.
    #[default]
    #[column(UpdatedAt)]
    LastUsedAt,
    /// How many they are.
    Requests,
    /// The route, by name.
    Operation,
}

/// Uses, for admins.
#[derive(Default)]
pub struct LegacyUsageQuery;

#[lists]
#[Object]
impl LegacyUsageQuery {
    /// Who calls which legacy route: of their own API for admins of a realm, of all for gateway admins. Up to ten seconds
    /// old. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    async fn legacy_usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which uses are wanted.")] filter: Option<LegacyUsageFilter>,
        #[list(order, direction = Desc)] list: List<LegacyUsageOrder>,
    ) -> Result<Connection<LegacyUsage>> {
        let filter = filter.unwrap_or_default();
        Ok(rules::legacy_usage(ctx.domain(), ctx.viewer(), filter, &list.by()).await?.into())
    }
}
