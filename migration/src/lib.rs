//! The tables of gerbang: one file per change, each with its way back.
//!
//! Tables are made for SQLite and PostgreSQL alike. To change one, add a file here and to the list in
//! [`Migrator`]; a file that was ever released is not edited again.

use sea_orm_migration::{MigrationTrait, async_trait::async_trait};

mod collation;
mod dictionary;
mod indexes;
mod table;

mod m20260101_000001_talents;
mod m20260101_000002_accounts;
mod m20260101_000003_tracking;
mod m20260101_000004_notary;
mod m20260101_000005_scholarship;
mod m20260101_000006_notifications;
mod m20260101_000007_payments;
mod m20260101_000008_content;
mod m20260101_000009_operations;
mod m20260101_000010_legacy_usage;
mod m20260101_000011_click_upkeep;
mod m20260101_000012_order_ids;
mod m20260101_000013_list_indexes;
mod m20260101_000014_event_realms;
mod m20260101_000015_row_counts;
mod m20260101_000016_search;
mod m20260101_000017_token_exchanges;
mod m20260101_000018_time_ranges;
mod m20260101_000019_payers;
mod m20260101_000020_announced_ends;
mod m20260101_000021_mail_html;
mod m20260101_000022_audit;
mod m20260101_000023_text_collation;
mod m20260101_000024_click_partitions;
mod m20260101_000025_counts_by_key;
mod m20260101_000026_lists_by_word;

pub use sea_orm_migration::MigratorTrait;

/// Brings a database up to date, or back.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260101_000001_talents::Migration),
            Box::new(m20260101_000002_accounts::Migration),
            Box::new(m20260101_000003_tracking::Migration),
            Box::new(m20260101_000004_notary::Migration),
            Box::new(m20260101_000005_scholarship::Migration),
            Box::new(m20260101_000006_notifications::Migration),
            Box::new(m20260101_000007_payments::Migration),
            Box::new(m20260101_000008_content::Migration),
            Box::new(m20260101_000009_operations::Migration),
            Box::new(m20260101_000010_legacy_usage::Migration),
            Box::new(m20260101_000011_click_upkeep::Migration),
            Box::new(m20260101_000012_order_ids::Migration),
            Box::new(m20260101_000013_list_indexes::Migration),
            Box::new(m20260101_000014_event_realms::Migration),
            Box::new(m20260101_000015_row_counts::Migration),
            Box::new(m20260101_000016_search::Migration),
            Box::new(m20260101_000017_token_exchanges::Migration),
            Box::new(m20260101_000018_time_ranges::Migration),
            Box::new(m20260101_000019_payers::Migration),
            Box::new(m20260101_000020_announced_ends::Migration),
            Box::new(m20260101_000021_mail_html::Migration),
            Box::new(m20260101_000022_audit::Migration),
            Box::new(m20260101_000023_text_collation::Migration),
            Box::new(m20260101_000024_click_partitions::Migration),
            Box::new(m20260101_000025_counts_by_key::Migration),
            Box::new(m20260101_000026_lists_by_word::Migration),
        ]
    }
}
