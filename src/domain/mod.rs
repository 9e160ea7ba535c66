//! The rules: who may do what, what must hold, what happens in one transaction.
//!
//! Functions take the [`Domain`], the [`Viewer`] and an input, and return rows or a designed
//! [`Error`](gerbang_kernel::error::Error). Every read starts at a finder scoped to the viewer, so another's
//! row is *not found*; races are decided by constraints of the database, never by a read before a write.

use std::{ops::Deref, sync::Arc};

pub mod accounts;
pub mod content;
pub mod demo;
pub mod events;
pub mod notary;
pub mod notifications;
pub mod operations;
pub mod payments;
pub mod period;
pub mod quotas;
pub mod scholarship;
pub mod shape;
pub mod signed_link;
pub mod talents;
pub mod tracking;
pub mod validate;
pub mod worker;

pub use crate::entity::{
    TokenKind, Viewer,
    accounts::{Realm, Role},
};
use crate::{config::Config, domain::payments::status_api::StatusApi};
use accounts::{authenticate::LastUsed, outbox::Outbox, passwords::Passwords, tokens::Tokens};
use events::Events;
use gerbang_kernel::clock::Clock;
pub use gerbang_kernel::identity::ClientInfo;
use gerbang_limits::Limiter;
use gerbang_platform::{db::Db, files::Files, geo_ip::GeoIp};
use operations::legacy_usage::LegacyCalls;
use payments::intake::Intake;
use talents::result_report::Reports;
use tracking::recording::Recorder;

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
    /// What has just happened, for those who watch live.
    pub events: Events,
    /// Writes clicks.
    pub clicks: Recorder,
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
    /// Calls the worker that delivers messages.
    pub outbox: Outbox,
    /// Notes when tokens were last used.
    pub last_used: LastUsed,
    /// Calls of legacy routes that were counted and not stored yet.
    pub legacy_calls: LegacyCalls,
    /// Where payment notifications wait to be stored.
    pub intake: Intake,
    /// Confirms what Midtrans says, if the settings say so.
    pub midtrans: Option<StatusApi>,
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
