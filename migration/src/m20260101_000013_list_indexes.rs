//! An index for every order that lists are shown in, of everybody's rows and of one owner's. Ties are broken by the key, so
//! each ends with it; those that did not make room.
//!
//! The clicks' stay as they are: no two of an affiliate's come at the same microsecond often, and each click writes them all.

use async_trait::async_trait;
use sea_orm_migration::prelude::*;

use crate::indexes::{Columns, replace};

const ADDED: &[Columns] = &[
    ("partners", &["name", "id"]),
    ("partners", &["created_at", "id"]),
    ("users", &["name", "id"]),
    ("users", &["username_key", "id"]),
    ("users", &["email_key", "id"]),
    ("users", &["code", "id"]),
    ("users", &["created_at", "id"]),
    ("users", &["realm", "id"]),
    ("users", &["realm", "name", "id"]),
    ("users", &["realm", "created_at", "id"]),
    ("invitations", &["email_key", "id"]),
    ("invitations", &["expires_at", "id"]),
    ("invitations", &["realm", "id"]),
    ("invitations", &["realm", "email_key", "id"]),
    ("invitations", &["realm", "expires_at", "id"]),
    ("clients", &["name", "id"]),
    ("clients", &["email", "id"]),
    ("clients", &["created_at", "id"]),
    ("clients", &["updated_at", "id"]),
    ("clients", &["partner_id", "name", "id"]),
    ("clients", &["partner_id", "email", "id"]),
    ("clients", &["partner_id", "created_at", "id"]),
    ("clients", &["partner_id", "updated_at", "id"]),
    ("orders", &["total", "id"]),
    ("orders", &["updated_at", "id"]),
    ("orders", &["service_id", "id"]),
    ("orders", &["customer_id", "id"]),
    ("orders", &["customer_id", "total", "id"]),
    ("orders", &["customer_id", "updated_at", "id"]),
    ("applicants", &["created_at", "id"]),
    ("applicants", &["updated_at", "id"]),
    ("applicants", &["parents_income", "id"]),
    ("documents", &["created_at", "id"]),
    ("documents", &["applicant_id", "created_at", "id"]),
    ("additional_uploads", &["created_at", "id"]),
    ("additional_uploads", &["applicant_id", "created_at", "id"]),
    ("scholarship_applications", &["created_at", "id"]),
    ("scholarship_applications", &["updated_at", "id"]),
    ("notifications", &["user_id", "created_at", "id"]),
    ("payment_orders", &["realm", "id"]),
    ("offers", &["name", "id"]),
    ("offers", &["payout_micros", "id"]),
    ("sub_ids", &["affiliate_id", "id"]),
    ("leads", &["created_at", "id"]),
    ("leads", &["affiliate_id", "created_at", "id"]),
    ("client_errors", &["level", "id"]),
    ("legacy_usage", &["updated_at", "id"]),
    ("legacy_usage", &["requests", "id"]),
    ("legacy_usage", &["operation", "id"]),
    ("legacy_usage", &["realm", "updated_at", "id"]),
    ("legacy_usage", &["realm", "requests", "id"]),
    ("legacy_usage", &["realm", "operation", "id"]),
];

/// Those that one of the others can do as well.
const REPLACED: &[Columns] = &[
    ("partners", &["name"]),
    ("users", &["realm", "name"]),
    ("users", &["realm", "created_at"]),
    ("clients", &["name"]),
    ("clients", &["email"]),
    ("orders", &["service_id"]),
    ("orders", &["customer_id", "created_at"]),
    ("documents", &["applicant_id", "created_at"]),
    ("additional_uploads", &["applicant_id", "created_at"]),
    ("notifications", &["user_id", "created_at"]),
    ("sub_ids", &["affiliate_id"]),
    ("leads", &["created_at"]),
    ("leads", &["affiliate_id", "created_at"]),
    ("legacy_usage", &["updated_at"]),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, REPLACED, ADDED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, ADDED, REPLACED).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
