//! Users.

use async_graphql::ID;

pub use super::row::Model as User;
use crate::{
    accounts::{
        Realm,
        user::{
            row::Column,
            rules::{self, UserFilter},
        },
    },
    prelude::schema::*,
    talents::partner::{self, schema::Partner},
};

#[node("user_17")]
#[ComplexObject]
impl User {
    /// The id in the realm's legacy API: a number within the realm, a UUID in SCHOLARSHIP.
    async fn legacy_id(&self) -> String {
        match self.realm {
            Realm::Scholarship => self.uuid.to_string(),
            Realm::TalentsMapping | Realm::Apextrack | Realm::Notary | Realm::Staff => self.legacy_id.to_string(),
        }
    }

    /// The partner that a PARTNER is bound to; null for others.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Row<Partner>>> {
        ctx.get(IdOf::<partner::row::Entity>::new(self.partner_id?)).await.transpose()
    }

    /// The id of the partner that a PARTNER is bound to, such as `partner_3`; null for others.
    async fn partner_id(&self) -> Option<GlobalId> {
        self.partner_id.map(|id| global_id::<Partner>(&id))
    }
}

/// What users are sorted by. E-mail addresses and user names are compared without regard to case.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq, Columns)]
pub enum UserOrder {
    /// The key, which also decides where the others are equal.
    Id,
    /// Full name.
    Name,
    /// User name; leaves out users without one.
    #[column(UsernameKey)]
    Username,
    /// E-mail address.
    #[column(EmailKey)]
    Email,
    /// Staff code; leaves out users without one.
    Code,
    /// When they were made.
    #[default]
    CreatedAt,
}

/// Users as the viewer may see them.
#[derive(Default)]
pub struct UserQuery;

#[lists]
#[Object]
impl UserQuery {
    /// The user whose token was sent; null without a valid one.
    async fn me(&self, ctx: &Context<'_>) -> Option<User> {
        ctx.viewer().user().cloned()
    }

    /// Users of the realm, for its admins and for employees; of all realms for gateway admins. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` for others.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which users are wanted.")] filter: Option<UserFilter>,
        #[list(order)] list: List<UserOrder>,
    ) -> Result<Connection<User>> {
        let page = rules::users(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &list.by()).await?;
        Ok(page.into())
    }

    /// The user with this id; null if there is none or the viewer may not see them.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The global id `user_17`, the legacy id `17` within the caller's realm, or a UUID of SCHOLARSHIP."
        )]
        id: ID,
    ) -> Option<Result<User>> {
        rules::user(ctx.domain(), ctx.viewer(), &id).await.transpose()
    }
}
