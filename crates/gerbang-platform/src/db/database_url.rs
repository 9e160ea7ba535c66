//! Reading `[database] url`. It may hold a password, so nothing that is said of it shows it.

use std::{borrow::Cow, fs::OpenOptions, io};

use sea_orm::sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
use url::{Url, form_urlencoded};

/// What to do about a URL of a server that can't be read.
pub const UNREADABLE: &str = "it can't be read: write postgres://user:password@host/database, and in user and password \
    %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %";
const OTHER: &str = "it must begin with sqlite:// or postgres://, as in postgres://user:password@host/database";
const NO_FILE: &str = "it names no file: write sqlite:///path/to/gerbang.db";

/// The parameters that the driver of PostgreSQL reads. It tells the log about any other one, with its value.
const OF_SERVERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];
/// The parameters that the driver of SQLite reads.
const OF_FILES: &[&str] = &["cache", "immutable", "mode", "vfs"];

/// Why a URL can't be used, if it can't.
pub fn problem(url: &str) -> Option<Cow<'static, str>> {
    if !is_embedded(url) {
        return of_server(url).err();
    }
    if let Some(problem) = url.split_once('?').and_then(|(_, query)| unknown_parameter(query, OF_FILES)) {
        return Some(problem.into());
    }
    let readable = url.parse::<SqliteConnectOptions>().is_ok();
    (!readable || matches!(file(url), "" | ":memory:")).then_some(NO_FILE.into())
}

/// What to say of the first parameter that the driver doesn't know, if there is one. Its value may be a password.
fn unknown_parameter(query: &str, known: &[&str]) -> Option<String> {
    let is_known = |name: &str| known.contains(&name) || (known == OF_SERVERS && name.starts_with("options["));
    let (name, value) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !is_known(name))?;
    // What is no name may be the end of a password with a `?` or `&` in it.
    let is_name = !value.is_empty()
        && !query.contains('@')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let which = if is_name { format!("`{name}`") } else { "a parameter that is not shown".to_owned() };
    let known = known.join(", ");
    Some(format!("after `?` stands {which}, which is not known: use {known}, and in values %26 for &, %40 for @"))
}

/// Whether the database is a file.
pub fn is_embedded(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The file of an embedded database.
pub fn file(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default()
}

/// Makes the file of an embedded database, if there is none, so that only its owner may read it. What SQLite puts beside it
/// has the same permissions.
///
/// # Errors
/// When it can't be made. What is wrong with the URL is for who connects to say.
pub fn keep_private(url: &str) -> io::Result<()> {
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    let Ok(options) = url.parse::<SqliteConnectOptions>() else { return Ok(()) };
    match new.open(options.get_filename()) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The URL of a server in the one of PostgreSQL's two spellings that libraries know.
///
/// # Errors
/// When it can't be read.
pub fn of_server(url: &str) -> Result<String, Cow<'static, str>> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")).ok_or(OTHER)?;
    let url = format!("postgres://{rest}");
    let parsed = Url::parse(&url).map_err(|_| UNREADABLE)?;
    // Before the driver reads it, which tells the log what it doesn't know.
    if let Some(problem) = parsed.query().and_then(|query| unknown_parameter(query, OF_SERVERS)) {
        return Err(problem.into());
    }
    let has_host = parsed.has_host() || parsed.query_pairs().any(|(key, _)| key == "host");
    if has_host && url.parse::<PgConnectOptions>().is_ok() { Ok(url) } else { Err(UNREADABLE.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "postgres://u@host/db?pasword=hunter2",
            "postgres://u@host/db?sslpassword=hunter2",
            "postgres://u@host/db?password=a&hunter2",
            "postgres://u:1?hunter2=b@host/db",
            "sqlite:///gerbang.db?pasword=hunter2",
        ] {
            let problem = problem(url).unwrap_or_else(|| panic!("{url} can be read"));
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_parameter_that_the_driver_does_not_know_is_named_beside_those_it_knows() {
        for (url, name, known) in [
            ("postgres://u@host/db?pasword=hunter2", "`pasword`", "password"),
            ("postgres://u@host/db?sslmode=require&sslpassword=hunter2", "`sslpassword`", "sslmode"),
            ("sqlite:///gerbang.db?mod=rwc", "`mod`", "mode"),
        ] {
            let problem = problem(url).unwrap_or_else(|| panic!("{url} is taken"));
            assert!(problem.contains(name) && problem.contains(known), "{problem}");
        }
        for parameter in OF_SERVERS {
            assert_eq!(unknown_parameter(&format!("{parameter}=1"), OF_SERVERS), None);
        }
        assert_eq!(unknown_parameter("options[search_path]=a", OF_SERVERS), None);
    }
}
