//! A way to a server that can be cut, as cables and servers are.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

/// Passes on what comes to its address.
pub(crate) struct Proxy {
    address: SocketAddr,
    target: Arc<str>,
    silent: watch::Sender<bool>,
    passing: Option<AbortOnDropHandle<()>>,
}

impl Proxy {
    /// A way to the server of this URL.
    pub(crate) fn to(url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432)).into();
        let mut proxy =
            Self { address: ([127, 0, 0, 1], 0).into(), target, silent: watch::Sender::new(false), passing: None };
        proxy.open();
        proxy
    }

    /// The same URL by this way.
    pub(crate) fn url(&self, url: &str) -> String {
        let mut url = Url::parse(url).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.into()
    }

    /// Ends all connections; new ones are refused.
    pub(crate) fn cut(&mut self) {
        self.passing = None;
    }

    /// Lets connections through again.
    pub(crate) fn open(&mut self) {
        let listener = listen(self.address).unwrap();
        self.address = listener.local_addr().unwrap();
        let passing = pass(listener, Arc::clone(&self.target), self.silent.clone());
        self.passing = Some(AbortOnDropHandle::new(tokio::spawn(passing)));
    }

    /// Ends all connections; new ones come through, as after a restart in no time.
    pub(crate) async fn restart(&mut self) {
        self.cut();
        // What was aborted ends when it is its turn.
        tokio::task::yield_now().await;
        self.open();
    }

    /// Swallows what is sent, without a word, or passes it on again.
    pub(crate) fn be_silent(&self, silent: bool) {
        self.silent.send_replace(silent);
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // The port of connections that were just ended can be had again.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(128)
}

async fn pass(listener: TcpListener, target: Arc<str>, silent: watch::Sender<bool>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(forward(stream, Arc::clone(&target), silent.subscribe()));
    }
}

async fn forward(mut client: TcpStream, target: Arc<str>, mut silent: watch::Receiver<bool>) {
    // A connection that was begun in silence is not passed on, and one that met silence never again.
    if *silent.borrow() {
        return std::future::pending().await;
    }
    let Ok(mut server) = TcpStream::connect(&*target).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = async { silent.wait_for(|silent| *silent).await.map(drop) } => std::future::pending().await,
    }
}
