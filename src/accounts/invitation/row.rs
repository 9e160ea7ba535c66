//! Invitations by mail to join a realm with a role. Each can be accepted once.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::{Realm, Role},
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `invitations`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Where the guest will belong.
    pub realm: Realm,
    /// The invited e-mail address.
    pub email: String,
    /// The address in lower case.
    pub email_key: String,
    /// The role the guest will have.
    pub role: Role,
    /// Hash of the code in the mailed link.
    pub code_hash: String,
    /// The admin who invited.
    pub invited_by: i64,
    /// Minutes it was given to live.
    pub expires_in_minutes: i32,
    /// When it dies.
    pub expires_at: DateTimeUtc,
    /// When it was accepted.
    pub accepted_at: Option<DateTimeUtc>,
    /// The user it became.
    pub accepted_by: Option<i64>,
    /// When an admin took it back.
    pub revoked_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The admin who invited.
    #[sea_orm(
        belongs_to = "crate::accounts::user::row::Entity",
        from = "Column::InvitedBy",
        to = "crate::accounts::user::row::Column::Id"
    )]
    Inviter,
    /// The user it became.
    #[sea_orm(
        belongs_to = "crate::accounts::user::row::Entity",
        from = "Column::AcceptedBy",
        to = "crate::accounts::user::row::Column::Id"
    )]
    Guest,
}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// Those of the realm for its admins, all for gateway admins.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admins(viewer, Column::Realm))
    }
}
