//! The server's life, from the first request to the last.

use std::{net::SocketAddr, time::Duration};

use gerbang_server::{
    listener::Listener,
    server::{Timeouts, cancel_on_signal, serve_until},
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::service::{probes, service};
use crate::{
    app::{App, StartError},
    config::MetricsListen,
};

/// Serves until SIGTERM or Ctrl-C, then lets what runs finish.
///
/// # Errors
/// When the settings can't be served with, or the signals can't be listened to.
pub async fn serve(app: App, listener: impl Into<Listener>) -> Result<(), StartError> {
    let drain = Duration::from_secs(app.domain.config.server.drain_seconds);
    let shutdown = CancellationToken::new();
    cancel_on_signal(shutdown.clone())?;
    let work = AbortOnDropHandle::new(tokio::spawn(app.background_work()?));
    let service = service(app.clone(), shutdown.clone())?;
    let counting = match app.domain.config.server.metrics_listen {
        MetricsListen::Own(listen) => Some(serve_probes(&app, listen).await?),
        MetricsListen::Shared | MetricsListen::Off => None,
    };
    serve_until(listener, service, shutdown, Timeouts::draining(drain)).await;
    drop((work, counting));
    app.store_legacy_calls().await;
    app.close().await;
    Ok(())
}

/// Serves `/metrics` and the probes where strangers don't come, until the handle is dropped.
async fn serve_probes(app: &App, listen: SocketAddr) -> Result<AbortOnDropHandle<()>, StartError> {
    let listener = TcpListener::bind(listen).await.map_err(|cause| StartError::Listen { listen, cause })?;
    tracing::info!(address = %format_args!("http://{listen}/metrics"), "metrics");
    let router = probes(app.clone())?;
    let serving = async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "metrics are served no more");
        }
    };
    Ok(AbortOnDropHandle::new(tokio::spawn(serving)))
}
