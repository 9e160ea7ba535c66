//! Sub ids: the words that tracking links carry. Affiliates see and make their own, admins all.

use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::{
    constraint,
    page::{Page, PageRequest, Sort, paginate},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    accounts::{Realm, Role, user},
    domain::Domain,
    input::validate::Violations,
    scope::Scoped,
    tracking::{
        offer,
        sub_id::row::{ActiveModel, Column, Entity, Model},
    },
    viewer::Viewer,
};

/// Characters of a sub id.
const SUB_ID: u64 = 64;

/// What a new sub id is made of.
#[derive(Clone, Debug)]
pub struct CreateSubId {
    /// The word itself: up to 64 letters, digits, `-` and `_`.
    pub id: String,
    /// What it advertises.
    pub offer_id: i64,
    /// Whose link it is; the viewer's own if not given, which an admin must.
    pub affiliate_id: Option<i64>,
}

/// A page of the sub ids that the viewer may see, in alphabetical order.
pub async fn sub_ids(domain: &Domain, viewer: &Viewer, request: &PageRequest, count: bool) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let (select, sort) = (Entity::visible_to(viewer), Sort::ascending(Column::Id));
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// Adds a sub id: affiliates for themselves, admins for any affiliate. The offer must be active for an affiliate.
pub async fn create_sub_id(domain: &Domain, viewer: &Viewer, input: CreateSubId) -> Result<Model> {
    let user = viewer.require_realm(Realm::Apextrack)?;
    let CreateSubId { id, offer_id, affiliate_id } = input;
    let affiliate_id = affiliate_id.unwrap_or(user.id);
    if affiliate_id != user.id {
        viewer.require_admin(Realm::Apextrack)?;
    }
    let mut violations = Violations::new();
    let id = violations.text("input.subId", &id, SUB_ID);
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        violations.add("input.subId", Rule::Format);
    }
    if !is_affiliate(domain, affiliate_id).await? {
        violations.add("input.affiliateId", Rule::Exists);
    }
    let offer = offer::row::Entity::visible_to(viewer).filter(offer::row::Column::Id.eq(offer_id));
    if offer.one(domain.db.read()).await?.is_none() {
        violations.add("input.offerId", Rule::Exists);
    }
    violations.finish()?;
    let row =
        ActiveModel { id: Set(id), affiliate_id: Set(affiliate_id), offer_id: Set(offer_id), ..Default::default() };
    let inserted = row.insert(domain.db.write()).await;
    inserted.map_err(|error| constraint::taken(error, &[("pk_sub_ids", "input.subId")]))
}

async fn is_affiliate(domain: &Domain, id: i64) -> Result<bool, Error> {
    let found = user::row::Entity::find_by_id(id)
        .filter(user::row::Column::Realm.eq(Realm::Apextrack))
        .filter(user::row::Column::Role.eq(Role::Affiliate))
        .one(domain.db.read())
        .await?;
    Ok(found.is_some())
}

/// Where a visitor finds the link.
pub fn tracking_url(domain: &Domain, id: &str) -> String {
    format!("{}/c/{id}", domain.config.server.public_url)
}
