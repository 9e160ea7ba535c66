//! What accounts leave behind that nobody needs any more.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    domain::Domain,
    entity::accounts::{access_token, jwt_session, outbox_message, sign_up_attempt, verification_code},
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
    let codes = verification_code::Entity::delete_many().filter(verification_code::Column::SentAt.lt(counted));
    let attempts = sign_up_attempt::Entity::delete_many().filter(sign_up_attempt::Column::SentAt.lt(counted));
    // Its last token may have been issued in the last moment and lives on without it; nobody is logged out by this.
    let last_token = TimeDelta::seconds(domain.config.auth.access_ttl_seconds.into());
    let sessions =
        jwt_session::Entity::delete_many().filter(jwt_session::Column::RefreshableUntil.lt(now - last_token));
    let tokens = access_token::Entity::delete_many().filter(access_token::Column::ExpiresAt.lt(now));
    let messages = outbox_message::Entity::delete_many()
        .filter(outbox_message::Column::Status.ne(outbox_message::Status::Pending))
        .filter(outbox_message::Column::UpdatedAt.lt(now - TimeDelta::days(MESSAGE_DAYS)));
    Ok(codes.exec(db).await?.rows_affected
        + attempts.exec(db).await?.rows_affected
        + sessions.exec(db).await?.rows_affected
        + tokens.exec(db).await?.rows_affected
        + messages.exec(db).await?.rows_affected)
}
