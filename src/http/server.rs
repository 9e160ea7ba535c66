//! The listening socket, from the first request to the last.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use tower::ServiceExt;

use super::service::{Service, service};
use crate::app::{App, StartError};

/// Connections at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 20_000;
/// How long to wait when the system has no room for another connection.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// How long clients are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, the first or the next one on a connection. Longer than balancers keep an
    /// idle connection (60 seconds in most), or they would send into one that we close.
    pub head: Duration,
    /// For a client to take anything more of what it is sent; one that reads nothing would keep its connection for ever.
    pub write: Duration,
    /// For what runs to finish after the shutdown began.
    pub drain: Duration,
}

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
    let patience = Patience { head: Duration::from_secs(75), write: Duration::from_secs(30), drain };
    serve_until(listener, service, shutdown, patience).await;
    drop(work);
    app.store_legacy_calls().await;
    app.close().await;
    Ok(())
}

/// Serves until `shutdown` is cancelled, then lets what runs finish.
///
/// New connections are refused from then on; open event streams end and sockets close with 1001, so that
/// their clients go to another replica.
pub async fn serve_until(listener: TcpListener, service: Service, shutdown: CancellationToken, patience: Patience) {
    let Service { router, tasks } = service;
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tracing::info!(address = ?listener.local_addr().ok(), "listening");
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((listener.accept().await?, place))
        };
        tokio::select! {
            accepted = accepted => match accepted {
                Ok(((stream, peer), place)) => {
                    let conversation = converse(stream, peer, router.clone(), patience, shutdown.clone());
                    connections.spawn(async move {
                        conversation.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(error = %error, "a connection could not be taken");
                    sleep(OUT_OF_FILES).await;
                }
            },
            () = shutdown.cancelled() => break,
        }
    }
    drop(listener);
    tracing::info!(seconds = patience.drain.as_secs(), "shutting down: finishing what runs");
    connections.close();
    tasks.close();
    let finished = async { tokio::join!(connections.wait(), tasks.wait()) };
    if tokio::time::timeout(patience.drain, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Serves one connection until the client has enough or `shutdown` begins.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
    shutdown: CancellationToken,
) {
    // An answer is written in one go, so waiting for more to send only delays it.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.write));
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = pin!(connection);
    // It fails when the client goes away, which is the client's business.
    let _ = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
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
