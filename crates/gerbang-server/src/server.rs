//! The listening socket, from the first request to the last.

use std::{convert::Infallible, fmt, io, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, StatusCode, header::CONNECTION},
};
use gerbang_graphql::held_body::hold;
use gerbang_kernel::request::ConnectionGuard;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    connections::{ConnectionPermit, Connections},
    listener::Listener,
};

/// How long to wait when the system has no file for another connection, after some were closed.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(20);
/// How long a client may take on a connection that is reserved for probes and admins.
const RESERVED_TIMEOUT: Duration = Duration::from_secs(2);

/// How long connections are kept on which nothing runs when the shutdown begins: a request may be on its way, from a client
/// that has just connected or from a proxy that keeps its connections.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How long clients are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the head of a request, the first or the next one on a connection. Longer than balancers keep an
    /// idle connection (60 seconds in most), or they would send into one that we close.
    pub head: Duration,
    /// For a client to take anything more of what it is sent; one that reads nothing would keep its connection for ever.
    pub write: Duration,
    /// For what runs to finish after the shutdown began.
    pub drain: Duration,
}

impl Timeouts {
    /// What suits balancers, draining for as long as `drain`.
    pub const fn draining(drain: Duration) -> Self {
        Self { head: Duration::from_secs(75), write: Duration::from_secs(30), drain }
    }
}

/// All routes, and what is open on them.
#[derive(Clone)]
pub struct Service {
    /// The routes.
    pub router: Router,
    /// Open sockets; they end when the shutdown begins.
    pub tasks: TaskTracker,
    /// Who may hold connections.
    pub connections: Connections,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("tasks", &self.tasks).finish_non_exhaustive()
    }
}

/// Serves until `shutdown` is cancelled, then lets what runs finish.
///
/// New connections are refused from then on, or taken by another server that shares the port; open event streams end and
/// sockets close with 1001, so that their clients go to another replica.
pub async fn serve_until(
    listener: impl Into<Listener>,
    service: Service,
    shutdown: CancellationToken,
    timeouts: Timeouts,
) {
    let listener = listener.into();
    let Service { router, tasks, connections } = service;
    let serving = TaskTracker::new();
    let address = listener.local_addr().map_or_else(|error| error.to_string(), |address| format!("http://{address}"));
    tracing::info!(%address, connections = connections.limits().total, "listening");
    let serve = |stream, peer: SocketAddr| {
        // Without a permit it is closed at once.
        if let Some(permit) = connections.admit(peer.ip()) {
            serving.spawn(serve_connection(stream, peer, permit, router.clone(), timeouts, shutdown.clone()));
        }
    };
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => serve(stream, peer),
                Err(error) => {
                    tracing::warn!(error = %error, "a connection could not be taken");
                    connections.evict_some();
                    sleep(ACCEPT_BACKOFF).await;
                }
            },
            () = shutdown.cancelled() => break,
        }
    }
    listener.close(serve).await;
    tracing::info!(seconds = timeouts.drain.as_secs(), "shutting down: finishing what runs");
    serving.close();
    tasks.close();
    let finished = async { tokio::join!(serving.wait(), tasks.wait()) };
    if timeout(timeouts.drain, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Serves one connection until the client has enough, it is evicted, or `shutdown` begins.
async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    permit: ConnectionPermit,
    router: Router,
    timeouts: Timeouts,
    shutdown: CancellationToken,
) {
    // An answer is written in one go, so waiting for more to send only delays it.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    let (head, write) =
        if permit.is_reserved() { (RESERVED_TIMEOUT, RESERVED_TIMEOUT) } else { (timeouts.head, timeouts.write) };
    stream.set_write_timeout(Some(write));
    let own = permit.clone();
    let leaving = shutdown.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        own.set_busy();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        // A socket keeps its permit when it is no connection of HTTP any more.
        request.extensions_mut().insert(ConnectionGuard::new(own.clone()));
        request.extensions_mut().insert(own.clone());
        let (router, permit, leaving) = (router.clone(), own.clone(), leaving.clone());
        async move {
            let mut response = router.oneshot(request).await.map(|response| occupied(response, permit))?;
            if leaving.is_cancelled() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .keep_alive(!permit.is_reserved())
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    // It fails when the client goes away, which is the client's business.
    let _ = tokio::select! {
        ended = connection.as_mut() => ended,
        () = permit.evicted() => Ok(()),
        () = shutdown.cancelled() => {
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = sleep(LAST_REQUESTS) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        }
    };
}

/// An answer whose connection is idle when it has left.
fn occupied(response: Response<Body>, permit: ConnectionPermit) -> Response<Body> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    hold(response, Busy(permit))
}

/// The connection of an answer, until that has left.
struct Busy(ConnectionPermit);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set_idle();
    }
}

/// Cancels on SIGTERM or Ctrl-C.
///
/// # Errors
/// When the signals can't be listened to.
pub fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<()> {
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
