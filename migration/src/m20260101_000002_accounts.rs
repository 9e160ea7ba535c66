//! Users, their tokens and codes, invitations, and the outbox.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, integer, string_len, string_len_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

use crate::table::{self, NewTable};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> Vec<NewTable> {
    vec![
        users(),
        realm_counters(),
        access_tokens(),
        jwt_sessions(),
        verification_codes(),
        sign_up_attempts(),
        invitations(),
        outbox_messages(),
    ]
}

const REALMS: &[&str] = &["talents_mapping", "apextrack", "notary", "scholarship", "staff"];
const ROLES: &[&str] = &["admin", "partner", "affiliate", "notary", "ppat", "customer", "applicant", "employee"];

fn users() -> NewTable {
    NewTable::new("users")
        .numbered()
        .column(string_len("uuid", 36))
        .word("realm", REALMS)
        .word("role", ROLES)
        .column(big_integer("legacy_id"))
        .column(string_len("name", 255))
        .column(string_len("email", 255))
        .column(string_len("email_key", 255))
        .column(string_len_null("username", 100))
        .column(string_len_null("username_key", 100))
        .column(string_len_null("phone", 32))
        .column(string_len_null("phone_key", 32))
        .column(string_len("password_hash", 255))
        .word("status", &["pending", "active", "suspended"])
        .column(big_integer_null("partner_id"))
        .column(string_len_null("code", 20))
        .column(string_len_null("position_code", 255))
        .column(text_null("address"))
        .column(timestamp_with_time_zone_null("email_verified_at"))
        .column(timestamp_with_time_zone_null("sessions_valid_from"))
        .timestamps()
        .refers("partner_id", "partners", "id")
        .check("partner", Expr::col("role").ne("partner").or(Expr::col("partner_id").is_not_null()))
        .unique(&["uuid"])
        .unique(&["realm", "email_key"])
        .unique(&["realm", "username_key"])
        .unique(&["realm", "phone_key"])
        .unique(&["realm", "legacy_id"])
        .unique(&["realm", "code"])
        .index(&["realm", "name"])
        .index(&["realm", "created_at"])
        .index(&["partner_id"])
}

fn realm_counters() -> NewTable {
    NewTable::new("realm_counters")
        .word("realm", REALMS)
        .column(string_len("name", 64))
        .column(big_integer("value"))
        .primary_key(&["realm", "name"])
}

fn access_tokens() -> NewTable {
    NewTable::new("access_tokens")
        .numbered()
        .column(big_integer("user_id"))
        .column(string_len("name", 255))
        .column(string_len("token_hash", 64))
        .column(text("abilities").default(r#"["*"]"#))
        .column(timestamp_with_time_zone_null("last_used_at"))
        .column(timestamp_with_time_zone_null("expires_at"))
        .timestamps()
        .belongs_to("user_id", "users", "id")
        .unique(&["token_hash"])
        .index(&["user_id"])
}

fn jwt_sessions() -> NewTable {
    NewTable::new("jwt_sessions")
        .uuid()
        .column(big_integer("user_id"))
        .column(string_len("current_jti", 36))
        .column(timestamp_with_time_zone("logged_in_at"))
        .column(timestamp_with_time_zone("refreshable_until"))
        .column(timestamp_with_time_zone_null("revoked_at"))
        .timestamps()
        .belongs_to("user_id", "users", "id")
        .unique(&["current_jti"])
        .index(&["user_id"])
        .index(&["refreshable_until"])
}

fn verification_codes() -> NewTable {
    NewTable::new("verification_codes")
        .numbered()
        .column(big_integer_null("user_id"))
        .word("purpose", &["email_verification", "password_reset"])
        .column(string_len("target", 255))
        .column(string_len("code_hash", 128))
        .column(integer("attempts").default(0))
        .column(integer("max_attempts"))
        .column(timestamp_with_time_zone("sent_at"))
        .column(timestamp_with_time_zone("expires_at"))
        .column(timestamp_with_time_zone_null("used_at"))
        .created()
        .belongs_to("user_id", "users", "id")
        .index(&["target", "purpose", "sent_at"])
        .index(&["user_id"])
}

fn sign_up_attempts() -> NewTable {
    NewTable::new("sign_up_attempts")
        .numbered()
        .word("realm", REALMS)
        .column(string_len("email", 255))
        .column(string_len("email_key", 255))
        .column(string_len("name", 255))
        .column(string_len_null("phone", 32))
        .column(string_len_null("phone_key", 32))
        .column(string_len("password_hash", 255))
        .column(string_len("code_hash", 128))
        .column(string_len("token_id", 36))
        .column(integer("attempts"))
        .column(timestamp_with_time_zone("sent_at"))
        .column(timestamp_with_time_zone("expires_at"))
        .word("status", &["pending", "confirmed", "cancelled", "replaced"])
        .column(big_integer_null("user_id"))
        .timestamps()
        .belongs_to("user_id", "users", "id")
        .unique(&["code_hash"])
        .unique(&["token_id"])
        .index(&["realm", "email_key", "status"])
}

fn invitations() -> NewTable {
    NewTable::new("invitations")
        .numbered()
        .word("realm", REALMS)
        .column(string_len("email", 255))
        .column(string_len("email_key", 255))
        .word("role", ROLES)
        .column(string_len("code_hash", 128))
        .column(big_integer("invited_by"))
        .column(integer("expires_in_minutes"))
        .column(timestamp_with_time_zone("expires_at"))
        .column(timestamp_with_time_zone_null("accepted_at"))
        .column(big_integer_null("accepted_by"))
        .column(timestamp_with_time_zone_null("revoked_at"))
        .timestamps()
        .refers("invited_by", "users", "id")
        .refers("accepted_by", "users", "id")
        .unique(&["code_hash"])
        .index(&["realm", "created_at"])
}

fn outbox_messages() -> NewTable {
    NewTable::new("outbox_messages")
        .numbered()
        .word("channel", &["email", "sms"])
        .column(string_len("recipient", 255))
        .column(string_len_null("subject", 255))
        .column(text_null("body"))
        .column(string_len_null("code", 64))
        .column(text_null("link"))
        .word("status", &["pending", "sent", "failed"])
        .column(integer("attempts"))
        .column(timestamp_with_time_zone("next_attempt_at"))
        .column(text_null("last_error"))
        .column(timestamp_with_time_zone_null("sent_at"))
        .timestamps()
        .index(&["status", "next_attempt_at"])
}
