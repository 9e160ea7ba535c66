//! The settings of the demo.

use std::{net::SocketAddr, path::Path};

use gerbang_kernel::secret::Secret;
use gerbang_platform::settings::{MailTransport, SmsTransport};

use super::{loading::LoadedConfig, payments::DokuClient, problems::ConfigError, sections::Config, variables};

/// The keys of the demo's payment providers, which anybody can read here.
pub const DEMO_PAYMENT_KEYS: [&str; 3] = ["demo-midtrans-key", "demo-doku-secret", "demo-xendit-token"];

impl Config {
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
