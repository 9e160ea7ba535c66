//! Messages and the transports that deliver them, among them one for trying things out, which writes each message to a
//! file.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use tokio::fs;

/// A message to one recipient.
#[derive(Clone)]
pub struct Message {
    /// Its number in the outbox.
    pub id: i64,
    /// The bare address or number.
    pub to: String,
    /// What the sender of a mail is called.
    pub sender: Option<String>,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// The same as HTML, of a mail.
    pub html: Option<String>,
    /// The code in the text.
    pub code: Option<String>,
    /// The link in the text.
    pub link: Option<String>,
    /// When it leaves.
    pub sent_at: DateTime<Utc>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a message was not delivered. The text goes to the log and the outbox, so it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The server was not reached, or does not work; whether it would take the message is not known.
    #[error("{0}")]
    Unreachable(String),
    /// Another try may succeed.
    #[error("{0}")]
    Temporary(String),
    /// No other try will.
    #[error("{0}")]
    Permanent(String),
}

/// Delivers messages.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Delivers a message, or says why not.
    async fn deliver(&self, message: &Message) -> Result<(), DeliveryError>;
}

/// Writes the text of each message to a file of its own.
#[derive(Clone, Debug)]
pub struct FileTransport {
    folder: PathBuf,
    channel: &'static str,
}

impl FileTransport {
    /// A transport for messages of this channel (`email`, `sms`).
    pub fn new(folder: &Path, channel: &'static str) -> Self {
        Self { folder: folder.to_path_buf(), channel }
    }

    async fn write(&self, message: &Message) -> std::io::Result<()> {
        let Message { id, to, subject, body, code, link, sent_at, .. } = message;
        let text = json!({
            "channel": self.channel,
            "to": to,
            "subject": subject,
            "body": body,
            "code": code,
            "link": link,
            "sent_at": sent_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        });
        fs::create_dir_all(&self.folder).await?;
        let name = format!("{}-{id:06}-{}.json", sent_at.format("%Y%m%dT%H%M%S%6fZ"), self.channel);
        // Whoever watches the folder sees whole files only.
        let unfinished = self.folder.join(format!(".{name}.tmp"));
        fs::write(&unfinished, format!("{text:#}\n")).await?;
        fs::rename(unfinished, self.folder.join(name)).await
    }
}

#[async_trait]
impl Transport for FileTransport {
    async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        self.write(message).await.map_err(|error| DeliveryError::Temporary(error.to_string()))
    }
}
