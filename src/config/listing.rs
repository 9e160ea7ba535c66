//! Settings as they are in force, each with where it comes from.

use std::{fmt::Write, path::Path};

use figment::value::{Dict, Value};

use super::{
    loading::{Sources, shown},
    problems::{ConfigError, Findings, is_secret},
    variables,
};

/// What stands in the place of a secret.
const HIDDEN: &str = "\"(hidden)\"";

/// The settings of a file and the environment of this process, as a file would hold them. Secrets are hidden.
///
/// # Errors
/// With everything that can't be read.
pub fn listing(file: Option<&Path>) -> Result<String, ConfigError> {
    let mut findings = Findings::new();
    let sources = Sources::read(file, variables::of_process(), &mut findings)?;
    // What a server could not use is no setting that is in force.
    sources.config(&mut findings)?;
    findings.finish()?;
    let mut listing = String::new();
    Listing { sources: &sources, file }.section("", &sources.settings, &mut listing);
    Ok(listing)
}

struct Listing<'a> {
    sources: &'a Sources,
    file: Option<&'a Path>,
}

impl Listing<'_> {
    /// Writes a section and those below it.
    fn section(&self, path: &str, section: &Dict, out: &mut String) {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let is_section =
            |key: &str, value: &Value| matches!(value, Value::Dict(..)) && !self.sources.is_table(&below(key));
        let keys: Vec<_> = section.iter().filter(|(key, value)| !is_section(key, value)).collect();
        if !keys.is_empty() {
            let separator = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{separator}[{path}]");
        }
        for (key, value) in keys {
            let full = below(key);
            let text = if is_secret(&full) && !is_empty(value) { HIDDEN.to_owned() } else { written(value) };
            let _ = writeln!(out, "{:<56} # {}", format!("{key} = {text}"), self.source(&full));
        }
        for (key, value) in section {
            if let Value::Dict(_, inner) = value
                && is_section(key, value)
            {
                self.section(&below(key), inner, out);
            }
        }
    }

    /// Where the value at a key comes from.
    fn source(&self, key: &str) -> String {
        if let Some(variable) = self.sources.variable(key) {
            return variable;
        }
        match self.file {
            Some(file) if self.sources.is_in_file(key) => file.display().to_string(),
            _ => "default".to_owned(),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(_, text) => text.is_empty(),
        Value::Array(_, entries) => entries.is_empty(),
        _ => false,
    }
}

/// A value as a file holds it.
fn written(value: &Value) -> String {
    match value {
        Value::String(_, text) => toml::Value::from(text.as_str()).to_string(),
        Value::Array(_, entries) => format!("[{}]", entries.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Dict(_, table) if table.is_empty() => "{}".to_owned(),
        Value::Dict(_, table) => {
            let entries: Vec<_> = table.iter().map(|(key, value)| format!("{key} = {}", written(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => shown(other),
    }
}
