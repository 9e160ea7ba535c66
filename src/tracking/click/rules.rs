//! Clicks. Affiliates see their own, admins all.

use futures_util::Stream;
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Query},
};

pub use super::recording::record_click;
use crate::{
    events::{Event, Scope, Topic, watch::watch},
    prelude::rules::*,
    tracking::{
        click::row::{Column, DeviceType, Entity, Model},
        offer, sub_id,
    },
};

/// Which clicks are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ClickFilter {
    /// Only the one with this id, which networks send back.
    click_id: Option<String>,
    /// Only those through this link.
    sub_id: Option<String>,
    /// Only those on this offer: `offer_4` or `4`.
    pub(super) offer_id: Option<IdOf<offer::row::Entity>>,
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

impl ClickFilter {
    fn condition(self) -> Result<Option<Condition>> {
        let Self { click_id, sub_id, offer_id, country_code, device_type, is_bot, is_unique, from, to } = self;
        // Clicks are found by their affiliate and time.
        let owner = sub_id.as_deref().map(|word| {
            let owner = Query::select()
                .column(sub_id::row::Column::AffiliateId)
                .from(sub_id::row::Entity)
                .and_where(sub_id::row::Column::Id.eq(word))
                .take();
            Expr::col((Entity, Column::AffiliateId)).eq(Expr::from(owner))
        });
        Wanted::default()
            .is(Column::ClickId, click_id)
            .matching(owner)
            .is(Column::SubId, sub_id)
            .matching(offer_id.map(|offer_id| offer_id.is(Column::OfferId)))
            .is(Column::CountryCode, country_code.map(|code| code.trim().to_ascii_uppercase()))
            .is(Column::DeviceType, device_type)
            .is(Column::IsBot, is_bot)
            .is(Column::IsUnique, is_unique)
            .between(Column::CreatedAt, from, to)
            .check()
    }
}

/// A page of the clicks that the viewer may see.
pub async fn clicks(
    domain: &Domain,
    viewer: &Viewer,
    filter: ClickFilter,
    list: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let select = Entity::visible_to(viewer).apply_if(filter.condition()?, QueryFilter::filter);
    list.of(domain.db.read(), select, Column::Id).await
}

/// Every click from now on that is wanted and that the viewer may see.
pub fn clicks_recorded(
    domain: &Domain,
    viewer: &Viewer,
    filter: ClickFilter,
) -> Result<impl Stream<Item = Result<Model>> + use<>> {
    let me = viewer.require_realm(Realm::Apextrack)?.id;
    let scope = if viewer.is_admin_of(Realm::Apextrack) { Scope::All } else { Scope::User(me) };
    let key = |event| match event {
        Event::ClickRecorded { id, affiliate_id: _ } => Some(id),
        _ => None,
    };
    Ok(watch::<Entity>(domain, viewer, Topic::Clicks(scope), key, filter.condition()?))
}
