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
    /// Counts one request of this client.
    ///
    /// # Errors
    /// `RATE_LIMITED` when its address or its network has had its number; the request is then not counted.
    pub async fn spend(self, domain: &Domain, client: &ClientInfo) -> Result<()> {
        let settings = &domain.config.limits;
        let (name, rate, window) = match self {
            Self::SignUp => ("sign-up", settings.sign_ups, HOUR),
            Self::Invitation => ("invitation", settings.invitations, HOUR),
            Self::PasswordReset => ("password reset", settings.password_resets, HOUR),
            Self::Verification => ("verification", settings.verifications, HOUR),
            Self::AddressChange => ("address change", settings.address_changes, HOUR),
            Self::ClientError => ("client error", settings.client_errors, MINUTE),
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
