//! Who collects payments: one file a provider, each an `interface::Provider`. Nothing else knows what is peculiar to
//! one of them.
//!
//! To add a provider: its variant of [`row::Provider`], its section of the settings, its file, its fields of
//! [`Providers`], and its operation in [`hook`](super::hook).

mod doku;
pub mod interface;
mod keys;
pub mod midtrans;
mod notification;
mod xendit;

use std::sync::Arc;

use arc_swap::ArcSwap;

pub(crate) use self::notification::{MappedStatus, Notification, Unreadable};
use self::{
    doku::Doku,
    interface::{Hook, Provider},
    midtrans::Midtrans,
    xendit::Xendit,
};
use crate::{
    config,
    payments::{
        event::row::{Headers, Model},
        order::row,
    },
};

/// All providers, with their settings.
#[derive(Debug)]
pub struct Providers(ArcSwap<All>);

#[derive(Debug)]
struct All {
    midtrans: Arc<Midtrans>,
    doku: Arc<Doku>,
    xendit: Arc<Xendit>,
}

impl All {
    fn new(settings: &config::Payments) -> Result<Self, String> {
        let config::Payments { midtrans, doku, xendit, event_days: _ } = settings.clone();
        Ok(Self {
            midtrans: Arc::new(Midtrans::new(midtrans)?),
            doku: Arc::new(Doku(doku)),
            xendit: Arc::new(Xendit(xendit)),
        })
    }
}

impl Providers {
    /// Those of the settings.
    ///
    /// # Errors
    /// When a setting can't be used; the text says which.
    pub fn new(settings: &config::Payments) -> Result<Self, String> {
        Ok(Self(ArcSwap::from_pointee(All::new(settings)?)))
    }

    /// From now on these are the settings; what is being taken at the moment keeps those that it began with.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn replace(&self, settings: &config::Payments) -> Result<(), String> {
        self.0.store(Arc::new(All::new(settings)?));
        Ok(())
    }

    pub(crate) fn get(&self, provider: row::Provider) -> Arc<dyn Provider> {
        let all = self.0.load();
        match provider {
            row::Provider::Midtrans => Arc::clone(&all.midtrans) as Arc<dyn Provider>,
            row::Provider::Doku => Arc::clone(&all.doku) as Arc<dyn Provider>,
            row::Provider::Xendit => Arc::clone(&all.xendit) as Arc<dyn Provider>,
        }
    }

    /// Reads a notification of `provider` whose signature was checked, as it can be stored.
    pub(crate) fn parse(
        &self,
        provider: row::Provider,
        body: &str,
        headers: &Headers,
    ) -> Result<Notification, Unreadable> {
        self.get(provider).parse(body, headers)?.storable()
    }

    /// Reads a stored notification again.
    pub(crate) fn parse_stored(&self, event: &Model) -> Result<Notification, Unreadable> {
        self.parse(event.provider, &event.body, &event.headers)
    }
}

/// Where each provider's notifications come in.
pub fn hooks(settings: &config::Payments) -> [Hook<'_>; 3] {
    [midtrans::hook(&settings.midtrans), doku::hook(&settings.doku), xendit::hook(&settings.xendit)]
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;
    use crate::{config::LoadedConfig, payments::order::transition::Reversal};

    fn providers() -> Providers {
        let config = LoadedConfig::load_with(None, []).unwrap().complete().unwrap();
        Providers::new(&config.payments).unwrap()
    }

    #[test]
    fn only_midtrans_takes_back_without_a_refund() {
        let providers = providers();
        for provider in row::Provider::iter() {
            let reversal = |before: &str, now| providers.get(provider).reversal(&[before.to_owned()], now);
            let own = provider == row::Provider::Midtrans;
            assert_eq!(reversal("settlement", "deny"), own.then_some(Reversal::Reversed), "{provider:?}");
            assert_eq!(reversal("capture", "cancel"), own.then_some(Reversal::Voided), "{provider:?}");
            for (before, now) in [("settlement", "cancel"), ("capture", "deny"), ("pending", "deny"), ("", "")] {
                assert_eq!(reversal(before, now), None, "{provider:?} {before} -> {now}");
            }
        }
    }

    #[test]
    fn a_parsed_notification_fits_its_columns() {
        let id = "x".repeat(500);
        let body =
            format!(r#"{{"transaction":{{"status":"SUCCESS"}},"order":{{"invoice_number":"{id}","amount":1}}}}"#);
        let headers = Headers([("request-id".to_owned(), "y".repeat(300))].into());
        let notification = providers().parse(row::Provider::Doku, &body, &headers).unwrap();
        assert_eq!((notification.order_id.chars().count(), notification.event_key.len()), (100, 71));
    }
}
