//! Clicks.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, wants_total},
        context::ContextExt,
    },
    tracking::{
        click::{recording, row::DeviceType, rules},
        lead::schema::{Lead, LeadsOf},
        offer::{self, row as offer_row, schema::Offer},
    },
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Click;

#[node("click_9000", legacy = "The number of the click, such as `9000`.")]
#[ComplexObject]
impl Click {
    /// What it advertised; null for an affiliate while the offer is not active.
    async fn offer(&self, ctx: &Context<'_>) -> Option<Result<Offer>> {
        let key = IdOf::<offer_row::Entity>::new(self.offer_id);
        ctx.load(key).await.transpose().map(|row| row.map(Offer::from))
    }

    /// What it turned into, in the order in which it was reported; the first 100.
    async fn leads(&self, ctx: &Context<'_>) -> Result<Vec<Lead>> {
        let rows = ctx.load(LeadsOf(self.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Lead::from).collect())
    }
}

/// Which clicks are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ClickFilter {
    /// Only the one with this id, which networks send back.
    click_id: Option<String>,
    /// Only those through this link.
    sub_id: Option<String>,
    /// Only those on this offer: `offer_4` or `4`.
    offer_id: Option<ID>,
    /// Only those from this country: two letters (ISO 3166-1).
    country_code: Option<String>,
    /// Only those with this kind of device.
    device_type: Option<DeviceType>,
    /// Only robots', or only others'.
    is_bot: Option<bool>,
    /// Only a visitor's first in 24 hours, or only repeats.
    is_unique: Option<bool>,
    /// Only those made at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those made before this time.
    to: Option<DateTime<Utc>>,
}

impl From<ClickFilter> for rules::ClickFilter {
    fn from(filter: ClickFilter) -> Self {
        let ClickFilter { click_id, sub_id, offer_id, country_code, device_type, is_bot, is_unique, from, to } = filter;
        // No offer has the key 0, as none has an id of another format.
        let offer_id = offer_id.map(|id| parse_id(<offer::row::Model as Node>::KIND, &id).unwrap_or_default());
        Self { click_id, sub_id, offer_id, country_code, device_type, is_bot, is_unique, from, to }
    }
}

/// Clicks as the viewer may see them.
#[derive(Default)]
pub struct ClickQuery;

#[Object]
impl ClickQuery {
    /// Clicks: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn clicks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which clicks are wanted.")] filter: Option<ClickFilter>,
        #[graphql(desc = "`DESC`, the newest first, by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Click>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let descending = direction != Some(Direction::Asc);
        Ok(rules::clicks(ctx.domain(), ctx.viewer(), filter, descending, &request, wants_total(ctx)).await?.into())
    }

    /// The click with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn click(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `click_9000` or the number `9000`.")] id: ID,
    ) -> Option<Result<Click>> {
        let id = parse_id(<Click as Node>::KIND, &id)?;
        rules::click(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// A visit, as the server that was visited reports it.
#[derive(Debug, InputObject)]
pub struct RecordClickInput {
    /// The sub id of the link that was followed.
    sub_id: String,
    /// The visitor's address (IPv4 or IPv6). It is not kept, only a keyed hash of it.
    ip: Option<String>,
    /// The visitor's `User-Agent` header; cut to 512 characters. Without one the visitor counts as a bot.
    user_agent: Option<String>,
    /// Where the visitor is: two letters (ISO 3166-1).
    country_code: Option<String>,
    /// The visitor's `Referer` header, at most 5,000 characters.
    referrer: Option<String>,
}

/// The click that was recorded.
#[derive(SimpleObject)]
pub struct RecordClickPayload {
    /// The click.
    click: Click,
    /// Where to send the visitor: the offer's URL with the click's id filled in.
    destination: String,
}

/// Recording clicks.
#[derive(Default)]
pub struct ClickMutation;

#[Object]
impl ClickMutation {
    /// Records a visit, for servers that run their own links: affiliates on their own sub ids, admins on all. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` for another's sub id or an offer that takes no clicks,
    /// `VALIDATION_FAILED`.
    async fn record_click(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The visit.")] input: RecordClickInput,
    ) -> Result<RecordClickPayload> {
        let RecordClickInput { sub_id, ip, user_agent, country_code, referrer } = input;
        let input = recording::RecordClick { sub_id, ip, user_agent, country_code, referrer };
        let recorded = recording::record_click(ctx.domain(), ctx.viewer(), input).await?;
        Ok(RecordClickPayload { click: recorded.click.into(), destination: recorded.destination })
    }
}

/// Clicks as they happen.
#[derive(Default)]
pub struct ClickSubscription;

#[Subscription]
impl ClickSubscription {
    /// Every click from now on: all for admins, their own for affiliates. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in
    /// another realm, `UNAVAILABLE` at the end for a watcher that fell behind.
    async fn click_recorded(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<Click>>> {
        Ok(rules::clicks_recorded(ctx.domain(), ctx.viewer())?)
    }
}
