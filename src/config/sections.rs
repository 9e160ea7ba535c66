//! The sections of the settings, as they stand in `config.default.toml`.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use chrono::{DateTime, Utc};
use gerbang_graphql::settings::{Audience, Limits as Graphql};
use gerbang_kernel::secret::Secret;
use gerbang_platform::settings::{Database, Files, Mail, Outbox, Sms};
use serde::{Deserialize, Deserializer, de::Error};

use super::{moment::moments, payments::Payments};

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
    /// Who did what.
    pub audit: Audit,
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
    /// What users are told inside the product.
    pub notifications: Notifications,
    /// Payment providers.
    pub payments: Payments,
    /// Assessment reports.
    pub reports: Reports,
    /// The log.
    pub log: Log,
    /// Traces.
    pub traces: gerbang_trace::Settings,
    /// The legacy APIs by slug.
    pub apis: BTreeMap<String, Api>,
}

/// Where the server listens and how it is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Whether another server may listen there, too.
    pub reuse_port: bool,
    /// Where `/metrics` is.
    pub metrics_listen: MetricsListen,
    /// Who may use the explorer.
    pub explorer: Audience,
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

/// Where `/metrics` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsListen {
    /// Beside everything else: an empty text.
    Shared,
    /// At an address of its own, with the probes beside it.
    Own(SocketAddr),
    /// Nowhere, and nothing is counted: `off`.
    Off,
}

impl<'de> Deserialize<'de> for MetricsListen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match &*String::deserialize(deserializer)? {
            "" => Ok(Self::Shared),
            "off" => Ok(Self::Off),
            address => address
                .parse()
                .map(Self::Own)
                .map_err(|_| D::Error::custom("it is no address with a port, such as 127.0.0.1:9090, nor \"off\"")),
        }
    }
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

/// Who did what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Days that entries are kept; 0 for ever.
    pub days: u32,
}

/// A key that signs tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtKey {
    /// The name that tokens carry.
    pub kid: String,
    /// At least 32 bytes, or a private key of Ed25519 as PEM.
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
    /// Changes of e-mail addresses an hour.
    pub address_changes: Rate,
    /// Reports of front ends' errors a minute.
    pub client_errors: Rate,
    /// Requests in work at once, of everybody.
    pub concurrent: usize,
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
    /// Whether those of a month are kept until the last of them is old enough.
    pub retention_by_month: bool,
    /// A file that tells countries by addresses, or empty.
    pub geoip_file: PathBuf,
}

/// What users are told inside the product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// Days that one is kept after it was read; 0 for ever.
    pub days: u32,
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
    /// Milliseconds from which a statement of the database is slow; 0 for never.
    pub slow_ms: u64,
}

/// A legacy API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// What messages to its users call it.
    pub name: String,
    /// Host names at which only this API answers.
    pub hosts: Vec<String>,
    /// Since when the API (`all`) or one of its operations should not be used for anything new.
    #[serde(default, deserialize_with = "moments")]
    pub deprecated: BTreeMap<String, DateTime<Utc>>,
    /// When the API (`all`) or one of its operations will be switched off.
    #[serde(default, deserialize_with = "moments")]
    pub sunset: BTreeMap<String, DateTime<Utc>>,
    /// Operations that are switched off, or `all`.
    #[serde(default)]
    pub closed: Vec<String>,
}
