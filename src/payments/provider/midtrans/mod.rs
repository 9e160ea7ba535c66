//! Midtrans, which signs in the body. Its signature covers the order, the amount and a status code, but not the status:
//! whoever has seen one notification could send it again with another. So its own record is asked for ([`status_api`])
//! and compared.

mod body;
mod confirm;
pub mod status_api;

use futures_util::future::{BoxFuture, FutureExt};
use gerbang_kernel::{error::Result, secret::Secret};
use sha2::{Digest, Sha512};

use self::{
    body::Signed,
    confirm::{confirm, reversal},
    status_api::{StatusApi, Timeouts},
};
use super::{
    interface::{Delivery, Hook, Mismatch, Provider, Rejection},
    keys::{same, usable},
    notification::{Notification, Unreadable},
};
use crate::{
    config,
    payments::{event::row::Headers, order::transition::Reversal},
};

/// Midtrans with its settings.
#[derive(Debug)]
pub(super) struct Midtrans {
    keys: Vec<Secret>,
    /// Where it is asked, if the settings say so.
    api: Option<StatusApi>,
}

/// Where its notifications come in.
pub(super) fn hook(settings: &config::Midtrans) -> Hook<'_> {
    Hook { operation: "ReceiveMidtransNotification", paths: &settings.paths }
}

impl Midtrans {
    /// With these settings.
    ///
    /// # Errors
    /// When Midtrans is to be asked and the client can't be set up.
    pub(super) fn new(settings: config::Midtrans) -> Result<Self, String> {
        let config::Midtrans { server_keys: keys, paths: _, confirm, api_url } = settings;
        let asks = confirm && !keys.is_empty();
        let api = asks.then(|| StatusApi::new(&api_url, Timeouts::default())).transpose()?;
        Ok(Self { keys, api })
    }
}

impl Provider for Midtrans {
    fn name(&self) -> &'static str {
        "midtrans"
    }

    fn verify(&self, delivery: &Delivery) -> Result<Option<&Secret>, Rejection> {
        let signed = Signed::find(&delivery.body)?.texts().ok_or(Rejection::Unsigned)?;
        let [order_id, status_code, gross_amount, signature] = signed;
        let key = signing_key(&self.keys, [&*order_id, &*status_code, &*gross_amount], &signature);
        key.map(Some).ok_or(Rejection::Unsigned)
    }

    fn parse(&self, body: &str, _headers: &Headers) -> Result<Notification, Unreadable> {
        body::read(body)
    }

    fn confirm<'a>(
        &'a self,
        key: Option<&'a Secret>,
        notification: &'a Notification,
    ) -> BoxFuture<'a, Result<Option<Mismatch>>> {
        async move {
            match (&self.api, key.or(self.keys.first())) {
                (Some(api), Some(key)) => confirm(api, key, notification).await,
                _ => Ok(None),
            }
        }
        .boxed()
    }

    /// What it said last counts, and a settlement is later than a capture.
    fn reversal(&self, before: &[String], now: &str) -> Option<Reversal> {
        let last = ["settlement", "capture"].into_iter().find(|status| before.iter().any(|one| one == status))?;
        reversal(last, now)
    }
}

/// The key that Midtrans signed with, if it did: `signature` is the SHA-512 of the three fields and the key, verbatim
/// one after the other, in lower-case hexadecimal digits.
fn signing_key<'k>(keys: &'k [Secret], signed: [&str; 3], signature: &str) -> Option<&'k Secret> {
    let mut found = None;
    for key in usable(keys) {
        let mut hash = Sha512::new();
        for field in signed {
            hash.update(field.as_bytes());
        }
        hash.update(key.expose().as_bytes());
        if same(hex::encode(hash.finalize()).as_bytes(), signature.as_bytes()) {
            found = Some(key);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "252ae55f1a3fb7daab557e502bc64cfb1f8235d9b21238bdbc91674e833213e95f70a559f0a5b7091b4bf6cfa83aab612ab842779e31322e9d16cdcd2440fe64";

    #[test]
    fn the_key_that_signed_is_found_among_several() {
        let keys = ["", "another", "SB-Mid-server-TESTKEY0001"].map(Secret::new);
        let signed = ["INV-2026-000123", "200", "250000.00"];
        let found = signing_key(&keys, signed, SIGNATURE);
        assert_eq!(found.map(Secret::expose), Some("SB-Mid-server-TESTKEY0001"));
        assert!(signing_key(&keys[..2], signed, SIGNATURE).is_none());
        assert!(signing_key(&keys, ["INV-2026-000123", "200", "250000"], SIGNATURE).is_none());
        assert!(signing_key(&keys, signed, &SIGNATURE.to_uppercase()).is_none());
    }

    #[test]
    fn an_empty_key_verifies_nothing() {
        let of_nothing = hex::encode(Sha512::digest(""));
        assert!(signing_key(&[Secret::new("")], ["", "", ""], &of_nothing).is_none());
    }
}
