//! What a failure of the database means for whoever asked.

use std::sync::Arc;

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{Error as SqlxError, error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError},
};

use super::{code::ErrorCode, failure::Error};

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error {
            // A pool that stays exhausted is load, not a bug; nor is a database that is away.
            error if is_exhausted(&error) || is_connection_failure(&error) => {
                Self { cause: Some(Arc::new(error)), ..Self::unavailable(1) }
            }
            other if refuses_value(&other) => {
                // Rules should have found it first, so it is worth a look; but trying again would not help the caller.
                tracing::warn!(cause = %other, "the database refused a value");
                let message = "A value can't be stored as it is: it is too long or too large, or of another form than its field takes.";
                Self { cause: Some(Arc::new(other)), ..Self::new(ErrorCode::BadRequest, message) }
            }
            other => Self::internal(other),
        }
    }
}

/// Whether the database could not be reached, or was lost on the way: the same again may succeed when it is back.
pub fn is_connection_failure(error: &DbErr) -> bool {
    if matches!(error, DbErr::Conn(_)) {
        return true;
    }
    match sqlx_error(error) {
        Some(SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::WorkerCrashed | SqlxError::BeginFailed) => true,
        // Class 08: the connection; 57P01 to 57P05: PostgreSQL shuts down, has crashed, starts, or has dropped a database or
        // an idle session; 25006: what was the primary server has become a replica, which takes no writes.
        Some(SqlxError::Database(error)) => error.code().is_some_and(|code| {
            code.starts_with("08") && code.len() == 5 || code.starts_with("57P") || code == "25006"
        }),
        _ => false,
    }
}

/// Whether another process keeps an SQLite file locked.
pub fn is_busy(error: &DbErr) -> bool {
    // SQLITE_BUSY and SQLITE_LOCKED, and what the higher bits say about the reason.
    let is_busy = |code: &str| code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    let Some(SqlxError::Database(error)) = sqlx_error(error) else { return false };
    error.try_downcast_ref::<SqliteError>().is_some() && error.code().is_some_and(|code| is_busy(&code))
}

/// Whether PostgreSQL gave up a statement for what another transaction did, or for what a standby had to repeat.
pub fn is_serialization_failure(error: &DbErr) -> bool {
    let Some(SqlxError::Database(error)) = sqlx_error(error) else { return false };
    error.code().is_some_and(|code| code == "40001")
}

/// Whether PostgreSQL gave up waiting for a lock (`lock_timeout`), or two transactions waited for each other.
pub fn is_lock_refused(error: &DbErr) -> bool {
    let Some(SqlxError::Database(error)) = sqlx_error(error) else { return false };
    error.code().is_some_and(|code| matches!(&*code, "55P03" | "40P01"))
}

/// Whether a resource of the database's stays taken: connections of the pool or of the server, the lock of a file.
fn is_exhausted(error: &DbErr) -> bool {
    let is_full = |error: &SqlxError| {
        let code = error.as_database_error().and_then(DatabaseError::code);
        code.as_deref() == Some("53300")
    };
    matches!(error, DbErr::ConnectionAcquire(_)) || is_busy(error) || sqlx_error(error).is_some_and(is_full)
}

/// What the driver said.
fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

/// Whether the database refused a value as such: its characters, form, length or range, or what a constraint allows.
///
/// Of PostgreSQL all of class 22 (data exception), a missing value, a violated check, and one too long for an index; of
/// SQLite what comes nearest, since it stores most of the rest.
fn refuses_value(error: &DbErr) -> bool {
    let Some(cause) = sqlx_error(error).and_then(SqlxError::as_database_error) else { return false };
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<PgDatabaseError>().is_some() {
        return code.starts_with("22") || matches!(&*code, "23502" | "23514" | "54000");
    }
    // SQLITE_TOOBIG, SQLITE_MISMATCH; SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_NOTNULL, SQLITE_CONSTRAINT_DATATYPE
    matches!(&*code, "18" | "20" | "275" | "1299" | "3091")
}
