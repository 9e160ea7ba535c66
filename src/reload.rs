//! Keys are exchanged while the server runs: at SIGHUP the settings are read again, and the keys in them are those in
//! force. Everything else waits for the next start.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    config::{ConfigError, LoadedConfig},
    domain::Domain,
};

/// Takes the keys of the settings, from `file` if there is one, at each SIGHUP, until the handle is dropped. Settings that can't
/// be used change nothing, which the log tells.
///
/// # Errors
/// When the signal can't be listened to.
pub(crate) fn on_hangup(domain: Domain, file: Option<PathBuf>) -> io::Result<AbortOnDropHandle<()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(AbortOnDropHandle::new(tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match reload(&domain, file.as_deref()) {
                Ok(()) => tracing::info!(keys = ?domain.tokens, "the keys were read again"),
                Err(error) => tracing::error!(%error, "the settings can't be used: the keys stay as they were"),
            }
        }
    })))
}

/// Takes the keys that sign tokens and links, and those of payment providers.
fn reload(domain: &Domain, file: Option<&Path>) -> Result<(), ConfigError> {
    let LoadedConfig { config, mut findings } = LoadedConfig::load(file)?;
    config.check(&mut findings);
    findings.finish()?;
    domain.providers.replace(&config.payments).map_err(|problem| ConfigError::Invalid(vec![problem]))?;
    domain.tokens.replace(&config.auth.jwt_keys);
    // Whoever is known by a token of a key that is gone has to come again.
    domain.viewers.forget_all();
    Ok(())
}
