//! The listening socket: its beginning, at a port that another server may share, and its end, at which nobody is lost.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// Connections that may wait to be accepted; the system may allow fewer.
const BACKLOG: u32 = 1_024;
/// How long a handshake that has begun may take when the socket is to be closed.
const HANDSHAKE: Duration = Duration::from_millis(200);
/// How long to wait after a connection could not be accepted.
const BACKOFF: Duration = Duration::from_millis(20);

/// A listening socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    shared: bool,
}

impl From<TcpListener> for Listener {
    /// A port of our own.
    fn from(socket: TcpListener) -> Self {
        Self { socket, shared: false }
    }
}

impl Listener {
    /// Listens at `address`. Where it is `shared`, so may others of the same user: the system deals out new connections among
    /// them.
    ///
    /// # Errors
    /// When the address is not ours, or is taken by somebody who doesn't share it.
    pub fn bind(address: SocketAddr, shared: bool) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Connections of a server that has ended are in nobody's way.
        socket.set_reuseaddr(true)?;
        if shared {
            socket.set_reuseport(true)?;
        }
        socket.bind(address)?;
        Ok(Self { socket: socket.listen(BACKLOG)?, shared })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system doesn't say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.socket.accept().await
    }

    /// Stops listening. The system would reset connections that are made and not accepted yet: they are handed to `serve`.
    pub(crate) async fn close(self, mut serve: impl FnMut(TcpStream, SocketAddr)) {
        if self.shared {
            refuse_handshakes(&self.socket);
            let accept = async {
                loop {
                    match self.accept().await {
                        Ok((stream, peer)) => serve(stream, peer),
                        Err(_) => sleep(BACKOFF).await,
                    }
                }
            };
            let _: Result<(), _> = timeout(HANDSHAKE, accept).await;
        }
        // What is there, whether or not the runtime has heard of it.
        let Ok(socket) = self.socket.into_std() else { return };
        for _ in 0..BACKLOG {
            let Ok((stream, peer)) = socket.accept() else { return };
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                serve(stream, peer);
            }
        }
    }
}

/// Lets handshakes that have begun finish, and no other begin: the system would go on dealing this socket its share until
/// the moment that it is closed. A client whose first packet is dropped sends it again after a second, to whoever listens then.
#[cfg(target_os = "linux")]
fn refuse_handshakes(socket: &TcpListener) {
    use socket2::{SockFilter, SockRef};
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_ANY_BIT: u16 = 0x45;
    const RETURN: u16 = 0x06;
    /// The byte of a TCP header that holds its flags, and the flag of a first packet.
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    let filter = [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_ANY_BIT, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ];
    if let Err(error) = SockRef::from(socket).attach_filter(&filter) {
        tracing::debug!(%error, "connections may be reset when the socket is closed");
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_handshakes(_: &TcpListener) {}
