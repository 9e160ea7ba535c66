//! Folders and files: whether they can be read or written, found out before anybody waits for them.

use std::{fs, io, path::Path};

use gerbang_platform::{
    db::database_url,
    settings::{FileStore, MailTransport, SmsTransport},
};
use tempfile::NamedTempFile;

use super::super::{Config, problems::Findings};

/// Checks every path that the settings use.
pub(super) fn check(config: &Config, findings: &mut Findings) {
    let Config { mail, sms, outbox, files, tracking, reports, .. } = config;
    let messages = mail.transport == MailTransport::File || sms.transport == SmsTransport::File;
    let written = [
        ("outbox.folder", messages, &outbox.folder),
        ("files.folder", files.store == FileStore::Folder, &files.folder),
        ("reports.cache_folder", reports.cache_bytes > 0, &reports.cache_folder),
    ];
    for (key, is_used, folder) in written {
        if is_used && let Err(error) = try_writing(folder) {
            let remedy = "name a folder that the program may write to, or give it the right to";
            findings.refuse_value(key, quoted(folder), format!("{error}; {remedy}"));
        }
    }
    if !reports.templates.as_os_str().is_empty()
        && let Err(error) = fs::read_dir(&reports.templates)
    {
        let remedy = "name a folder of templates, or \"\" for those of the program";
        findings.refuse_value("reports.templates", quoted(&reports.templates), format!("{error}; {remedy}"));
    }
    if !tracking.geoip_file.as_os_str().is_empty()
        && let Err(error) = fs::File::open(&tracking.geoip_file)
    {
        let remedy = "name a file of MaxMind's format, or \"\" for none";
        findings.refuse_value("tracking.geoip_file", quoted(&tracking.geoip_file), format!("{error}; {remedy}"));
    }
}

fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display())
}

/// Makes the folder if it isn't there, for its owner alone, and a file in it that is gone again.
fn try_writing(folder: &Path) -> io::Result<()> {
    let mut new = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut new, 0o700);
    new.recursive(true).create(folder)?;
    NamedTempFile::new_in(folder).map(drop)
}

/// Checks where the database is read from besides.
fn check_replica(config: &Config, findings: &mut Findings) {
    const KEY: &str = "database.read_url";
    let (url, read_url) = (config.database.url.expose(), config.database.read_url.expose());
    if read_url.is_empty() {
        return;
    }
    if database_url::is_embedded(url) || database_url::is_embedded(read_url) {
        return findings.refuse(KEY, "only PostgreSQL has standbys; leave it empty with SQLite");
    }
    if let Some(problem) = database_url::problem(read_url) {
        findings.refuse(KEY, problem);
    }
}

/// Checks where the database is, and makes the folder of an embedded one.
pub(super) fn check_database(config: &Config, findings: &mut Findings) {
    const KEY: &str = "database.url";
    let url = config.database.url.expose();
    if let Some(problem) = database_url::problem(url) {
        return findings.refuse(KEY, problem);
    }
    check_replica(config, findings);
    if !database_url::is_embedded(url) {
        return;
    }
    let folder = Path::new(database_url::file(url)).parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if let Err(error) = try_writing(folder) {
        let remedy = "name a file in a folder that the program may write to";
        findings.refuse(KEY, format!("{} can't be written to: {error}; {remedy}", folder.display()));
    }
}
