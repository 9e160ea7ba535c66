//! A copy of an embedded database while it is served, and the way back.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::sqlx::{
    ConnectOptions, Connection, Error as SqlxError, SqliteConnection, query, query_scalar, sqlite::SqliteConnectOptions,
};
use sea_orm_migration::MigratorTrait;
use tempfile::{Builder, NamedTempFile};

use super::{database_url::is_embedded, migrate::Migrations};

/// How long a server that just ends is waited for.
const LAST_MOMENT: Duration = Duration::from_secs(2);
/// What stands beside the file of a database that is open.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a database could not be backed up or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is a server's.
    #[error(
        "this is for SQLite: back PostgreSQL up with `pg_dump --format custom` or by point-in-time recovery, and restore it with `pg_restore`"
    )]
    NotEmbedded,
    /// Something is where the backup should be.
    #[error("{} is there already: choose another name, or overwrite it with --force", .0.display())]
    Exists(PathBuf),
    /// The backup and the database are one file.
    #[error("{} is the database itself", .0.display())]
    Same(PathBuf),
    /// The name can't be handed to SQLite.
    #[error("{} is not UTF-8: choose another name", .0.display())]
    Name(PathBuf),
    /// A server has the database open.
    #[error("{} is in use: stop the server first", .0.display())]
    InUse(PathBuf),
    /// The backup is no whole database.
    #[error("{} is damaged or no backup: {problem}", .file.display())]
    Damaged {
        /// The backup.
        file: PathBuf,
        /// What SQLite says.
        problem: String,
    },
    /// The backup was made by a newer version.
    #[error("{} is of a newer version, which this one knows nothing of ({}): use that version", .file.display(), .unknown.join(", "))]
    Newer {
        /// The backup.
        file: PathBuf,
        /// The migrations that this version doesn't know.
        unknown: Vec<String>,
    },
    /// A file can't be read or written.
    #[error("{}: {cause}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The database can't be read.
    #[error("the database can't be used: {0}")]
    Database(#[from] SqlxError),
}

/// What a restored database is like.
#[derive(Debug)]
pub struct Restored {
    /// Where the database is that was there before.
    pub former: Option<PathBuf>,
    /// Migrations that the backup is too old to have.
    pub pending: Vec<String>,
}

/// Writes the database as it is at one moment to `file`, while others read and write it; says how many bytes that are.
///
/// The file is there as a whole or not at all, and only its owner may read it.
///
/// # Errors
/// When the file exists, unless it may be overwritten, or can't be written.
pub async fn backup(url: &str, file: &Path, overwrite: bool) -> Result<u64, BackupError> {
    let options = embedded(url)?;
    if is_same(options.get_filename(), file) {
        return Err(BackupError::Same(file.to_owned()));
    }
    if !overwrite && file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let copy = temporary(file)?;
    let path = copy.path().to_str().ok_or_else(|| BackupError::Name(file.to_owned()))?;
    let mut connection = options.create_if_missing(false).connect().await?;
    // The driver has no `sqlite3_backup`, which would begin anew whenever somebody writes. This reads one moment, while
    // others write to the log beside the database. It writes into a file that is there only if that is empty.
    query("VACUUM INTO ?").bind(path).execute(&mut connection).await?;
    connection.close().await?;
    let bytes = copy.as_file().sync_all().and_then(|()| copy.as_file().metadata()).map_err(at(file))?.len();
    if overwrite { copy.persist(file) } else { copy.persist_noclobber(file) }.map_err(|error| at(file)(error.error))?;
    sync_folder(file)?;
    Ok(bytes)
}

