//! The rules: who may do what, what must hold, what happens in one transaction.
//!
//! Functions take the [`Domain`], the [`Viewer`](crate::viewer::Viewer) and an input, and return rows or a designed
//! [`Error`](gerbang_kernel::error::Error). Every read starts at a finder scoped to the viewer, so another's
//! row is *not found*; races are decided by constraints of the database, never by a read before a write.

use std::{ops::Deref, sync::Arc};

use gerbang_kernel::clock::Clock;
use gerbang_limits::Limiter;
use gerbang_platform::{db::Db, files::Files, geo_ip::GeoIp, group_commit::GroupCommit};

use crate::{
    accounts::{
        password::hashing::Passwords,
        token::{last_used::LastUsed, rules::Tokens},
        viewer_cache::ViewerCache,
    },
    audit::log::AuditLog,
    config::Config,
    constants::rows::ConstantRows,
    events::Events,
    outbox::handle::Outbox,
    payments::{event::store::EventStore, provider::Providers},
    recent_writes::RecentWrites,
    talents::result_report::reports::Reports,
    tracking::click::ingest::Recorder,
    usage::calls::LegacyCalls,
};

/// What the rules need from outside. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Domain(Arc<DomainParts>);

/// The parts of a [`Domain`].
#[derive(Debug)]
pub struct DomainParts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Publishes changes to subscriptions.
    pub events: Events,
    /// What was read of tables that seldom change.
    pub constants: ConstantRows,
    /// Writes clicks.
    pub clicks: GroupCommit<Recorder>,
    /// Stores who did what.
    pub audit: GroupCommit<AuditLog>,
    /// Where addresses are.
    pub geo_ip: GeoIp,
    /// How often something may be done.
    pub limiter: Limiter,
    /// Uploaded files.
    pub files: Files,
    /// What people read of results.
    pub reports: Reports,
    /// How passwords are hashed and checked.
    pub passwords: Passwords,
    /// How tokens are signed and read.
    pub tokens: Tokens,
    /// Wakes the worker that delivers messages.
    pub outbox: Outbox,
    /// Notes when tokens were last used.
    pub last_used: LastUsed,
    /// Whose tokens were looked up a moment ago.
    pub viewers: ViewerCache,
    /// Who may not read from a replica of the database yet.
    pub writes: RecentWrites,
    /// Calls of legacy routes that were counted and not stored yet.
    pub legacy_calls: LegacyCalls,
    /// Stores payment notifications.
    pub payment_queue: GroupCommit<EventStore>,
    /// Who collects payments.
    pub providers: Arc<Providers>,
    /// The settings.
    pub config: Config,
}

impl Domain {
    /// Puts the parts together.
    pub fn new(parts: DomainParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Domain {
    type Target = DomainParts;

    fn deref(&self) -> &DomainParts {
        &self.0
    }
}
