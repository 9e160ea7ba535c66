//! Clients: people whom a partner has assessed. Admins see all, a partner's user their own partner's.

use std::collections::HashMap;

use async_graphql::MaybeUndefined;
use gerbang_graphql::date::Date;
use gerbang_platform::{
    db::Db,
    query::{
        batch::{Children, count_by_parent, page_by_parent},
        beside::Selection,
    },
};
use sea_orm::{ModelTrait, Select};

use crate::{
    input::custom_rules::future,
    prelude::rules::*,
    talents::{
        client::row::{ActiveModel, Column, Entity, Gender, Model, Status},
        partner,
    },
};

/// Which clients are wanted.
#[rules]
#[derive(Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ClientFilter {
    /// Part of the name or e-mail address, without regard to case; at most 255 characters.
    #[rule(text, max = MAX_SEARCH, optional)]
    search: Option<String>,
    /// Only those of this partner: `partner_3` or `3`.
    pub(super) partner_id: Option<IdOf<partner::row::Entity>>,
    /// Only those whose assessment is this far.
    status: Option<Status>,
    /// Only those whose assessment is as far as one of these, instead of `status`.
    statuses: Option<Vec<Status>>,
    /// Only those added at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those added before this time.
    to: Option<DateTime<Utc>>,
}

impl ClientFilter {
    fn apply(&self, select: Select<Entity>, db: &Db) -> Result<Select<Entity>> {
        let wanted = Wanted::default()
            .search(db, &[Column::Name, Column::Email], self.search.as_deref())
            .one_of(Column::Status, self.status, self.statuses.as_deref(), "filter.statuses")
            .between(Column::CreatedAt, self.from, self.to)
            .check()?;
        Ok(select
            .apply_if(self.partner_id.as_ref(), |select, partner| select.filter(partner.is(Column::PartnerId)))
            .apply_if(wanted, QueryFilter::filter))
    }
}

/// What a new client is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateClientInput {
    /// The partner who has them assessed: `partner_3` or `3`; a partner's user may leave it out.
    pub partner_id: Option<IdOf<partner::row::Entity>>,
    /// Full name.
    #[rule(text, max = 255)]
    pub name: String,
    /// E-mail address.
    #[rule(email)]
    pub email: String,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits.
    #[rule(phone, optional)]
    pub phone: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Date of birth, not in the future.
    #[rule(check = future)]
    pub birth_date: Option<Date>,
}

/// What changes of a client; what is absent stays as it is, null clears.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateClientInput {
    /// The client: `client_17` or `17`.
    pub id: IdOf<Entity>,
    /// Full name.
    #[rule(text, max = 255)]
    pub name: Option<String>,
    /// E-mail address.
    #[rule(email)]
    pub email: Option<String>,
    /// Telephone number; null clears it.
    #[rule(phone, optional)]
    pub phone: MaybeUndefined<String>,
    /// Gender; null clears it.
    pub gender: MaybeUndefined<Gender>,
    /// Date of birth, not in the future; null clears it.
    #[rule(check = future)]
    pub birth_date: MaybeUndefined<Date>,
}

/// Which client is put away.
#[derive(Debug, InputObject)]
pub struct ArchiveClientInput {
    /// The client: `client_17` or `17`.
    pub id: IdOf<Entity>,
}

/// Which client is taken back.
#[derive(Debug, InputObject)]
pub struct RestoreClientInput {
    /// The client: `client_17` or `17`.
    pub id: IdOf<Entity>,
}

/// Which client is removed.
#[derive(Debug, InputObject)]
pub struct DeleteClientInput {
    /// The client: `client_17` or `17`.
    pub id: IdOf<Entity>,
}

/// A page of the clients that the viewer may see.
pub async fn clients(
    domain: &Domain,
    viewer: &Viewer,
    filter: &ClientFilter,
    list: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::TalentsMapping)?;
    list.of(domain.db.read(), filter.apply(Entity::visible_to(viewer), &domain.db)?, Column::Id).await
}

