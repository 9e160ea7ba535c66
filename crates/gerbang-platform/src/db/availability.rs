//! Whether a server of databases answers.
//!
//! A pool alone finds out late and one connection at a time: each request waits for its turn to try to connect. Here one
//! task tries for all of them as soon as anything looks wrong, and all fail or go on at once.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use gerbang_kernel::error::is_connection_failure;
use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions, Connection, postgres::PgConnectOptions},
};
use tokio::{sync::watch, time::timeout};

/// How long a server may take to let one connection in.
const CONNECT: Duration = Duration::from_secs(1);
/// PostgreSQL's code for a server whose connections are all taken: it is there.
const TOO_MANY_CONNECTIONS: &str = "53300";

/// What is known of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It answered last.
    Up,
    /// A connection to it was lost, and it is being checked.
    Suspect,
    /// It did not answer, and is checked again and again.
    Down,
}

/// What is known of a server, for all who need it.
pub(super) struct Availability {
    server: PgConnectOptions,
    state: watch::Sender<State>,
    checking: AtomicBool,
}

impl fmt::Debug for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Availability").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

impl Availability {
    /// Of a server that was connected to just now.
    pub(super) fn new(server: PgConnectOptions) -> Self {
        Self { server, state: watch::Sender::new(State::Up), checking: AtomicBool::new(false) }
    }

    /// How to reach the server.
    pub(super) fn server(&self) -> PgConnectOptions {
        self.server.clone()
    }

    /// Whether the server answered last.
    pub(super) fn is_up(&self) -> bool {
        *self.state.borrow() == State::Up
    }

    /// Waits until it is known whether the server answers.
    ///
    /// # Errors
    /// When it is down.
    pub(super) async fn wait_until_known(&self) -> Result<(), DbErr> {
        if self.is_up() {
            return Ok(());
        }
        let mut state = self.state.subscribe();
        match state.wait_for(|state| *state != State::Suspect).await.as_deref() {
            Ok(State::Up) => Ok(()),
            _ => Err(unavailable()),
        }
    }

    /// Returns as soon as the server is known to be down.
    pub(super) async fn wait_until_down(&self) -> DbErr {
        // The sender lives as long as this does.
        let _ = self.state.subscribe().wait_for(|state| *state == State::Down).await;
        unavailable()
    }

    /// Marks the server as suspect; whether this was the first to do so, who then has to check it.
    pub(super) fn suspect(&self) -> bool {
        self.change(State::Up, State::Suspect)
    }

    /// Whether to check the server although no connection was lost: one does, however many want to know.
    pub(super) fn start_check(&self) -> bool {
        !self.checking.swap(true, Ordering::Relaxed)
    }

    /// The check that [`Self::start_check`] allowed; whether the server is down, which was not known.
    pub(super) async fn finish_check(&self) -> bool {
        let answer = self.connect().await;
        self.checking.store(false, Ordering::Relaxed);
        answer.is_err() && self.change(State::Up, State::Down)
    }

    /// Connects once.
    pub(super) async fn connect(&self) -> Result<(), sqlx::Error> {
        let connection = match timeout(CONNECT, self.server.connect()).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) if has_no_room(&error) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(sqlx::Error::PoolTimedOut),
        };
        // It is not needed any more, however its end goes.
        let _ = timeout(CONNECT, connection.close()).await;
        Ok(())
    }

    /// Marks the server as down; whether that is new.
    pub(super) fn mark_down(&self) -> bool {
        self.state.send_replace(State::Down) != State::Down
    }

    /// Marks the server as up; whether it had been down.
    pub(super) fn mark_up(&self) -> bool {
        self.state.send_replace(State::Up) == State::Down
    }

    fn change(&self, from: State, to: State) -> bool {
        self.state.send_if_modified(|state| {
            let changes = *state == from;
            if changes {
                *state = to;
            }
            changes
        })
    }
}

/// Whether a server took no connection since all that it may have are taken.
pub(super) fn has_no_room(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some(TOO_MANY_CONNECTIONS)
}

/// What the library says where no connection could be made.
pub(super) fn not_connected(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// What a statement fails with while the server is down.
fn unavailable() -> DbErr {
    let error = DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()));
    debug_assert!(is_connection_failure(&error));
    error
}
