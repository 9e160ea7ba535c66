//! Leads.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, Subscription, dataloader::Loader};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, wants_total},
        context::ContextExt,
        loaders::Batches,
    },
    tracking::{
        click::{self, schema::Click},
        lead::{
            row::{Model, Status},
            rules,
        },
        money::schema::Money,
    },
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Lead;

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
    async fn click(&self, ctx: &Context<'_>) -> Option<Result<Click>> {
        let key = IdOf::<click::row::Entity>::new(self.click_id);
        ctx.load(key).await.transpose().map(|row| row.map(Click::from))
    }
}

/// The leads of the click with this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeadsOf(pub i64);

impl Loader<LeadsOf> for Batches {
    type Value = Vec<Model>;
    type Error = Error;

    async fn load(&self, keys: &[LeadsOf]) -> Result<HashMap<LeadsOf, Vec<Model>>> {
        let clicks: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let leads = rules::leads_of(&self.domain, &self.viewer, &clicks).await?;
        Ok(leads.into_iter().map(|(click, rows)| (LeadsOf(click), rows)).collect())
    }
}

/// Which leads are wanted.
#[derive(Debug, Default, InputObject)]
pub struct LeadFilter {
    /// Only those with this status.
    status: Option<Status>,
    /// Only those through this link.
    sub_id: Option<String>,
    /// Only those reported at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those reported before this time.
    to: Option<DateTime<Utc>>,
}

impl From<LeadFilter> for rules::LeadFilter {
    fn from(LeadFilter { status, sub_id, from, to }: LeadFilter) -> Self {
        Self { status, sub_id, from, to }
    }
}

/// Leads as the viewer may see them.
#[derive(Default)]
pub struct LeadQuery;

#[Object]
impl LeadQuery {
    /// Leads: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which leads are wanted.")] filter: Option<LeadFilter>,
        #[graphql(desc = "`DESC`, the newest first, by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Lead>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let descending = direction != Some(Direction::Asc);
        Ok(rules::leads(ctx.domain(), ctx.viewer(), filter, descending, &request, wants_total(ctx)).await?.into())
    }

    /// The lead with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `lead_300` or the number `300`.")] id: ID,
    ) -> Option<Result<Lead>> {
        let id = parse_id(<Lead as Node>::KIND, &id)?;
        rules::lead(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// What is decided about a lead.
#[derive(Debug, InputObject)]
pub struct SetLeadStatusInput {
    /// The lead: `lead_300` or `300`.
    id: ID,
    /// The decision. What was decided can't become undecided again.
    status: Status,
}

/// The lead after the change.
#[derive(SimpleObject)]
pub struct LeadPayload {
    /// The lead.
    lead: Lead,
}

/// Decisions about leads, for admins of affiliate tracking.
#[derive(Default)]
pub struct LeadMutation;

#[Object]
impl LeadMutation {
    /// Decides about a lead in the network's place. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`TRANSITION`) where a decided lead would become `PENDING`.
    async fn set_lead_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: SetLeadStatusInput,
    ) -> Result<LeadPayload> {
        let id = parse_id(<Lead as Node>::KIND, &input.id).ok_or_else(|| Error::not_found("Lead"))?;
        Ok(LeadPayload { lead: rules::set_lead_status(ctx.domain(), ctx.viewer(), id, input.status).await?.into() })
    }
}

/// Leads as they are reported and change.
#[derive(Default)]
pub struct LeadSubscription;

#[Subscription]
impl LeadSubscription {
    /// Every lead that is reported or changes from now on: all for admins, their own for affiliates. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `UNAVAILABLE` at the end for a watcher that fell behind.
    async fn lead_updated(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<Lead>>> {
        Ok(rules::leads_updated(ctx.domain(), ctx.viewer())?)
    }
}
