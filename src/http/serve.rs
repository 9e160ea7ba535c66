//! The server's life, from the first request to the last.

use std::time::Duration;

use gerbang_server::server::{Timeouts, cancel_on_signal, serve_until};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::service::service;
use crate::app::{App, StartError};

/// Serves until SIGTERM or Ctrl-C, then lets what runs finish.
///
/// # Errors
/// When the settings can't be served with, or the signals can't be listened to.
pub async fn serve(app: App, listener: TcpListener) -> Result<(), StartError> {
    let drain = Duration::from_secs(app.domain.config.server.drain_seconds);
    let shutdown = CancellationToken::new();
    cancel_on_signal(shutdown.clone())?;
    let work = AbortOnDropHandle::new(tokio::spawn(app.background_work()?));
    let service = service(app.clone(), shutdown.clone())?;
    serve_until(listener, service, shutdown, Timeouts::draining(drain)).await;
    drop(work);
    app.store_legacy_calls().await;
    app.close().await;
    Ok(())
}
