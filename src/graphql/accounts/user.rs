//! Users.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::{
    entity::{
        accounts::{
            Realm, Role,
            user::{Model, Status},
        },
        talents::partner,
    },
    error::Result,
    graphql::{ContextExt, connection::EdgeNode, id::global_id, loaders::ById, talents::partner::Partner},
};

/// The first part of a user's global id.
pub const KIND: &str = "user";

/// Somebody who can log in.
#[derive(Clone, Debug)]
pub struct User(Model);

impl From<Model> for User {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

impl EdgeNode for User {
    type Row = Model;
}

/// Somebody who can log in.
#[Object]
impl User {
    /// The global id, such as `user_17`.
    pub async fn id(&self) -> ID {
        global_id(KIND, self.0.id)
    }

    /// The id in the realm's legacy API: a number within the realm, a UUID in SCHOLARSHIP.
    async fn legacy_id(&self) -> ID {
        match self.0.realm {
            Realm::Scholarship => ID(self.0.uuid.to_string()),
            Realm::TalentsMapping | Realm::Apextrack | Realm::Notary | Realm::Staff => ID(self.0.legacy_id.to_string()),
        }
    }

    /// The user base the account belongs to.
    async fn realm(&self) -> Realm {
        self.0.realm
    }

    /// What the user may do within the realm.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Full name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// E-mail address, as it was given; unique within the realm.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// User name (STAFF); unique within the realm.
    async fn username(&self) -> Option<&str> {
        self.0.username.as_deref()
    }

    /// Telephone number, as it was given.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Whether the account may be used; PENDING until the e-mail address is verified (APEXTRACK).
    async fn status(&self) -> Status {
        self.0.status
    }

    /// When the e-mail address was verified, UTC; null until then.
    async fn email_verified_at(&self) -> Option<DateTime<Utc>> {
        self.0.email_verified_at
    }

    /// The partner that a PARTNER is bound to; null for others.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Partner>> {
        let key = ById::<partner::Entity>::new(self.0.partner_id?);
        ctx.load(key).await.transpose().map(|row| row.map(Partner::from))
    }

    /// The id of the partner that a PARTNER is bound to, such as `partner_3`; null for others.
    async fn partner_id(&self) -> Option<ID> {
        self.0.partner_id.map(|id| global_id(crate::graphql::talents::partner::KIND, id))
    }

    /// Staff code, such as `USR00001` (STAFF).
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Code of the job position (STAFF); it grants nothing.
    async fn position_code(&self) -> Option<&str> {
        self.0.position_code.as_deref()
    }

    /// Postal address.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// When the account was made, UTC.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed, UTC.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// The caller.
#[derive(Default)]
pub struct UserQuery;

#[Object]
impl UserQuery {
    /// The user whose token was sent; null without a valid one.
    async fn me(&self, ctx: &Context<'_>) -> Option<User> {
        ctx.viewer().user().cloned().map(User)
    }
}
