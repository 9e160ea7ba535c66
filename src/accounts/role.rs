//! What a user may do.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

/// What a user may do within their realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum Role {
    /// Administers the realm (in the STAFF realm: every realm).
    Admin,
    /// Sees the clients of the one partner they are bound to (`TALENTS_MAPPING`).
    Partner,
    /// Sees their own clicks and leads (`APEXTRACK`).
    Affiliate,
    /// Sees all orders of the office (`NOTARY`).
    Notary,
    /// A land deed officer; sees all orders of the office (`NOTARY`).
    Ppat,
    /// Orders services and sees their own orders (`NOTARY`).
    Customer,
    /// Keeps a profile, uploads files and applies (`SCHOLARSHIP`).
    Applicant,
    /// Sees all staff and may change other employees (`STAFF`).
    Employee,
}
