//! Removes expired codes, attempts, tokens and messages.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use gerbang_platform::query::prune::remove;
use sea_orm::{ColumnTrait, ExprTrait};

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
    let (db, now) = (&domain.db, domain.clock.now());
    let counted = now - TimeDelta::days(CODE_DAYS);
    // Its last token may have been issued in the last moment and lives on without it; nobody is logged out by this.
    let ended = now - TimeDelta::seconds(domain.config.auth.access_ttl_seconds.into());
    let delivered = outbox::row::Column::Status
        .ne(outbox::row::Status::Pending)
        .and(outbox::row::Column::UpdatedAt.lt(now - TimeDelta::days(MESSAGE_DAYS)));
    Ok(remove::<verification::row::Entity>(
        db,
        verification::row::Column::Id,
        verification::row::Column::SentAt.lt(counted),
    )
    .await?
        + remove::<sign_up::row::Entity>(db, sign_up::row::Column::Id, sign_up::row::Column::SentAt.lt(counted))
            .await?
        + remove::<session::row::Entity>(
            db,
            session::row::Column::Id,
            session::row::Column::RefreshableUntil.lt(ended),
        )
        .await?
        + remove::<token::row::Entity>(db, token::row::Column::Id, token::row::Column::ExpiresAt.lt(now)).await?
        + remove::<outbox::row::Entity>(db, outbox::row::Column::Id, delivered).await?)
}
