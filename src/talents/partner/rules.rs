//! Partners: organisations that have people assessed. Admins see and change all, a partner's user sees their own.

use async_graphql::MaybeUndefined;
use sea_orm::ModelTrait;

use crate::{
    prelude::rules::*,
    talents::partner::row::{ActiveModel, Column, Entity, Model},
};

/// Which partners are wanted.
#[rules]
#[derive(Debug, Default, InputObject)]
pub struct PartnerFilter {
    /// Part of the name or e-mail address, without regard to case; at most 255 characters.
    #[rule(text, max = MAX_SEARCH, optional)]
    search: Option<String>,
}

/// What a new partner is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreatePartnerInput {
    /// Name of the organisation.
    #[rule(text, max = 255)]
    pub name: String,
    /// Contact e-mail address.
    #[rule(email)]
    pub email: String,
    /// Contact telephone number: `+` or a leading 0 and 8 to 15 digits.
    #[rule(phone, optional)]
    pub phone: Option<String>,
    /// Postal address.
    #[rule(text, max = 5_000, optional)]
    pub address: Option<String>,
}

/// What changes of a partner; what is absent stays as it is, null clears.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdatePartnerInput {
    /// The partner: `partner_3` or `3`.
    pub id: IdOf<Entity>,
    /// Name of the organisation.
    #[rule(text, max = 255)]
    pub name: Option<String>,
    /// Contact e-mail address.
    #[rule(email)]
    pub email: Option<String>,
    /// Contact telephone number; null clears it.
    #[rule(phone, optional)]
    pub phone: MaybeUndefined<String>,
    /// Postal address; null clears it.
    #[rule(text, max = 5_000, optional)]
    pub address: MaybeUndefined<String>,
}

/// Which partner is removed.
#[derive(Debug, InputObject)]
pub struct DeletePartnerInput {
    /// The partner: `partner_3` or `3`.
    pub id: IdOf<Entity>,
}

/// A page of the partners that the viewer may see.
pub async fn partners(
    domain: &Domain,
    viewer: &Viewer,
    filter: PartnerFilter,
    list: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let wanted = Wanted::default().search(&domain.db, &[Column::Name, Column::Email], filter.search.as_deref());
    let select = Entity::visible_to(viewer).apply_if(wanted.check()?, QueryFilter::filter);
    list.of(domain.db.read(), select, Column::Id).await
}

/// Adds a partner. For admins.
pub async fn create_partner(domain: &Domain, viewer: &Viewer, input: CreatePartnerInput) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let CreatePartnerInput { name, email, phone, address } = input.check()?;
    let row = ActiveModel {
        name: Set(name),
        email: Set(email),
        phone: Set(phone),
        address: Set(address),
        ..Default::default()
    };
    Ok(row.insert(domain.db.write()).await?)
}

/// Changes a partner. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_partner(domain: &Domain, viewer: &Viewer, input: UpdatePartnerInput) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    let UpdatePartnerInput { id: _, name, email, phone, address } = input.check()?;
    row.name.change(name);
    row.email.change(email);
    row.phone.change(phone);
    row.address.change(address);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Removes a partner that nothing refers to. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`IN_USE`) while it has clients or users.
pub async fn delete_partner(domain: &Domain, viewer: &Viewer, input: DeletePartnerInput) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let row = input.id.find_for_update(&transaction, viewer).await?;
    row.clone().delete(&transaction).await.map_err(|error| constraint::in_use(error, "input.id"))?;
    transaction.commit().await?;
    Ok(row)
}