/// Puts a backup in the place of the database, which is kept under another name.
///
/// # Errors
/// When the backup is not whole or of a newer version, or a server has the database open; nothing has changed then.
pub async fn restore<M: MigratorTrait>(url: &str, file: &Path) -> Result<Restored, BackupError> {
    let options = embedded(url)?;
    let database = options.get_filename().to_owned();
    if is_same(&database, file) {
        return Err(BackupError::Same(database));
    }
    let mut source = File::open(file).map_err(at(file))?;
    let mut copy = temporary(&database)?;
    let copied = tokio::task::spawn_blocking(move || {
        io::copy(&mut source, &mut copy)?;
        copy.as_file().sync_all()?;
        Ok(copy)
    });
    let copy = copied.await.map_err(io::Error::other).flatten().map_err(at(&database))?;
    let Migrations { pending, unknown } = checked::<M>(copy.path(), file).await?;
    if !unknown.is_empty() {
        return Err(BackupError::Newer { file: file.to_owned(), unknown });
    }
    let is_there = database.try_exists().map_err(at(&database))?;
    let former = if is_there {
        close_for_good(options).await?;
        Some(set_aside(&database).map_err(at(&database))?)
    } else {
        None
    };
    copy.persist(&database).map_err(|error| at(&database)(error.error))?;
    sync_folder(&database)?;
    Ok(Restored { former, pending })
}

fn embedded(url: &str) -> Result<SqliteConnectOptions, BackupError> {
    if is_embedded(url) { Ok(url.parse()?) } else { Err(BackupError::NotEmbedded) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// An empty file in the folder of this one, which goes away by itself unless it is given its name.
fn temporary(file: &Path) -> Result<NamedTempFile, BackupError> {
    let folder = folder(file);
    Builder::new().prefix(".gerbang-").suffix(".unfinished").tempfile_in(folder).map_err(at(folder))
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name survives a power cut only with the folder that it stands in.
fn sync_folder(file: &Path) -> Result<(), BackupError> {
    let folder = folder(file);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn at(path: &Path) -> impl Fn(io::Error) -> BackupError {
    move |cause| BackupError::File { path: path.to_owned(), cause }
}

/// Reads the whole of a copy of `file`, and which migrations it has.
async fn checked<M: MigratorTrait>(copy: &Path, file: &Path) -> Result<Migrations, BackupError> {
    let damaged = |error: SqlxError| BackupError::Damaged { file: file.to_owned(), problem: error.to_string() };
    // Nobody else has it open, and nothing is to be made beside it.
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
    let mut connection: SqliteConnection = options.connect().await.map_err(damaged)?;
    let found: Vec<String> =
        query_scalar("PRAGMA integrity_check(5)").fetch_all(&mut connection).await.map_err(damaged)?;
    if found != ["ok"] {
        return Err(BackupError::Damaged { file: file.to_owned(), problem: found.join("; ") });
    }
    let applied =
        query_scalar("SELECT version FROM seaql_migrations").fetch_all(&mut connection).await.map_err(damaged)?;
    connection.close().await.map_err(damaged)?;
    Ok(Migrations::between::<M>(applied))
}

/// Moves everything into the one file, which nobody can while another has it open. What is damaged is left as it is.
async fn close_for_good(options: SqliteConnectOptions) -> Result<(), BackupError> {
    let in_use = BackupError::InUse(options.get_filename().to_owned());
    let options = options.create_if_missing(false).busy_timeout(LAST_MOMENT);
    let outcome = async {
        let mut connection = options.connect().await?;
        let mode = query_scalar::<_, String>("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok::<_, SqlxError>(mode)
    };
    match outcome.await {
        Ok(mode) if mode != "delete" => Err(in_use),
        Err(SqlxError::Database(error)) if error.message().contains("locked") => Err(in_use),
        _ => Ok(()),
    }
}

/// Gives the database another name, too, so that there is one at its own at any moment; what is left beside it goes along.
fn set_aside(database: &Path) -> io::Result<PathBuf> {
    let named = |end: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    for number in 1.. {
        let end = format!(".before-restore-{number}");
        match fs::hard_link(database, named(&end)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => {
                for beside in BESIDE {
                    match fs::rename(named(beside), named(&format!("{end}{beside}"))) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                        _ => {}
                    }
                }
                return Ok(named(&end));
            }
        }
    }
    unreachable!("a number is free")
}
