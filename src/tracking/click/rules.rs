//! Clicks. Affiliates see their own, admins all.

use chrono::{DateTime, Utc};
use futures_util::Stream;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{Page, PageRequest, Sort, paginate};
use sea_orm::{
    ColumnTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    accounts::Realm,
    domain::Domain,
    events::{Event, Scope, Topic, watch::watch},
    scope::Scoped,
    tracking::{
        click::row::{Column, DeviceType, Entity, Model},
        sub_id,
    },
    viewer::Viewer,
};

/// Which clicks are wanted.
#[derive(Clone, Debug, Default)]
pub struct ClickFilter {
    /// The id that networks send back.
    pub click_id: Option<String>,
    /// Through this link.
    pub sub_id: Option<String>,
    /// On this offer.
    pub offer_id: Option<i64>,
    /// From this country: two letters.
    pub country_code: Option<String>,
    /// With this kind of device.
    pub device_type: Option<DeviceType>,
    /// By robots, or by others.
    pub is_bot: Option<bool>,
    /// A visitor's first in 24 hours, or a repeat.
    pub is_unique: Option<bool>,
    /// Made at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Made before this time.
    pub to: Option<DateTime<Utc>>,
}

/// A page of the clicks that the viewer may see, in the order in which they were made or the other way round.
pub async fn clicks(
    domain: &Domain,
    viewer: &Viewer,
    filter: ClickFilter,
    descending: bool,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let ClickFilter { click_id, sub_id, offer_id, country_code, device_type, is_bot, is_unique, from, to } = filter;
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
        .apply_if(offer_id, |select, offer_id| select.filter(Column::OfferId.eq(offer_id)))
        .apply_if(country_code, |select, code| select.filter(Column::CountryCode.eq(code)))
        .apply_if(device_type, |select, device_type| select.filter(Column::DeviceType.eq(device_type)))
        .apply_if(is_bot, |select, is_bot| select.filter(Column::IsBot.eq(is_bot)))
        .apply_if(is_unique, |select, is_unique| select.filter(Column::IsUnique.eq(is_unique)))
        .apply_if(from, |select, from| select.filter(Column::CreatedAt.gte(from)))
        .apply_if(to, |select, to| select.filter(Column::CreatedAt.lt(to)));
    paginate(domain.db.read(), select, Sort { column: Column::CreatedAt, descending }, Column::Id, request, count).await
}

/// The click with this key, if the viewer may see it.
pub async fn click(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
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
