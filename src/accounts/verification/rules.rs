//! Verifying an e-mail address with the code in a mail.

use gerbang_kernel::{error::ErrorCode, identity::ClientInfo};
use sea_orm::DatabaseTransaction;

use super::codes::{self, Target};
use crate::{
    accounts::{
        access::AccessTransaction,
        user::{
            row::{Entity, Model, Status},
            rules::not_found,
        },
        verification::row::Purpose,
    },
    outbox::{self, message_templates},
    prelude::rules::*,
    quotas::Quota,
};

/// The code of a mail.
#[derive(Debug, InputObject)]
pub struct VerifyEmailInput {
    /// The six digits.
    pub code: String,
}

/// Proves that the caller's e-mail address is theirs.
///
/// # Errors
/// `UNAUTHENTICATED`, `ALREADY_CONFIRMED`, `INVALID_CODE` if it is wrong, used up or expired, `RATE_LIMITED` after too
/// many tries from where this one comes from.
pub async fn verify_email(
    domain: &Domain,
    viewer: &Viewer,
    client: &ClientInfo,
    VerifyEmailInput { code }: VerifyEmailInput,
) -> Result<Model> {
    let id = viewer.require_user()?.id;
    Quota::Verification.spend(domain, client).await?;
    let mut transaction = AccessTransaction::begin(domain).await?;
    let user = unverified(transaction.db(), id).await?;
    let owner = codes::redeem(domain, transaction.db(), &target(&user), &code).await?;
    if owner != Some(user.id) {
        transaction.commit().await?;
        return Err(Error::new(
            ErrorCode::InvalidCode,
            "The code is wrong, used up or expired. Ask for a new one with `resendVerification`.",
        ));
    }
    let user = mark_verified(domain, &mut transaction, user).await?;
    transaction.commit().await?;
    Ok(user)
}

/// Mails the caller a new code; older ones are dead.
///
/// # Errors
/// `UNAUTHENTICATED`, `ALREADY_CONFIRMED`, `RATE_LIMITED` within a minute of the last one, after five in a day, and after
/// too many requests from where this one comes from.
pub async fn resend_verification(domain: &Domain, viewer: &Viewer, client: &ClientInfo) -> Result<Model> {
    let now = domain.clock.now();
    let id = viewer.require_user()?.id;
    Quota::Verification.spend(domain, client).await?;
    let transaction = domain.db.begin().await?;
    let user = unverified(&transaction, id).await?;
    let code = codes::issue(domain, &transaction, &target(&user), Some(user.id)).await?;
    let message =
        message_templates::verification(&domain.config, user.realm, &user.name, &user.email, code, codes::MINUTES);
    outbox::rules::queue(&transaction, now, message).await?;
    transaction.commit().await?;
    domain.outbox.wake();
    Ok(user)
}

/// Notes that the user's address is proved to be theirs; an account that waited for it is active.
pub(crate) async fn mark_verified(domain: &Domain, transaction: &mut AccessTransaction, user: Model) -> Result<Model> {
    let now = domain.clock.now();
    let was_pending = user.status == Status::Pending;
    let mut row = user.into_active_model();
    row.email_verified_at = Set(Some(now.into()));
    if was_pending {
        row.status = Set(Status::Active);
    }
    Ok(transaction.update_user(row).await?)
}

/// The caller as they are now: the address may have changed since the request began.
async fn unverified(transaction: &DatabaseTransaction, id: i64) -> Result<Model> {
    let user = Entity::find_by_id(id).one(transaction).await?.ok_or_else(not_found)?;
    if user.email_verified_at.is_some() {
        return Err(Error::new(ErrorCode::AlreadyConfirmed, "This e-mail address is verified already."));
    }
    Ok(user)
}

fn target(user: &Model) -> Target {
    Target::new(Purpose::EmailVerification, user.realm, &user.email_key)
}
