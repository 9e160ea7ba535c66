//! Outgoing mail over SMTP.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor,
    message::{Mailbox, MultiPart, header::ContentType},
    transport::smtp::PoolConfig,
};

use super::outbox::{DeliveryError, Message, Transport};
use crate::settings;

/// How long a mail server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that are kept open.
const CONNECTIONS: u32 = 4;

/// Refusals that are about our own log-in, not about the message.
const OWN_FAULTS: [u16; 4] = [530, 534, 535, 538];

/// What a server says that goes away, or has no room for another connection.
const CLOSING: u16 = 421;

/// Hands mails to a mail server.
pub struct Mailer {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Mailer {
    /// A mailer for the server of the settings.
    ///
    /// # Errors
    /// When the URL or the sender's address can't be read.
    pub fn new(settings: &settings::Mail) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|error| format!("[mail] from: {error}"))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.smtp_url.expose())
            .map_err(|error| format!("[mail] smtp_url: {error}"))?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { from, transport })
    }

    fn compose(&self, message: &Message) -> Result<Mail, DeliveryError> {
        let to: Address = message.to.parse().map_err(permanent)?;
        let name = message.sender.clone().or_else(|| self.from.name.clone());
        let mail = Mail::builder()
            .from(Mailbox::new(name, self.from.email.clone()))
            .to(Mailbox::new(None, to))
            .message_id(None)
            .subject(message.subject.clone().unwrap_or_default());
        let mail = match &message.html {
            Some(html) => mail.multipart(MultiPart::alternative_plain_html(message.body.clone(), html.clone())),
            None => mail.header(ContentType::TEXT_PLAIN).body(message.body.clone()),
        };
        mail.map_err(permanent)
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Mailer {
    async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        let mail = self.compose(message)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let is_own = error.status().is_some_and(|code| OWN_FAULTS.contains(&code.into()));
                let away = error.status().map_or(!error.is_client(), |code| u16::from(code) == CLOSING);
                Err(match error.to_string() {
                    reason if away || is_own => DeliveryError::Unreachable(reason),
                    reason if error.is_permanent() => DeliveryError::Permanent(reason),
                    reason => DeliveryError::Temporary(reason),
                })
            }
        }
    }
}

fn permanent(error: impl fmt::Display) -> DeliveryError {
    DeliveryError::Permanent(error.to_string())
}
