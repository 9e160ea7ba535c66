//! The settings: defaults, then a file, then the environment, then checked as a whole.
//!
//! Every key stands with its meaning in `config.default.toml`, which is also where the defaults come from.
//! [`LoadedConfig`] brings the sources together, [`Config::check`] looks for what a server could start with but not work.

mod checks;
mod loading;
mod problems;
mod variables;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use gerbang_graphql::settings::Limits as Graphql;
use gerbang_kernel::secret::Secret;
use gerbang_platform::settings::{Database, Files, Mail, MailTransport, Outbox, Sms, SmsTransport};
use serde::Deserialize;

pub use self::{loading::LoadedConfig, problems::Findings};

const DEFAULTS: &str = include_str!("../config.default.toml");
/// The keys of the demo's payment providers, which anybody can read here.
pub const DEMO_PAYMENT_KEYS: [&str; 3] = ["demo-midtrans-key", "demo-doku-secret", "demo-xendit-token"];

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the server listens and how it is reached.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Tokens.
    pub auth: Auth,
    /// Outgoing mail.
    pub mail: Mail,
    /// Outgoing text messages.
    pub sms: Sms,
    /// Messages as files.
    pub outbox: Outbox,
    /// Uploaded files.
    pub files: Files,
    /// Limits on what comes from outside.
    pub limits: Limits,
    /// Limits on GraphQL documents.
    pub graphql: Graphql,
    /// Clicks.
    pub tracking: Tracking,
    /// Payment providers.
    pub payments: Payments,
    /// Assessment reports.
    pub reports: Reports,
    /// The log.
    pub log: Log,
    /// The legacy APIs by slug.
    pub apis: BTreeMap<String, Api>,
}

/// Where the server listens and how it is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How the outside reaches this server, without a slash at the end.
    pub public_url: String,
    /// Where the web application lives, without a slash at the end.
    pub app_url: String,
    /// Whether documented paths also answer without a host name or prefix of their API.
    pub shared_root: bool,
    /// Networks whose forwarded headers are believed.
    pub trusted_proxies: Vec<String>,
    /// Header with the visitor's country, or empty.
    pub country_header: String,
    /// Origins that browsers may call from.
    pub cors_origins: Vec<String>,
    /// Headers that they may send from there; `*` for any.
    pub cors_headers: Vec<String>,
    /// Seconds that running requests get to finish.
    pub drain_seconds: u64,
}

/// Tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Keys that sign tokens; the first signs, all verify.
    pub jwt_keys: Vec<JwtKey>,
    /// Seconds that an access token lives.
    pub access_ttl_seconds: u32,
    /// Days after log-in that a token may be exchanged for a new one.
    pub refresh_days: u32,
    /// Days that Sanctum-style tokens live; 0 for no end.
    pub sanctum_days: u32,
}

/// A key that signs tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtKey {
    /// The name that tokens carry.
    pub kid: String,
    /// At least 32 bytes.
    pub secret: Secret,
}

/// Limits on what comes from outside.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Multiplies every limit on requests.
    pub scale: u32,
    /// The Redis server that counts for all machines, or empty; may hold a password.
    pub redis_url: Secret,
    /// Failed log-ins a minute per address and name.
    pub login_failures: u32,
    /// Log-ins a minute per address.
    pub login_attempts_per_address: u32,
    /// Sign-ups an hour.
    pub sign_ups: Rate,
    /// Invitations an hour, given or accepted.
    pub invitations: Rate,
    /// Requests for new passwords, and tries of their codes, an hour.
    pub password_resets: Rate,
    /// Requests for mails that verify an address, and tries of their codes, an hour.
    pub verifications: Rate,
    /// Reports of front ends' errors a minute.
    pub client_errors: Rate,
    /// Connections of one address at once.
    pub connections_per_address: usize,
    /// Sockets and event streams of one address at once.
    pub streams_per_address: usize,
    /// Bodies that one address sends at once.
    pub bodies_per_address: usize,
    /// Seconds that a body may take in all.
    pub body_seconds: u64,
    /// Largest body in bytes.
    pub body_bytes: usize,
    /// Largest uploaded file in bytes.
    pub file_bytes: u64,
}

/// How often something may be done in a time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// From one address; of IPv6 from one `/64`.
    pub per_address: u32,
    /// From one network: `/24`, of IPv6 `/48`.
    pub per_network: u32,
}

