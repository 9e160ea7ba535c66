//! Sub ids: the words that tracking links carry. Affiliates see and make their own, admins all.

use crate::{
    accounts::{Role, user},
    prelude::rules::*,
    tracking::{
        offer,
        sub_id::row::{ActiveModel, Column, Entity, Model},
    },
};

/// What a new sub id is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateSubIdInput {
    /// The word itself: letters, digits, `-` and `_`; unique.
    #[graphql(name = "subId")]
    #[rule(pattern = "[A-Za-z0-9_-]+", max = 64)]
    pub word: String,
    /// What it advertises: `offer_4` or `4`; an active offer for affiliates.
    pub offer_id: IdOf<offer::row::Entity>,
    /// Whose link it is, such as `user_7`: for admins. Affiliates make their own.
    pub affiliate_id: Option<IdOf<user::row::Entity>>,
}

/// Whether a text has the form of a sub id; what hasn't never reaches the database.
pub(crate) fn is_word(word: &str) -> bool {
    (1..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A page of the sub ids that the viewer may see.
pub async fn sub_ids(domain: &Domain, viewer: &Viewer, list: &Listing<Column>) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    list.of(domain.db.read(), Entity::visible_to(viewer), Column::Id).await
}

/// Adds a sub id: affiliates for themselves, admins for any affiliate. The offer must be active for an affiliate.
pub async fn create_sub_id(domain: &Domain, viewer: &Viewer, input: CreateSubIdInput) -> Result<Model> {
    let user = viewer.require_realm(Realm::Apextrack)?;
    let affiliate_id = input.affiliate_id.as_ref().map_or(user.id, IdOf::foreign_key);
    if affiliate_id != user.id {
        viewer.require_admin(Realm::Apextrack)?;
    }
    let (CreateSubIdInput { word, offer_id, affiliate_id: _ }, mut found) = input.examine();
    if !is_affiliate(domain, affiliate_id).await? {
        found.add("input.affiliateId", Rule::Exists);
    }
    if offer_id.find(domain.db.read(), viewer).await?.is_none() {
        found.add("input.offerId", Rule::Exists);
    }
    found.finish()?;
    let row = ActiveModel {
        id: Set(word),
        affiliate_id: Set(affiliate_id),
        offer_id: Set(offer_id.foreign_key()),
        ..Default::default()
    };
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
