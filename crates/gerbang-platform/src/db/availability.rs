//! Whether a server of databases answers.
//!
//! A pool alone finds out late and one connection at a time: each request waits for its turn to try to connect. Here one
//! task tries for all of them as soon as anything looks wrong, and all are told at once.

use std::{
    borrow::Cow,
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
    Available,
    /// A connection to it was lost, and it is being asked.
    Doubted,
    /// It was asked and did not answer; it is asked again and again.
    Away,
}

/// What is known of a server, for all who need it.
pub(super) struct Availability {
    server: PgConnectOptions,
    state: watch::Sender<State>,
    asking: AtomicBool,
}

impl fmt::Debug for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Availability").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

impl Availability {
    /// Of a server that was connected to just now.
    pub(super) fn new(server: PgConnectOptions) -> Self {
        Self { server, state: watch::Sender::new(State::Available), asking: AtomicBool::new(false) }
    }

    /// How to reach the server.
    pub(super) fn server(&self) -> PgConnectOptions {
        self.server.clone()
    }

    /// Waits while the server is in doubt.
    ///
    /// # Errors
    /// When it is away.
    pub(super) async fn settled(&self) -> Result<(), DbErr> {
        if *self.state.borrow() == State::Available {
            return Ok(());
        }
        let mut state = self.state.subscribe();
        match state.wait_for(|state| *state != State::Doubted).await.as_deref() {
            Ok(State::Available) => Ok(()),
            _ => Err(away()),
        }
    }

    /// Returns as soon as the server is known to be away.
    pub(super) async fn gone(&self) -> DbErr {
        // The sender lives as long as this does.
        let _ = self.state.subscribe().wait_for(|state| *state == State::Away).await;
        away()
    }

    /// Puts the server in doubt; whether this was the first to do so, who then has to ask.
    pub(super) fn doubt(&self) -> bool {
        self.pass(State::Available, State::Doubted)
    }

    /// Whether somebody should ask although nothing was lost: one does, however many want to know.
    pub(super) fn may_ask(&self) -> bool {
        !self.asking.swap(true, Ordering::Relaxed)
    }

    /// Asks for [`Self::may_ask`]; whether the server is not there, and nobody knew.
    pub(super) async fn find_gone(&self) -> bool {
        let answer = self.ask().await;
        self.asking.store(false, Ordering::Relaxed);
        answer.is_err() && self.pass(State::Available, State::Away)
    }

    /// Connects once.
    pub(super) async fn ask(&self) -> Result<(), sqlx::Error> {
        let connection = match timeout(CONNECT, self.server.connect()).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) if code(&error).as_deref() == Some(TOO_MANY_CONNECTIONS) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(sqlx::Error::PoolTimedOut),
        };
        // It is not needed any more, however its end goes.
        let _ = timeout(CONNECT, connection.close()).await;
        Ok(())
    }

    /// Tells everybody that the server does not answer; whether that is new.
    pub(super) fn is_away(&self) -> bool {
        self.state.send_replace(State::Away) != State::Away
    }

    /// Tells everybody that the server answers; whether it had been away.
    pub(super) fn is_back(&self) -> bool {
        self.state.send_replace(State::Available) == State::Away
    }

    fn pass(&self, from: State, to: State) -> bool {
        self.state.send_if_modified(|state| {
            let passes = *state == from;
            if passes {
                *state = to;
            }
            passes
        })
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(Cow::into_owned)
}

/// What a statement fails with while the server is away.
fn away() -> DbErr {
    let error = DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()));
    debug_assert!(is_connection_failure(&error));
    error
}