/// Clicks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracking {
    /// Clicks that wait to be written before more are refused.
    pub queue: usize,
    /// Days that clicks are kept; 0 for ever.
    pub retention_days: u32,
    /// A file that tells countries by addresses, or empty.
    pub geoip_file: PathBuf,
}

/// Payment providers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    /// Midtrans.
    pub midtrans: Midtrans,
    /// DOKU.
    pub doku: Doku,
    /// Xendit.
    pub xendit: Xendit,
}

/// Midtrans.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Midtrans {
    /// Server keys; each may have signed a notification.
    pub server_keys: Vec<Secret>,
    /// Paths besides the documented one.
    pub paths: Vec<String>,
    /// Whether Midtrans is asked before a payment changes.
    pub confirm: bool,
    /// Where Midtrans is asked.
    pub api_url: String,
}

/// DOKU.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doku {
    /// Client ids with their keys.
    pub clients: Vec<DokuClient>,
    /// Paths besides the documented one; each may have been signed.
    pub paths: Vec<String>,
}

/// A client id of DOKU with its key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DokuClient {
    /// The client id.
    pub client_id: String,
    /// The secret key.
    pub secret: Secret,
}

/// Xendit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Xendit {
    /// Webhook verification tokens.
    pub callback_tokens: Vec<Secret>,
    /// Paths besides the documented one.
    pub paths: Vec<String>,
}

/// Assessment reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Whether the image routes answer with images.
    pub images: bool,
    /// Documents in the making or waiting at a time.
    pub queue: usize,
    /// Where finished documents are kept.
    pub cache_folder: PathBuf,
    /// Bytes of them that are kept; 0 for none.
    pub cache_bytes: u64,
    /// Templates instead of those of the program, or empty.
    pub templates: PathBuf,
    /// Fonts for letters that those of the program lack, or empty for the system's.
    pub fonts: PathBuf,
    /// Families of these that come first.
    pub font_order: Vec<String>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The log.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How it is written.
    pub format: LogFormat,
    /// A tracing filter.
    pub filter: String,
}

/// A legacy API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Host names at which only this API answers.
    pub hosts: Vec<String>,
    /// Since when the API (`all`) or one of its operations should not be used for anything new.
    #[serde(default)]
    pub deprecated: BTreeMap<String, DateTime<Utc>>,
    /// When the API (`all`) or one of its operations will be switched off.
    #[serde(default)]
    pub sunset: BTreeMap<String, DateTime<Utc>>,
    /// Operations that are switched off, or `all`.
    #[serde(default)]
    pub closed: Vec<String>,
}

/// Why the settings can't be used: everything that is wrong with them, each with its key and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Keys that are unknown, can't be read, don't fit together or can't work.
    #[error("the settings can't be used:\n{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

impl Config {
    /// Reads the settings for commands that need a few of them; these are checked where they are used.
    ///
    /// # Errors
    /// With everything that can't be read.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        LoadedConfig::load(file)?.complete()
    }

    /// The settings of the demo: everything in `data`, messages as files in `outbox`. Of the environment only
    /// `GERBANG_LIMITS__...` counts.
    ///
    /// # Errors
    /// With everything that can't be read.
    pub fn demo(data: &Path, outbox: &Path, listen: SocketAddr) -> Result<Self, ConfigError> {
        let mut config = LoadedConfig::load_with(None, variables::limits_of_process())?.complete()?;
        config.server.listen = listen;
        config.server.public_url = format!("http://{listen}");
        config.server.app_url = config.server.public_url.clone();
        config.server.shared_root = true;
        config.database.url = Secret::new(format!("sqlite://{}", data.join("gerbang.db").display()));
        config.database.durable = false;
        config.mail.transport = MailTransport::File;
        config.sms.transport = SmsTransport::File;
        config.outbox.folder = outbox.to_path_buf();
        config.files.folder = data.join("files");
        config.reports.cache_folder = data.join("reports");
        let [midtrans, doku, xendit] = DEMO_PAYMENT_KEYS.map(Secret::new);
        config.payments.midtrans.server_keys = vec![midtrans];
        config.payments.midtrans.confirm = false;
        config.payments.doku.clients = vec![DokuClient { client_id: "demo-client".to_owned(), secret: doku }];
        config.payments.xendit.callback_tokens = vec![xendit];
        Ok(config)
    }
}
