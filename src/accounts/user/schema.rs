//! Users.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object};
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    accounts::{
        Realm, Role,
        user::{
            row::{Column, Status},
            rules::{self as rules, UserRef},
        },
    },
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
    },
    talents::partner::{self, schema::Partner},
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node};

pub use super::row::Model as User;

#[node("user_17")]
#[ComplexObject]
impl User {
    /// The id in the realm's legacy API: a number within the realm, a UUID in SCHOLARSHIP.
    async fn legacy_id(&self) -> ID {
        match self.realm {
            Realm::Scholarship => ID(self.uuid.to_string()),
            Realm::TalentsMapping | Realm::Apextrack | Realm::Notary | Realm::Staff => ID(self.legacy_id.to_string()),
        }
    }

    /// The partner that a PARTNER is bound to; null for others.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Partner>> {
        let key = IdOf::<partner::row::Entity>::new(self.partner_id?);
        ctx.load(key).await.transpose().map(|row| row.map(Partner::from))
    }

    /// The id of the partner that a PARTNER is bound to, such as `partner_3`; null for others.
    async fn partner_id(&self) -> Option<GlobalId> {
        self.partner_id.map(|id| global_id::<Partner>(&id))
    }
}

/// The user that an id of any form names: `user_17`, the number that the caller's realm knows, or a UUID.
pub(crate) fn user_ref(id: &ID) -> Option<UserRef> {
    if let Some(key) = id.strip_prefix(<User as Node>::KIND).and_then(|rest| rest.strip_prefix('_')) {
        return key.parse().ok().map(UserRef::Id);
    }
    id.parse().map(UserRef::Legacy).or_else(|_| id.parse().map(UserRef::Uuid)).ok()
}

/// What users are sorted by. E-mail addresses and user names are compared without regard to case.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum UserOrder {
    /// The key, which also decides where the others are equal.
    Id,
    /// Full name.
    Name,
    /// User name; leaves out users without one.
    Username,
    /// E-mail address.
    Email,
    /// Staff code; leaves out users without one.
    Code,
    /// When they were made.
    #[default]
    CreatedAt,
}

impl From<UserOrder> for Column {
    fn from(order: UserOrder) -> Self {
        match order {
            UserOrder::Id => Self::Id,
            UserOrder::Name => Self::Name,
            UserOrder::Username => Self::UsernameKey,
            UserOrder::Email => Self::EmailKey,
            UserOrder::Code => Self::Code,
            UserOrder::CreatedAt => Self::CreatedAt,
        }
    }
}

/// Which users are wanted.
#[derive(Debug, Default, InputObject)]
pub struct UserFilter {
    /// Of this user base only.
    realm: Option<Realm>,
    /// With this role only.
    role: Option<Role>,
    /// In this state only.
    status: Option<Status>,
    /// Part of the name, user name, e-mail address or staff code, without regard to case.
    search: Option<String>,
}

/// Users as the viewer may see them.
#[derive(Default)]
pub struct UserQuery;

#[Object]
impl UserQuery {
    /// The user whose token was sent; null without a valid one.
    async fn me(&self, ctx: &Context<'_>) -> Option<User> {
        ctx.viewer().user().cloned()
    }

    /// Users of the realm, for its admins and for employees; of all realms for gateway admins. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` for others.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which users are wanted.")] filter: Option<UserFilter>,
        #[graphql(desc = "What to sort by; `CREATED_AT` by default.")] order_by: Option<UserOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<User>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let UserFilter { realm, role, status, search } = filter.unwrap_or_default();
        let filter = rules::UserFilter { realm, role, status, search };
        let sort = sort(order_by, direction);
        let page = rules::users(ctx.domain(), ctx.viewer(), filter, sort, &request, wants_total(ctx)).await?;
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
        let which = user_ref(&id)?;
        rules::user(ctx.domain(), ctx.viewer(), which).await.transpose().map(|row| row)
    }
}
