//! How often somebody may do what costs others something: what sends messages, makes accounts, tries codes or
//! fills tables.
//!
//! Counted by where a request comes from, whatever front, API or realm it is for, before it is looked up whether
//! others have an account: what is answered then says nothing about them. An address may stand for a whole office, so the numbers are
//! settings.

use std::time::Duration;

use gerbang_kernel::{error::Result, identity::ClientInfo};
use gerbang_limits as limits;

use super::domain::Domain;
use crate::config::Rate;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Signing up.
    SignUp,
    /// Inviting, and accepting an invitation.
    Invitation,
    /// Asking for a code that replaces a password, and trying one.
    PasswordReset,
    /// Asking for another code or link that verifies an address, and trying a code.
    Verification,
    /// Changing an e-mail address, which tells the old one and may ask the new one for a proof.
    AddressChange,
    /// Reporting an error of a front end.
    ClientError,
}

impl Quota {
    const ALL: [Self; 6] = [
        Self::SignUp,
        Self::Invitation,
        Self::PasswordReset,
        Self::Verification,
        Self::AddressChange,
        Self::ClientError,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password reset",
            Self::Verification => "verification",
            Self::AddressChange => "address change",
            Self::ClientError => "client error",
        }
    }

    /// Counts one request of this client.
    ///
    /// # Errors
    /// `RATE_LIMITED` when its address or its network has had its number; the request is then not counted.
    pub async fn spend(self, domain: &Domain, client: &ClientInfo) -> Result<()> {
        let settings = &domain.config.limits;
        let name = self.name();
        let (rate, window) = match self {
            Self::SignUp => (settings.sign_ups, HOUR),
            Self::Invitation => (settings.invitations, HOUR),
            Self::PasswordReset => (settings.password_resets, HOUR),
            Self::Verification => (settings.verifications, HOUR),
            Self::AddressChange => (settings.address_changes, HOUR),
            Self::ClientError => (settings.client_errors, MINUTE),
        };
        let Rate { per_address, per_network } = rate;
        let hits = [
            (format!("{name}|{}", limits::address(client.ip)), per_address.saturating_mul(settings.scale), window),
            (
                format!("{name}|network {}", limits::network(client.ip)),
                per_network.saturating_mul(settings.scale),
                window,
            ),
        ];
        Ok(domain.limiter.hit_all(&hits).await?)
    }
}

/// Lets what is counted of refusals begin at zero.
pub(crate) fn start_series() {
    Quota::ALL.map(Quota::name).into_iter().for_each(limits::start_series);
}
