//! Who did what, when and from where.

use async_graphql::ID;

pub use super::row::Model as AuditEntry;
use crate::{
    accounts::user::{self, schema::User},
    audit::{
        row::Column,
        rules::{self, AuditFilter},
    },
    input::id::check_id,
    prelude::schema::*,
};

#[node("auditEntry_9")]
#[ComplexObject]
impl AuditEntry {
    /// Who did it; null if nobody was logged in.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Row<User>>> {
        ctx.get(IdOf::<user::row::Entity>::new(self.actor_id?)).await.transpose()
    }

    /// The global id of what it was done to, such as `client_17`; null if there is none that is known.
    async fn subject_id(&self) -> Option<ID> {
        self.subject.clone().map(ID)
    }
}

/// Entries, for admins.
#[derive(Default)]
pub struct AuditQuery;

#[lists]
#[Object]
impl AuditQuery {
    /// Who did what, when and from where, the latest first: mutations by admins, log-ins and log-outs, new passwords, and what
    /// was refused to strangers. Those of their realm for admins, all for gateway admins. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries are wanted.")] filter: Option<AuditFilter>,
        #[list(direction = Desc)] list: List,
    ) -> Result<Connection<AuditEntry>> {
        let filter = filter.unwrap_or_default();
        check_id(ctx, filter.actor_id.as_ref(), "filter.actorId")?;
        let listing = list.by_column(Column::CreatedAt);
        Ok(rules::audit_entries(ctx.domain(), ctx.viewer(), filter, &listing).await?.into())
    }
}
