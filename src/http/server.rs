//! The listening socket, from the first request to the last.

use std::{io, net::SocketAddr, time::Duration};

use axum::serve::{Listener, ListenerExt};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::service::{Service, service};
use crate::app::{App, StartError};

/// Serves until SIGTERM or Ctrl-C, then lets what runs finish.
///
/// # Errors
/// When the settings can't be served with, or the socket fails.
pub async fn serve(app: App, listener: TcpListener) -> Result<(), StartError> {
    let drain = Duration::from_secs(app.domain.config.server.drain_seconds);
    let shutdown = CancellationToken::new();
    cancel_on_signal(shutdown.clone())?;
    let _work = AbortOnDropHandle::new(tokio::spawn(app.background_work()?));
    let service = service(app, shutdown.clone())?;
    Ok(serve_until(listener, service, shutdown, drain).await?)
}

/// Serves until `shutdown` is cancelled, then lets what runs finish, for at most `drain`.
///
/// New connections are refused from then on; open event streams end and sockets close with 1001, so that
/// their clients go to another replica.
///
/// # Errors
/// When the socket fails.
pub async fn serve_until(
    listener: TcpListener,
    service: Service,
    shutdown: CancellationToken,
    drain: Duration,
) -> io::Result<()> {
    let Service { router, tasks } = service;
    // An answer is written in one go, so waiting for more to send only delays it.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    tracing::info!(address = ?listener.local_addr().ok(), "listening");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let too_late = async {
        shutdown.cancelled().await;
        tracing::info!(seconds = drain.as_secs(), "shutting down: finishing what runs");
        tokio::time::sleep(drain).await;
    };
    let all = async {
        serving.await?;
        tasks.close();
        tasks.wait().await;
        Ok(())
    };
    tokio::select! {
        result = all => result,
        () = too_late => {
            tracing::warn!("some requests did not finish in time");
            Ok(())
        }
    }
}

fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.cancel();
    });
    Ok(())
}
