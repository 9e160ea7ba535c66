//! Removes expired codes, attempts, tokens and messages.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    accounts::{session, sign_up, token, verification},
    domain::Domain,
    outbox,
};

/// Days that codes and attempts are kept: a day longer than they are counted.
const CODE_DAYS: i64 = 2;
/// Days that delivered messages are kept, without their texts.
const MESSAGE_DAYS: i64 = 30;

/// Removes dead codes, attempts, sessions and tokens, and old messages; says how many rows. For the worker.
pub async fn prune(domain: &Domain) -> Result<u64> {
    let db = domain.db.write();
    let now = domain.clock.now();
    let counted = now - TimeDelta::days(CODE_DAYS);
    let codes = verification::row::Entity::delete_many().filter(verification::row::Column::SentAt.lt(counted));
    let attempts = sign_up::row::Entity::delete_many().filter(sign_up::row::Column::SentAt.lt(counted));
    // Its last token may have been issued in the last moment and lives on without it; nobody is logged out by this.
    let last_token = TimeDelta::seconds(domain.config.auth.access_ttl_seconds.into());
    let sessions =
        session::row::Entity::delete_many().filter(session::row::Column::RefreshableUntil.lt(now - last_token));
    let tokens = token::row::Entity::delete_many().filter(token::row::Column::ExpiresAt.lt(now));
    let messages = outbox::row::Entity::delete_many()
        .filter(outbox::row::Column::Status.ne(outbox::row::Status::Pending))
        .filter(outbox::row::Column::UpdatedAt.lt(now - TimeDelta::days(MESSAGE_DAYS)));
    Ok(codes.exec(db).await?.rows_affected
        + attempts.exec(db).await?.rows_affected
        + sessions.exec(db).await?.rows_affected
        + tokens.exec(db).await?.rows_affected
        + messages.exec(db).await?.rows_affected)
}
