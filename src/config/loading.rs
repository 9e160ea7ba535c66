//! Settings as they come in: defaults, then a file, then the environment. What can't be read is reported all at once.

use std::{ffi::OsString, fs, path::Path};

use figment::{
    error::{Error, Kind},
    value::{Dict, Value},
};

use gerbang_graphql::settings::Audience;

use super::{
    moment::Moment,
    problems::{ConfigError, Findings, is_secret},
    sections::Config,
    variables,
};

pub(super) const DEFAULTS: &str = include_str!("../config.default.toml");

/// How many mistakes are reported at most.
const MAX_MISTAKES: usize = 1_000;
/// What an API's section may hold besides what the defaults name.
const OF_APIS: [&str; 3] = ["closed", "deprecated", "sunset"];

/// Settings as far as they could be read. A key that could not has its default.
#[derive(Clone, Debug)]
pub struct LoadedConfig {
    /// The settings.
    pub config: Config,
    /// What could not be read, and what was not read though it looks as if it should be.
    pub findings: Findings,
}

impl LoadedConfig {
    /// Of a file, if there is one, and the environment of this process.
    ///
    /// # Errors
    /// When the file can't be read at all.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(file, variables::of_process())
    }

    /// The same with other variables.
    ///
    /// # Errors
    /// When the file can't be read at all.
    pub fn load_with(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut findings = Findings::new();
        let config = Sources::read(file, variables, &mut findings)?.config(&mut findings)?;
        Ok(Self { config, findings })
    }

    /// The settings, if all of them could be read.
    ///
    /// # Errors
    /// With everything that could not.
    pub fn complete(self) -> Result<Config, ConfigError> {
        self.findings.finish()?;
        Ok(self.config)
    }
}

/// Settings before they are read, and what they were put together from.
pub(super) struct Sources {
    defaults: Dict,
    file: Dict,
    variables: Vec<String>,
    /// Keys that variables set.
    set: Vec<String>,
    /// What is in force.
    pub(super) settings: Dict,
}

impl Sources {
    /// Puts the defaults, a file and variables together.
    ///
    /// # Errors
    /// When the file can't be read at all.
    pub(super) fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, OsString)>,
        findings: &mut Findings,
    ) -> Result<Self, ConfigError> {
        let defaults = defaults()?;
        let mut settings = defaults.clone();
        let mut own = file.map(parse).transpose()?.unwrap_or_default();
        remove_unknown(&mut own, &defaults, "", findings);
        merge(&mut settings, own.clone());
        let variables: Vec<_> = variables.into_iter().collect();
        let mut set = Vec::new();
        for (key, value) in variables::read(&variables, &defaults, findings) {
            put(&mut settings, &key, value);
            set.push(key);
        }
        variables::warn_of_misspelt(&variables, &defaults, findings);
        let variables = variables.into_iter().map(|(name, _)| name).collect();
        Ok(Self { defaults, file: own, variables, set, settings })
    }

    /// Makes settings of what is in force.
    ///
    /// # Errors
    /// When there is no end of mistakes.
    pub(super) fn config(&self, findings: &mut Findings) -> Result<Config, ConfigError> {
        extract(self.settings.clone(), &self.defaults, findings)
    }

    /// Whether the file holds this key.
    pub(super) fn is_in_file(&self, key: &str) -> bool {
        variables::find(&self.file, key).is_some() || variables::section(&self.file, key).is_some()
    }

    /// Whether a table at this key is a value, and no section.
    pub(super) fn is_table(&self, key: &str) -> bool {
        variables::section(&self.defaults, key).is_some_and(Dict::is_empty)
    }

    /// The variable that sets this key.
    pub(super) fn variable(&self, key: &str) -> Option<String> {
        let own = variables::name(key);
        let is_own = self.variables.iter().any(|name| name.trim().eq_ignore_ascii_case(&own));
        let is_set = self.set.iter().any(|set| set == key);
        is_set.then(|| if is_own { own } else { variables::DATABASE_URL.to_owned() })
    }
}

impl Config {
    /// Reads the settings for commands that need a few of them; these are checked where they are used.
    ///
    /// # Errors
    /// With everything that can't be read.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        LoadedConfig::load(file)?.complete()
    }

    /// Who may use the explorer: administrators at most where strangers are answered known documents alone.
    pub fn explorer_audience(&self) -> Audience {
        match self.server.explorer {
            Audience::All if self.graphql.only_trusted => Audience::Admins,
            audience => audience,
        }
    }
}

/// The defaults, which are also the list of all keys.
fn defaults() -> Result<Dict, ConfigError> {
    let mut defaults: Dict = toml::from_str(DEFAULTS).map_err(|error| broken(&error))?;
    if let Some(Value::Dict(_, apis)) = defaults.get_mut("apis") {
        for api in apis.values_mut() {
            if let Value::Dict(_, api) = api {
                api.insert(OF_APIS[0].to_owned(), Value::from(Vec::<String>::new()));
                for dates in &OF_APIS[1..] {
                    api.insert((*dates).to_owned(), Value::from(Dict::new()));
                }
            }
        }
    }
    Ok(defaults)
}

fn parse(file: &Path) -> Result<Dict, ConfigError> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|error| {
        ConfigError::Invalid(vec![format!("{shown} can't be read: {error}; name another file with --config")])
    })?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        // The error itself would show the line, which may hold a secret.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let (line, column) = (before.matches('\n').count() + 1, before.rsplit('\n').next().map_or(0, str::len) + 1);
        let what =
            "it is not TOML from there on: look for a missing quotation mark, bracket or a key that stands there twice";
        ConfigError::Invalid(vec![format!("{shown}, line {line}, column {column}: {what}")])
    })
}