/// The same page under each of these partners, of each client what is `selected`. One statement, and a second if all are to be
/// counted and a list goes on behind its page.
pub async fn clients_of(
    domain: &Domain,
    viewer: &Viewer,
    partners: &[i64],
    filter: &ClientFilter,
    list: &Listing<Column>,
    selected: Selection,
) -> Result<HashMap<i64, Page<Model>>> {
    let select = filter.apply(Entity::visible_to(viewer), &domain.db)?;
    let children = Children { parent: Column::PartnerId, sort: list.sort, key: Column::Id };
    page_by_parent(domain.db.read(), select, children, partners, &list.request, list.count, selected).await
}

/// How many clients each of these partners has. One statement.
pub async fn count_of(domain: &Domain, viewer: &Viewer, partners: &[i64]) -> Result<HashMap<i64, u64>> {
    count_by_parent(domain.db.read(), Entity::visible_to(viewer), Column::PartnerId, partners).await
}

/// Adds a client, who is invited until there is a result. For admins, and for a partner's user within their partner.
pub async fn create_client(domain: &Domain, viewer: &Viewer, input: CreateClientInput) -> Result<Model> {
    let user = viewer.require_realm(Realm::TalentsMapping)?;
    let mut found = Violations::new();
    let partner_id = input.partner_id.as_ref().map(IdOf::foreign_key).or(user.partner_id);
    match partner_id {
        None => found.add("input.partnerId", Rule::Required),
        Some(id) if !viewer.is_admin_of(Realm::TalentsMapping) && user.partner_id != Some(id) => {
            found.add("input.partnerId", Rule::Exists);
        }
        Some(_) => (),
    }
    let (input, broken) = input.examine();
    found.extend(broken.into_inner());
    found.finish()?;
    let CreateClientInput { partner_id: _, name, email, phone, gender, birth_date } = input;
    let row = ActiveModel {
        partner_id: Set(partner_id.unwrap_or_default()),
        name: Set(name),
        email: Set(email),
        phone: Set(phone),
        gender: Set(gender),
        birth_date: Set(birth_date),
        status: Set(Status::Invited),
        ..Default::default()
    };
    row.insert(domain.db.write()).await.map_err(|error| constraint::taken(error, &[("fk", "input.partnerId")]))
}

/// Changes a client. For admins, and for a partner's user within their partner.
///
/// # Errors
/// `NOT_FOUND` if there is none that the viewer may see.
pub async fn update_client(domain: &Domain, viewer: &Viewer, input: UpdateClientInput) -> Result<Model> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    let UpdateClientInput { id: _, name, email, phone, gender, birth_date } = input.check()?;
    row.name.change(name);
    row.email.change(email);
    row.phone.change(phone);
    row.gender.change(gender);
    row.birth_date.change(birth_date);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Puts a client away; the result is kept. For admins, and for a partner's user within their partner.
///
/// # Errors
/// `NOT_FOUND` if there is none that the viewer may see.
pub async fn archive_client(domain: &Domain, viewer: &Viewer, input: ArchiveClientInput) -> Result<Model> {
    change_status(domain, viewer, &input.id, |_| Status::Archived).await
}

/// Takes an archived client back; others stay as they are. For admins, and for a partner's user within their partner.
///
/// # Errors
/// `NOT_FOUND` if there is none that the viewer may see.
pub async fn restore_client(domain: &Domain, viewer: &Viewer, input: RestoreClientInput) -> Result<Model> {
    change_status(domain, viewer, &input.id, |client| match client.assessed_at {
        Some(_) => Status::Assessed,
        None => Status::Invited,
    })
    .await
}

/// Removes a client together with the result. For admins only: what a partner no longer needs is archived.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_client(domain: &Domain, viewer: &Viewer, input: DeleteClientInput) -> Result<Model> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let row = input.id.find_for_update(&transaction, viewer).await?;
    row.clone().delete(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

async fn change_status(
    domain: &Domain,
    viewer: &Viewer,
    id: &IdOf<Entity>,
    status_of: impl FnOnce(&Model) -> Status,
) -> Result<Model> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let transaction = domain.db.begin().await?;
    let row = id.find_for_update(&transaction, viewer).await?;
    let status = status_of(&row);
    if row.status == status {
        return Ok(row);
    }
    let mut row = row.into_active_model();
    row.status = Set(status);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}
