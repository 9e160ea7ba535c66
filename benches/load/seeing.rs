//! What it costs to see inside: the same program, once with log, metrics and traces, once with none of them.

use std::{error::Error, future::IntoFuture, net::Ipv4Addr};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::{data::Data, server::Server};

/// The program that tells nothing, and what takes the traces of the one that does.
pub(crate) struct Seeing {
    pub(crate) unseen: Server,
    _collector: AbortOnDropHandle<()>,
}

impl Seeing {
    /// Both, and the program that is seen: its log goes to a file, a share of its traces (as installed) to a collector.
    pub(crate) async fn start(data: &Data) -> Result<(Server, Self), Box<dyn Error>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let taking = axum::serve(listener, Router::new().fallback(async || ())).into_future();
        let collector = AbortOnDropHandle::new(tokio::spawn(async move {
            let _ = taking.await;
        }));
        let seen = Server::gerbang(data, &[("GERBANG_TRACES__ENDPOINT", &endpoint)]).await?;
        let unseen = [("RUST_LOG", "off"), ("GERBANG_SERVER__METRICS_LISTEN", "off")];
        let unseen = Server::gerbang(data, &unseen).await?;
        Ok((seen, Self { unseen, _collector: collector }))
    }
}