fn broken(error: &impl ToString) -> ConfigError {
    ConfigError::Invalid(vec![format!("the defaults can't be read: {}", error.to_string())])
}

/// Removes keys that no setting has, and reports them.
fn remove_unknown(own: &mut Dict, known: &Dict, path: &str, findings: &mut Findings) {
    own.retain(|key, value| {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (known.get(key), value) {
            (None, value) => {
                let nearest = known.keys().map(|known| (strsim::osa_distance(key, known), known)).min();
                let nearest = nearest.filter(|(slips, name)| *slips <= name.len().div_ceil(3));
                let hint = nearest.map_or_else(
                    || format!("one of {}", known.keys().cloned().collect::<Vec<_>>().join(", ")),
                    |(_, name)| format!("perhaps `{name}`"),
                );
                let what = if matches!(value, Value::Dict(..)) { "section" } else { "setting" };
                findings.refuse(&full, format!("there is no such {what}; {hint} is meant"));
                false
            }
            // Dates by operation: the routes know their names.
            (Some(Value::Dict(_, known)), Value::Dict(..)) if known.is_empty() => true,
            (Some(Value::Dict(_, known)), Value::Dict(_, own)) => {
                remove_unknown(own, known, &full, findings);
                true
            }
            (Some(Value::Dict(..)), _) => {
                findings.refuse(&full, format!("this is a section: write [{full}] and its keys below"));
                false
            }
            _ => true,
        }
    });
}

fn merge(settings: &mut Dict, own: Dict) {
    for (key, value) in own {
        match (settings.get_mut(&key), value) {
            (Some(Value::Dict(_, below)), Value::Dict(_, own)) => merge(below, own),
            (_, value) => {
                settings.insert(key, value);
            }
        }
    }
}

/// Puts a value at a path of sections that are all there.
fn put(settings: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        Some((section, rest)) => {
            if let Some(Value::Dict(_, section)) = settings.get_mut(section) {
                put(section, rest, value);
            }
        }
        None => {
            settings.insert(key.to_owned(), value);
        }
    }
}

/// Makes settings of the values. One that doesn't fit is reported and replaced by its default, then the rest is read.
fn extract(mut settings: Dict, defaults: &Dict, findings: &mut Findings) -> Result<Config, ConfigError> {
    for _ in 0..MAX_MISTAKES {
        let error = match Value::from(settings.clone()).deserialize::<Config>() {
            Ok(config) => return Ok(config),
            Err(error) => error,
        };
        let Some((key, default)) = known_part(&error.path, defaults) else { return Err(broken(&error)) };
        let value = Value::from(settings.clone()).find(&key);
        refuse(&key, value.as_ref(), &default, &error, findings);
        put(&mut settings, &key, default);
    }
    Err(ConfigError::Invalid(vec!["there are too many mistakes to tell".to_owned()]))
}

/// The longest part of a path that is a key, with its default: what is below is an entry of a list or a table.
fn known_part(path: &[String], defaults: &Dict) -> Option<(String, Value)> {
    let defaults = Value::from(defaults.clone());
    (1..=path.len()).rev().find_map(|length| {
        let key = path[..length].join(".");
        let default = defaults.find_ref(&key)?.clone();
        let is_key = !matches!(&default, Value::Dict(_, section) if !section.is_empty());
        is_key.then_some((key, default))
    })
}

fn refuse(key: &str, value: Option<&Value>, default: &Value, error: &Error, findings: &mut Findings) {
    if let (Value::Dict(..), Some(Value::Dict(_, times))) = (default, value) {
        let wrong = times.iter().filter(|(_, time)| time.deserialize::<Moment>().is_err());
        let wrong = wrong.map(|(operation, time)| {
            format!("{operation} = {} must be a day or a time in quotation marks, as in \"2027-06-30\" or \"2027-06-30T00:00:00Z\"", shown(time))
        });
        return findings.refuse_entries(key, wrong.collect::<Vec<_>>());
    }
    let expected = match default {
        Value::Bool(..) => "true or false",
        Value::Num(..) => "a whole number that is not negative, nor larger than makes sense",
        Value::Array(..) if key == "auth.jwt_keys" => "a list of { kid = \"...\", secret = \"...\" }, both texts",
        Value::Array(..) if key == "payments.doku.clients" => {
            "a list of { client_id = \"...\", secret = \"...\" }, both texts"
        }
        Value::Array(..) => "a list of texts, such as [\"one\", \"two\"]",
        Value::Dict(..) => "days or times by operation, such as all = \"2027-06-30\"",
        _ => "a text in quotation marks",
    };
    if is_secret(key) {
        return findings.refuse(key, format!("it must be {expected}"));
    }
    let shown = value.map(shown).unwrap_or_default();
    match &error.kind {
        Kind::UnknownVariant(_, words) => {
            let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
            findings.refuse_value(key, shown, format!("it must be {}", words.join(" or ")));
        }
        // A text of a certain form: an address, a time.
        Kind::Message(problem) => findings.refuse_value(key, shown, format!("{problem}; compare the defaults")),
        _ => findings.refuse_value(key, shown, format!("it must be {expected}")),
    }
}

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Char(_, c) => format!("{c:?}"),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Num(..) => {
            let whole = value.to_i128().map(|number| number.to_string());
            whole.or_else(|| value.to_f64().map(|number| number.to_string())).unwrap_or_default()
        }
        Value::Empty(..) => "nothing".to_owned(),
        Value::Dict(..) => "a table".to_owned(),
        Value::Array(..) => "a list".to_owned(),
    }
}
