//! Which constraint a statement violated, in the same words on both databases.
//!
//! Races are decided by constraints: insert, and map the violated one to the error of a field. SQLite
//! reports columns where PostgreSQL reports a name; constraints are named after table and columns
//! (`uq_users_realm_email_key`), so that one can be told from the other.

use gerbang_kernel::error::{Error, Rule};
use sea_orm::{DbErr, RuntimeErr, sqlx};

gerbang_kernel::custom_rule! {
    /// Rows that others refer to stay.
    IN_USE: "Other records still refer to it.", "Masih digunakan oleh data lain."
}

/// A violated constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violated {
    /// A row with these values exists. The name is `uq_<table>_<columns>`, or `pk_<table>` for a primary key.
    Unique(String),
    /// The row referred to does not exist, or rows still refer to the one to be deleted (SQLite names no constraint).
    ForeignKey,
    /// A value is not allowed. The name is `ck_<table>_<what>`.
    Check(String),
}

impl Violated {
    /// Whether this is the unique constraint with that name.
    pub fn is_unique(&self, name: &str) -> bool {
        matches!(self, Self::Unique(violated) if violated == name)
    }
}

/// The constraint that `error` is about, if it is about one.
pub fn violated(error: &DbErr) -> Option<Violated> {
    let (DbErr::Exec(cause) | DbErr::Query(cause)) = error else { return None };
    let RuntimeErr::SqlxError(cause) = cause else { return None };
    let cause = cause.as_database_error()?;
    match cause.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        Some(cause) => postgres(cause.code(), cause.constraint()),
        None => sqlite(&cause.code().unwrap_or_default(), cause.message()),
    }
}

/// The failure of a deletion: `VALIDATION_FAILED` (`IN_USE`) at `path` while other rows refer to the row.
pub fn in_use(error: DbErr, path: &'static str) -> Error {
    match violated(&error) {
        Some(Violated::ForeignKey) => Error::violation(path, IN_USE),
        _ => error.into(),
    }
}

/// The failure of an insert or update: `VALIDATION_FAILED` (`TAKEN`) at the path that stands beside the violated
/// unique constraint, (`EXISTS`) at the path beside `"fk"` for a reference to a missing row.
pub fn taken(error: DbErr, paths: &[(&str, &'static str)]) -> Error {
    let path = |wanted: &str| paths.iter().find(|(name, _)| *name == wanted).map(|(_, path)| *path);
    let violation = match violated(&error) {
        Some(Violated::Unique(name)) => path(&name).map(|path| Error::violation(path, Rule::Taken)),
        Some(Violated::ForeignKey) => path("fk").map(|path| Error::violation(path, Rule::Exists)),
        Some(Violated::Check(_)) | None => None,
    };
    violation.unwrap_or_else(|| error.into())
}

fn postgres(code: &str, constraint: Option<&str>) -> Option<Violated> {
    let name = constraint.unwrap_or_default();
    match code {
        "23505" => Some(Violated::Unique(
            name.strip_suffix("_pkey").map_or_else(|| name.to_owned(), |table| format!("pk_{table}")),
        )),
        // The second is `ON DELETE RESTRICT` from PostgreSQL 18 on.
        "23503" | "23001" => Some(Violated::ForeignKey),
        "23514" => Some(Violated::Check(name.to_owned())),
        _ => None,
    }
}

fn sqlite(code: &str, message: &str) -> Option<Violated> {
    let (kind, subject) =
        message.split_once(" constraint failed").map(|(kind, rest)| (kind, rest.trim_start_matches(": ")))?;
    match kind {
        "UNIQUE" => Some(Violated::Unique(unique_name(code == PRIMARY_KEY, subject))),
        "FOREIGN KEY" => Some(Violated::ForeignKey),
        "CHECK" => Some(Violated::Check(subject.to_owned())),
        _ => None,
    }
}

/// `SQLITE_CONSTRAINT_PRIMARYKEY`
const PRIMARY_KEY: &str = "1555";

/// The name for `users.realm, users.email_key`.
fn unique_name(primary_key: bool, columns: &str) -> String {
    let mut columns = columns.split(", ").filter_map(|column| column.split_once('.'));
    let (table, first) = columns.next().unwrap_or_default();
    if primary_key {
        return format!("pk_{table}");
    }
    columns.fold(format!("uq_{table}_{first}"), |name, (_, column)| format!("{name}_{column}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(name: &str) -> Violated {
        Violated::Unique(name.to_owned())
    }

    #[test]
    fn both_databases_name_constraints_alike() {
        let email_key = Some(unique("uq_users_realm_email_key"));
        assert_eq!(sqlite("2067", "UNIQUE constraint failed: users.realm, users.email_key"), email_key);
        assert_eq!(postgres("23505", Some("uq_users_realm_email_key")), email_key);

        let primary_key = Some(unique("pk_services"));
        assert_eq!(sqlite("1555", "UNIQUE constraint failed: services.id"), primary_key);
        assert_eq!(postgres("23505", Some("services_pkey")), primary_key);

        let check = Some(Violated::Check("ck_users_role".to_owned()));
        assert_eq!(sqlite("275", "CHECK constraint failed: ck_users_role"), check);
        assert_eq!(postgres("23514", Some("ck_users_role")), check);

        assert_eq!(sqlite("1811", "FOREIGN KEY constraint failed"), Some(Violated::ForeignKey));
        assert_eq!(postgres("23503", Some("fk_orders_service_id")), Some(Violated::ForeignKey));
    }

    #[test]
    fn other_errors_name_no_constraint() {
        assert_eq!(sqlite("5", "database is locked"), None);
        assert_eq!(sqlite("1299", "NOT NULL constraint failed: users.name"), None);
        assert_eq!(postgres("40001", None), None);
        assert_eq!(violated(&DbErr::RecordNotUpdated), None);
    }
}
