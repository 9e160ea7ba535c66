//! Clicks. Affiliates see their own, admins all.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use futures_util::Stream;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{Listing, Page};
use sea_orm::{
    ColumnTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
};

pub use super::recording::record_click;
use crate::{
    accounts::Realm,
    domain::Domain,
    events::{Event, Scope, Topic, watch::watch},
    input::{filter::Wanted, id::IdOf},
    scope::Scoped,
    tracking::{
        click::row::{Column, DeviceType, Entity, Model},
        offer, sub_id,
    },
    viewer::Viewer,
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

/// A page of the clicks that the viewer may see.
pub async fn clicks(
    domain: &Domain,
    viewer: &Viewer,
    filter: ClickFilter,
    list: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let ClickFilter { click_id, sub_id, offer_id, country_code, device_type, is_bot, is_unique, from, to } = filter;
    let wanted = Wanted::default().between(Column::CreatedAt, from, to).check()?;
    let country_code = country_code.map(|code| code.trim().to_ascii_uppercase());
    let select = Entity::visible_to(viewer)
        .apply_if(click_id, |select, click_id| select.filter(Column::ClickId.eq(click_id)))
        .apply_if(sub_id, |select, word| {
            // Clicks are found by their affiliate and time.
            let owner = Query::select()
                .column(sub_id::row::Column::AffiliateId)
                .from(sub_id::row::Entity)
                .and_where(sub_id::row::Column::Id.eq(word.as_str()))
                .take();
            select
                .filter(Expr::col((Entity, Column::AffiliateId)).eq(Expr::SubQuery(None, Box::new(owner.into()))))
                .filter(Column::SubId.eq(word))
        })
        .apply_if(offer_id, |select, offer_id| select.filter(offer_id.is(Column::OfferId)))
        .apply_if(country_code, |select, code| select.filter(Column::CountryCode.eq(code)))
        .apply_if(device_type, |select, device_type| select.filter(Column::DeviceType.eq(device_type)))
        .apply_if(is_bot, |select, is_bot| select.filter(Column::IsBot.eq(is_bot)))
        .apply_if(is_unique, |select, is_unique| select.filter(Column::IsUnique.eq(is_unique)))
        .apply_if(wanted, QueryFilter::filter);
    list.of(domain.db.read(), select, Column::Id).await
}

/// Every click from now on that the viewer may see.
pub fn clicks_recorded(domain: &Domain, viewer: &Viewer) -> Result<impl Stream<Item = Result<Model>> + use<>> {
    let me = viewer.require_realm(Realm::Apextrack)?.id;
    let scope = if viewer.is_admin_of(Realm::Apextrack) { Scope::All } else { Scope::User(me) };
    Ok(watch::<Entity>(domain, viewer, Topic::Clicks(scope), |event| match event {
        Event::ClickRecorded { id, affiliate_id: _ } => Some(id),
        _ => None,
    }))
}
