//! Outgoing text messages through an HTTP gateway: `POST {"to", "body"}` as JSON.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use gerbang_kernel::secret::Secret;
use reqwest::{Client, StatusCode, Url, redirect::Policy};
use serde_json::json;

use super::{
    outbox::{DeliveryError, Message, Transport},
    tls,
};
use crate::{settings, upstream::send};

/// How long the gateway may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Hands text messages to a gateway.
pub struct SmsGateway {
    client: Client,
    url: Url,
    token: Secret,
}

impl SmsGateway {
    /// The gateway of the settings.
    ///
    /// # Errors
    /// When the URL can't be read, or TLS can't be set up.
    pub fn new(settings: &settings::Sms) -> Result<Self, String> {
        let url = settings.gateway_url.expose().parse().map_err(|error| format!("[sms] gateway_url: {error}"))?;
        let client = tls::client(Client::builder().timeout(TIMEOUT).redirect(Policy::none()));
        let client = client.map_err(|error| format!("[sms] the client can't be set up: {error}"))?;
        Ok(Self { client, url, token: settings.gateway_token.clone() })
    }
}

impl fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsGateway").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for SmsGateway {
    async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        let mut request = self.client.post(self.url.clone()).json(&json!({ "to": message.to, "body": message.body }));
        if !self.token.expose().is_empty() {
            request = request.bearer_auth(self.token.expose());
        }
        // The URL may hold a key.
        let answer =
            send(request).await.map_err(|error| DeliveryError::Unreachable(error.without_url().to_string()))?;
        let status = answer.status();
        let said = format!("the gateway answered {status}");
        match status {
            _ if status.is_success() => Ok(()),
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Err(DeliveryError::Permanent(said)),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Err(DeliveryError::Unreachable(said))
            }
            // A wrong token or address is the operator's to put right; the message can wait.
            _ => Err(DeliveryError::Temporary(said)),
        }
    }
}
