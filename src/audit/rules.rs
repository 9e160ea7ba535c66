//! What was done, for admins to read.

use async_graphql::ID;

use crate::{
    accounts::user,
    audit::row::{AuditKind, Column, Entity, Model},
    prelude::rules::*,
};

/// Which entries are wanted.
#[derive(Debug, Default, InputObject)]
pub struct AuditFilter {
    /// Only those of this kind.
    pub kind: Option<AuditKind>,
    /// Only those of one of these kinds, instead of `kind`.
    pub kinds: Option<Vec<AuditKind>>,
    /// Only those of this mutation, such as `updatePartner`.
    pub action: Option<String>,
    /// Only those with this outcome: `OK` or the code of an error.
    pub outcome: Option<String>,
    /// Only those of this realm.
    pub realm: Option<Realm>,
    /// Only what this user did (`user_9`).
    pub actor_id: Option<IdOf<user::row::Entity>>,
    /// Only what was done to this, by its global id, such as `client_17`.
    pub subject_id: Option<ID>,
    /// Only those made at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those made before this time.
    pub to: Option<DateTime<Utc>>,
}

/// A page of the entries: of their realm for admins, of all for gateway admins.
pub async fn audit_entries(
    domain: &Domain,
    viewer: &Viewer,
    filter: AuditFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    let AuditFilter { kind, kinds, action, outcome, realm, actor_id, subject_id, from, to } = filter;
    let wanted = Wanted::default()
        .one_of(Column::Kind, kind, kinds.as_deref(), "filter.kinds")
        .is(Column::Action, action)
        .is(Column::Outcome, outcome)
        .is(Column::Realm, realm)
        .is(Column::Subject, subject_id.map(|ID(id)| id))
        .between(Column::CreatedAt, from, to)
        .check()?;
    let mut select = Entity::visible_to(viewer);
    for condition in [wanted, actor_id.map(|id| id.is(Column::ActorId))].into_iter().flatten() {
        select = select.filter(condition);
    }
    listing.of(domain.db.read(), select, Column::Id).await
}
