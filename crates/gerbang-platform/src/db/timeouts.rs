//! How long a database is waited for.

use std::time::Duration;

/// How long a request waits for a connection of a busy pool.
pub(super) const ACQUIRE: Duration = Duration::from_secs(10);
/// How long a statement may take on a server.
pub(super) const STATEMENT: Duration = Duration::from_secs(30);
/// A connection that was idle for longer is asked whether it is alive before it is used. One of a busy pool is not: that
/// would cost every statement another round trip.
pub(super) const IDLE: Duration = Duration::from_secs(1);
