//! The settings: what is wrong with them is said before anything is served, all of it at once, and nothing secret with it.

mod commands;
mod mistakes;
mod secrets;

use std::{ffi::OsString, fs, path::Path};

use gerbang::config::{Config, ConfigError, LoadedConfig};
use serde_json::json;

/// Settings with which a server works, as a file whose folders are below `folder`.
fn good(folder: &Path) -> String {
    let [outbox, files, reports] = ["outbox", "files", "reports"].map(|name| json!(folder.join(name)));
    let database = json!(format!("sqlite://{}", folder.join("gerbang.db").display()));
    format!(
        r#"
[database]
url = {database}
[auth]
jwt_keys = [{{ kid = "1", secret = "9f86d081884c7d659a2feaa0c55ad015" }}]
[mail]
transport = "file"
[sms]
transport = "file"
[outbox]
folder = {outbox}
[files]
folder = {files}
[reports]
cache_folder = {reports}
"#
    )
}

/// The same with `changes` written over it, each a key with its value as in a file.
fn changed(folder: &Path, changes: &[(&str, &str)]) -> String {
    let mut settings: toml::Table = good(folder).parse().unwrap();
    for (key, value) in changes {
        let value: toml::Table = format!("value = {value}").parse().unwrap();
        let mut sections: Vec<&str> = key.split('.').collect();
        let last = sections.pop().unwrap();
        let mut section = &mut settings;
        for name in sections {
            let below = section.entry(name).or_insert_with(|| toml::Table::new().into());
            section = below.as_table_mut().unwrap();
        }
        section.insert(last.to_owned(), value["value"].clone());
    }
    settings.to_string()
}

/// What `serve` makes of a file and variables before it begins: its warnings, or what is wrong.
fn looked_at(file: &str, variables: &[(&str, &str)]) -> Result<(Config, Vec<String>), Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gerbang.toml");
    fs::write(&path, file).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value)));
    let looked = LoadedConfig::load_with(Some(&path), variables).and_then(|LoadedConfig { config, mut findings }| {
        config.check(&mut findings);
        Ok((config, findings.finish()?))
    });
    looked.map_err(|ConfigError::Invalid(problems)| problems)
}
