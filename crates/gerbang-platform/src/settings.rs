//! The sections of the settings that say what this crate works with.

use std::path::PathBuf;

use gerbang_kernel::secret::Secret;
use serde::Deserialize;

/// Who brings the tables up to date.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Migrate {
    /// An operator, before a server starts.
    Never,
    /// Each server that starts, if no other has.
    Start,
}

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Where it is; may hold a password.
    pub url: Secret,
    /// A replica of it to read from, or empty; may hold a password.
    pub read_url: Secret,
    /// Connections to read with; as many to the replica.
    pub connections: u32,
    /// Whether commits and stored files survive a power cut.
    pub durable: bool,
    /// Whether a server that starts brings the tables up to date.
    pub migrate: Migrate,
}

/// How messages leave.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// As files in the outbox folder.
    File,
    /// To a mail server.
    Smtp,
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// How mail leaves.
    pub transport: MailTransport,
    /// The mail server; may hold a password.
    pub smtp_url: Secret,
    /// The sender.
    pub from: String,
}

/// How text messages leave.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SmsTransport {
    /// As files in the outbox folder.
    File,
    /// To an HTTP gateway.
    Http,
}

/// Outgoing text messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// How text messages leave.
    pub transport: SmsTransport,
    /// The gateway's URL; may hold a key.
    pub gateway_url: Secret,
    /// The bearer token for it.
    pub gateway_token: Secret,
}

/// Messages as files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbox {
    /// The folder.
    pub folder: PathBuf,
}

/// Where uploaded files are kept.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum FileStore {
    /// In a folder of this machine.
    Folder,
    /// In a bucket.
    S3,
}

/// Uploaded files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Where they are kept.
    pub store: FileStore,
    /// The folder.
    pub folder: PathBuf,
    /// The bucket.
    pub s3: S3,
}

/// A bucket of an S3-compatible store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// The store's URL; empty for Amazon's own.
    pub endpoint: String,
    /// Who writes; empty for the role of the machine.
    pub access_key_id: String,
    /// Proves it.
    pub secret_access_key: Secret,
    /// Leading part of every key; empty for none.
    pub prefix: String,
}
