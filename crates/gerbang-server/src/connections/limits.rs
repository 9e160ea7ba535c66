//! How many connections there may be.

use std::time::Duration;

/// Connections at once at most, whatever the system allows.
const MAX_CONNECTIONS: usize = 20_000;
/// What of the files that may be open is left to others than connections: the database, uploads, outgoing requests.
const OTHER_FILES_DIVISOR: usize = 4;
/// How long a client may take to send something before its connection is the first to go.
const GRACE_PERIOD: Duration = Duration::from_secs(1);

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// At once, of everybody.
    pub total: usize,
    /// At once, from one address.
    pub per_address: usize,
    /// Besides, for probes and admins.
    pub reserved: usize,
    /// How long a new connection that has sent nothing is left alone by those of other addresses.
    pub grace: Duration,
}

impl ConnectionLimits {
    /// `per_address` times `scale` for each address, where the system lets so many files be open.
    pub fn new(per_address: usize, scale: usize, open_files: usize) -> Self {
        let others = (open_files / OTHER_FILES_DIVISOR).clamp(64, 1_024);
        let all = MAX_CONNECTIONS.min(open_files.saturating_sub(others)).max(16);
        let reserved = (all / 16).clamp(8, 256);
        let total = all - reserved;
        let share = per_address.min(total / 4).saturating_mul(scale);
        Self { total, per_address: share.clamp(1, total), reserved, grace: GRACE_PERIOD }
    }
}
