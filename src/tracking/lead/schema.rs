//! Leads.

use async_graphql::Subscription;
use futures_util::Stream;
use gerbang_platform::query::{batch::Children, page::Sort};

pub use super::row::Model as Lead;
use crate::{
    graphql::reads::ChildList,
    prelude::schema::*,
    tracking::{
        click::{row as click_row, schema::Click},
        lead::{
            row::{Column, Entity},
            rules::{self, LeadFilter, SetLeadStatusInput},
        },
        money::Money,
    },
};

#[node("lead_300", legacy = "The number of the lead, such as `300`.")]
#[ComplexObject]
impl Lead {
    /// What it pays if it is approved, in the currency.
    async fn payout(&self) -> Money {
        Money::from_micros(self.payout_micros)
    }

    /// The network's transaction; null if it named none.
    async fn txid(&self) -> Option<&str> {
        Some(self.txid.as_str()).filter(|txid| !txid.is_empty())
    }

    /// The click that led to it; null for those who may not see it (the sender of a postback).
    async fn click(&self, ctx: &Context<'_>) -> Option<Result<Row<Click>>> {
        ctx.get(IdOf::<click_row::Entity>::new(self.click_id)).await.transpose()
    }
}

/// The leads of a click, in the order in which they were reported.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LeadsOfClick;

impl ChildList for LeadsOfClick {
    type Entity = Entity;
    type Parent = i64;
    const CHILDREN: Children<Column> =
        Children { parent: Column::ClickId, sort: Sort::ascending(Column::Id), key: Column::Id };
}

/// Leads as the viewer may see them.
#[derive(Default)]
pub struct LeadQuery;

#[lists]
#[Object]
impl LeadQuery {
    /// Leads: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which leads are wanted.")] filter: Option<LeadFilter>,
        #[list(direction = Desc)] list: List,
    ) -> Result<Connection<Lead>> {
        let list = list.by_column(Column::CreatedAt);
        Ok(rules::leads(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &list).await?.into())
    }

    /// The lead with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `lead_300` or the number `300`.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Lead>>> {
        ctx.find(id).await.transpose()
    }
}

/// The lead after the change.
#[derive(SimpleObject)]
pub struct LeadPayload {
    /// The lead.
    lead: Lead,
}

mutations! {
    /// Decisions about leads, for admins of affiliate tracking.
    LeadMutation;

    /// Decides about a lead in the network's place. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`TRANSITION`) where a decided lead would become `PENDING`.
    set_lead_status("The decision.": SetLeadStatusInput) -> LeadPayload { lead };
}

/// Leads as they are reported and change.
#[derive(Default)]
pub struct LeadSubscription;

#[Subscription]
impl LeadSubscription {
    /// Every lead that is reported or changes from now on: all for admins, their own for affiliates. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `VALIDATION_FAILED`, `UNAVAILABLE` at the end for a watcher
    /// that fell behind.
    async fn lead_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which leads are wanted, as they are after the change.")] filter: Option<LeadFilter>,
    ) -> Result<impl Stream<Item = Result<Lead>> + use<>> {
        rules::leads_updated(ctx.domain(), ctx.viewer(), filter.unwrap_or_default())
    }
}
