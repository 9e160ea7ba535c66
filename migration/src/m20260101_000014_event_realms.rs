//! Whose admins see a payment notification, beside it: found by way of its payment, a page of them would cost all that the
//! realm ever received. One that is about no payment is Talents Mapping's, whose API receives them.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, schema::string_len};

const TABLE: &str = "webhook_events";
const REALMS: [&str; 5] = ["talents_mapping", "apextrack", "notary", "scholarship", "staff"];
const INDEX: &str = "ix_webhook_events_realm_id";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let known = ("ck_webhook_events_realm", Expr::col("realm").is_in(REALMS));
        let column = string_len("realm", 32).default(REALMS[0]).check(known).take();
        manager.alter_table(Table::alter().table(TABLE).add_column(column).take()).await?;
        let of_payment = "UPDATE webhook_events SET realm = \
            (SELECT payment_orders.realm FROM payment_orders WHERE payment_orders.id = webhook_events.payment_id) \
            WHERE payment_id IS NOT NULL";
        manager.get_connection().execute_unprepared(of_payment).await?;
        manager.create_index(Index::create().name(INDEX).table(TABLE).col("realm").col("id").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table(TABLE).to_owned()).await?;
        manager.alter_table(Table::alter().table(TABLE).drop_column("realm").take()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
