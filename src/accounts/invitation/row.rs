//! Invitations by mail to join a realm with a role. Each can be accepted once.

use crate::{accounts::Role, prelude::row::*};

/// An invitation to join a realm with a role.
#[row(table = "invitations", object = "Invitation")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The user base that the guest will belong to.
    pub realm: Realm,
    /// The guest's e-mail address.
    pub email: String,
    /// The address in lower case.
    #[graphql(skip)]
    pub email_key: String,
    /// The role that the guest will have.
    pub role: Role,
    /// Hash of the code in the mailed link.
    #[graphql(skip)]
    pub code_hash: String,
    /// The admin who invited.
    #[graphql(skip)]
    pub invited_by: i64,
    /// Minutes that it was given to live.
    pub expires_in_minutes: i32,
    /// When it dies, UTC.
    pub expires_at: Timestamp,
    /// When it was accepted, UTC; null if it was not.
    pub accepted_at: Option<Timestamp>,
    /// The user it became.
    #[graphql(skip)]
    pub accepted_by: Option<i64>,
    /// When it was taken back, UTC; null if it was not.
    pub revoked_at: Option<Timestamp>,
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// When the row was last changed.
    #[graphql(skip)]
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// Those of the realm for its admins, all for gateway admins.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins(viewer, Column::Realm)
    }
}
