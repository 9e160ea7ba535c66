//! Reading `[database] url`. It may hold a password, so nothing that is said of it shows it.

use sea_orm::sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
use url::Url;

/// What to do about a URL of a server that can't be read.
pub const UNREADABLE: &str = "it can't be read: write postgres://user:password@host/database, and in user and password \
    %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %";
const OTHER: &str = "it must begin with sqlite:// or postgres://, as in postgres://user:password@host/database";
const NO_FILE: &str = "it names no file: write sqlite:///path/to/gerbang.db";

/// Why a URL can't be used, if it can't.
pub fn problem(url: &str) -> Option<&'static str> {
    if !is_embedded(url) {
        return of_server(url).err();
    }
    let readable = url.parse::<SqliteConnectOptions>().is_ok();
    (!readable || matches!(file(url), "" | ":memory:")).then_some(NO_FILE)
}

/// Whether the database is a file.
pub fn is_embedded(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The file of an embedded database.
pub(super) fn file(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default()
}

/// The URL of a server in the one of PostgreSQL's two spellings that libraries know.
///
/// # Errors
/// When it can't be read.
pub fn of_server(url: &str) -> Result<String, &'static str> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")).ok_or(OTHER)?;
    let url = format!("postgres://{rest}");
    let has_host = Url::parse(&url).is_ok_and(|url| url.has_host() || url.query_pairs().any(|(key, _)| key == "host"));
    if has_host && url.parse::<PgConnectOptions>().is_ok() { Ok(url) } else { Err(UNREADABLE) }
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn a_url_that_can_be_read_has_no_problem() {
        for url in [
            "sqlite://data/gerbang.db",
            "sqlite:///var/lib/gerbang.db?mode=rwc",
            "postgres://gerbang@127.0.0.1:5432/gerbang",
            "postgresql://gerbang:p%40ss%23@db.internal/gerbang?sslmode=require",
            "postgres:///gerbang?host=/var/run/postgresql",
        ] {
            assert_eq!(problem(url), None, "{url}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_read_is_not_shown() {
        for url in [
            "",
            "sqlite:",
            "sqlite::memory:",
            "mysql://u:hunter2@host/db",
            "u:hunter2@host/db",
            "postgres://u:hunter2@host:port/db",
            "postgres://u:hunter2#x@host/db",
            "postgres://u:hunter2/x@host/db",
            "postgres://u:hunter2@/db",
            "postgres://u:hunter2@host/db?sslmode=hunter2",
        ] {
            let problem = problem(url).unwrap_or_else(|| panic!("{url} can be read"));
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
