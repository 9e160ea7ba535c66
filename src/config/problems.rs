//! What is wrong with settings, collected so that all of it is reported at once.

use std::{collections::BTreeSet, fmt::Display};

/// Keys whose values are secret or may hold a secret: no message shows them.
const SECRET: &[&str] = &[
    "auth.jwt_keys",
    "database.read_url",
    "database.url",
    "files.s3.secret_access_key",
    "limits.redis_url",
    "mail.smtp_url",
    "payments.doku.clients",
    "payments.midtrans.server_keys",
    "payments.xendit.callback_tokens",
    "sms.gateway_token",
    "sms.gateway_url",
];

/// Whether the value at this key must not be shown. A key that nobody knows may be a misspelt one of these.
pub(super) fn is_secret(key: &str) -> bool {
    SECRET.iter().any(|secret| key == *secret || key.strip_prefix(secret).is_some_and(|rest| rest.starts_with('.')))
}

/// A value as a message may show it, if it may: one with an `@` may be an address with a password in it.
pub(super) fn shown(value: &str) -> Option<&str> {
    (!value.contains('@') || !value.contains(':')).then_some(value)
}

/// An entry of a list, or that it can't be shown.
pub(super) fn quoted(entry: &str) -> String {
    shown(entry).map_or_else(|| "an entry with an `@`, which is not shown,".to_owned(), |entry| format!("`{entry}`"))
}

/// A key as it stands in a file: `[payments.midtrans] api_url`.
pub(super) fn name(key: &str) -> String {
    match key.rsplit_once('.') {
        Some((section, key)) => format!("[{section}] {key}"),
        None => format!("[{key}]"),
    }
}

/// Why the settings can't be used: everything that is wrong with them, each with its key and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Keys that are unknown, can't be read, don't fit together or can't work.
    #[error("the settings can't be used:\n{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

/// What is wrong with settings, and what is valid but probably a mistake.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    problems: Vec<String>,
    /// Sentences for the log.
    pub warnings: Vec<String>,
    keys: BTreeSet<String>,
}

impl Findings {
    /// Nothing is wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// The setting at `key` can't be used; `remedy` says why, and what to write instead.
    ///
    /// Only the first problem of a key is kept: a value that can't be read has no meaning to check.
    pub fn refuse(&mut self, key: &str, remedy: impl Display) {
        if self.keys.insert(key.to_owned()) {
            self.problems.push(format!("{}: {remedy}", name(key)));
        }
    }

    /// The same, showing the value, which must be no secret, unless a password may stand in it.
    pub fn refuse_value(&mut self, key: &str, value: impl Display, remedy: impl Display) {
        debug_assert!(!is_secret(key), "the value of {key} must not be shown");
        let value = value.to_string();
        let Some(value) = shown(&value) else { return self.refuse(key, remedy) };
        if self.keys.insert(key.to_owned()) {
            self.problems.push(format!("{} = {value}: {remedy}", name(key)));
        }
    }

    /// The same for each of several entries of one list.
    pub fn refuse_entries(&mut self, key: &str, entries: impl IntoIterator<Item = String>) {
        if self.keys.contains(key) {
            return;
        }
        for entry in entries {
            self.keys.insert(key.to_owned());
            self.problems.push(format!("{}: {entry}", name(key)));
        }
    }

    /// Whether the setting at `key` can't be used, so that nothing that hangs on it can be known.
    pub fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Something is wrong that has no key.
    pub fn refuse_all(&mut self, problems: impl IntoIterator<Item = String>) {
        self.problems.extend(problems);
    }

    /// The setting at `key` can be used, but is probably a mistake.
    pub fn warn(&mut self, key: &str, remedy: impl Display) {
        if !self.keys.contains(key) {
            self.warnings.push(format!("{}: {remedy}", name(key)));
        }
    }

    /// The warnings, if nothing is wrong.
    ///
    /// # Errors
    /// With everything that is.
    pub fn finish(self) -> Result<Vec<String>, ConfigError> {
        if self.problems.is_empty() { Ok(self.warnings) } else { Err(ConfigError::Invalid(self.problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::loading::DEFAULTS;

    #[test]
    fn every_setting_of_the_type_for_secrets_is_one_whose_value_is_not_shown() {
        // The fields of this type as they stand in the source, by their last name.
        let source = concat!(
            include_str!("sections.rs"),
            include_str!("payments.rs"),
            include_str!("../../crates/gerbang-platform/src/settings.rs")
        );
        let fields = source.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "));
        let secret = fields.filter(|(_, kind)| kind.contains("Secret") && !kind.contains("fn ")).map(|(name, _)| name);
        // Those of the entries of a list are covered by the list.
        let missing: Vec<&str> = secret
            .filter(|name| *name != "secret")
            .filter(|name| !SECRET.iter().any(|key| key.rsplit('.').next() == Some(name)))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
        for key in SECRET {
            let (section, key) = key.rsplit_once('.').expect("a key of a section");
            let section = DEFAULTS.split(&format!("[{section}]\n")).nth(1).expect("the section is there");
            let section = section.split("\n[").next().unwrap_or_default();
            assert!(section.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
        }
    }
}
