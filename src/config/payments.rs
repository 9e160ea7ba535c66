//! The sections of the payment providers.

use gerbang_kernel::secret::Secret;
use serde::Deserialize;

/// Payment providers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    /// Days that it is kept what providers said; 0 for ever.
    pub event_days: u32,
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

impl Payments {
    /// The paths of each provider by their key.
    pub(super) fn paths(&self) -> [(&'static str, &[String]); 3] {
        let Self { midtrans, doku, xendit, .. } = self;
        [
            ("payments.midtrans.paths", &midtrans.paths),
            ("payments.doku.paths", &doku.paths),
            ("payments.xendit.paths", &xendit.paths),
        ]
    }

    /// The secrets that each provider signs with by their key.
    pub(super) fn secrets(&self) -> [(&'static str, Vec<&Secret>); 3] {
        let Self { midtrans, doku, xendit, .. } = self;
        [
            ("payments.midtrans.server_keys", midtrans.server_keys.iter().collect()),
            ("payments.doku.clients", doku.clients.iter().map(|client| &client.secret).collect()),
            ("payments.xendit.callback_tokens", xendit.callback_tokens.iter().collect()),
        ]
    }
}
