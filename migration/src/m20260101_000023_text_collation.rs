//! Texts on PostgreSQL are compared by their bytes, as new tables' are from the start. Indexes of texts are built again,
//! which takes PostgreSQL some seconds for each million of rows.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::collation::{Collation, set};

/// The tables of the migrations before.
const TABLES: &[&str] = &[
    "access_tokens",
    "additional_uploads",
    "announced_ends",
    "applicants",
    "assessment_results",
    "assessment_scores",
    "click_retention",
    "click_summaries",
    "clicks",
    "client_errors",
    "clients",
    "clusters",
    "documents",
    "faqs",
    "invitations",
    "jwt_sessions",
    "leads",
    "legacy_usage",
    "networks",
    "notifications",
    "offers",
    "orders",
    "outbox_messages",
    "partners",
    "payment_orders",
    "realm_counters",
    "row_counts",
    "scholarship_applications",
    "scholarship_periods",
    "services",
    "settings",
    "sign_up_attempts",
    "sub_ids",
    "testimonials",
    "typologies",
    "upload_types",
    "users",
    "verification_codes",
    "webhook_events",
];

/// What a front end reports with an error keeps the order of its members; SQLite has texts there anyway.
async fn context_is(manager: &SchemaManager<'_>, ty: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let sql = format!("ALTER TABLE client_errors ALTER COLUMN context TYPE {ty} USING context::{ty}");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        context_is(manager, "text").await?;
        set(manager, TABLES, Collation::Bytes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        set(manager, TABLES, Collation::Language).await?;
        context_is(manager, "jsonb").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
