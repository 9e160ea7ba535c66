//! Backing an embedded database up, and back.

use std::path::Path;

use gerbang_platform::{
    db::backup::{self, Restored},
    settings::FileStore,
};
use migration::Migrator;

use super::{print, with_database};
use crate::{app::StartError, cli};

/// Writes the database to a file while it is served.
pub async fn backup(file: Option<&Path>, arguments: &cli::Backup) -> Result<(), StartError> {
    let cli::Backup { file: backup, force } = arguments;
    let config = with_database(file)?;
    let bytes = backup::backup(config.database.url.expose(), backup, *force).await?;
    let uploads = match config.files.store {
        FileStore::Folder => format!("the folder {}", config.files.folder.display()),
        FileStore::S3 => format!("the bucket {}", config.files.s3.bucket),
    };
    let backup = backup.display();
    print(&format!("{backup} holds the database, {bytes} bytes.\nUploaded files are not in it: copy {uploads} now.\n"))
}

/// Puts a file that [`backup()`] wrote in the place of the database.
pub async fn restore(file: Option<&Path>, arguments: &cli::Restore) -> Result<(), StartError> {
    let config = with_database(file)?;
    let restored = backup::restore::<Migrator>(config.database.url.expose(), &arguments.file).await?;
    let Restored { former, pending } = restored;
    print(&format!("The database is as it was when {} was made.\n", arguments.file.display()))?;
    if let Some(former) = former {
        print(&format!("What it was before is kept as {}: remove it when it is needed no more.\n", former.display()))?;
    }
    if pending.is_empty() { Ok(()) } else { print("Its tables are of an older version: run `gerbang migrate`.\n") }
}
