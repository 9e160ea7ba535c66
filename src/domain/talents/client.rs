//! Clients: people whom a partner has assessed. Admins see all, a partner's user their own partner's.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, QueryFilter, Select};

use crate::{
    domain::{
        Domain, Viewer,
        batch::{Children, count_by_parent, page_by_parent},
        page::{Page, PageRequest, Sort, paginate},
        search::contains,
    },
    entity::{
        Scoped,
        accounts::Realm,
        talents::client::{Column, Entity, Model, Status},
    },
    error::Result,
};

/// Which clients are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientFilter {
    /// Part of the name or e-mail address.
    pub search: Option<String>,
    /// Whose clients.
    pub partner_id: Option<i64>,
    /// How far the assessment is.
    pub status: Option<Status>,
}

impl ClientFilter {
    fn apply(&self, mut select: Select<Entity>) -> Select<Entity> {
        if let Some(search) = self.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
            select = select.filter(contains(&[Column::Name, Column::Email], search));
        }
        if let Some(partner) = self.partner_id {
            select = select.filter(Column::PartnerId.eq(partner));
        }
        if let Some(status) = self.status {
            select = select.filter(Column::Status.eq(status));
        }
        select
    }
}

/// A page of the clients that the viewer may see.
pub async fn clients(
    domain: &Domain,
    viewer: &Viewer,
    filter: &ClientFilter,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::TalentsMapping)?;
    let select = filter.apply(Entity::visible_to(viewer));
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The same page under each of these partners. One statement, and a second if `count`.
pub async fn clients_of(
    domain: &Domain,
    viewer: &Viewer,
    partners: &[i64],
    filter: &ClientFilter,
    sort: Sort<Column>,
    (request, count): (&PageRequest, bool),
) -> Result<HashMap<i64, Page<Model>>> {
    let select = filter.apply(Entity::visible_to(viewer));
    let children = Children { parent: Column::PartnerId, sort, key: Column::Id };
    page_by_parent(domain.db.read(), select, children, partners, request, count).await
}

/// How many clients each of these partners has. One statement.
pub async fn count_of(domain: &Domain, viewer: &Viewer, partners: &[i64]) -> Result<HashMap<i64, u64>> {
    count_by_parent(domain.db.read(), Entity::visible_to(viewer), Column::PartnerId, partners).await
}

/// The client with this key, if the viewer may see it.
pub async fn client(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}
