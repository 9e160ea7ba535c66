//! Who collects payments: one file a provider, each an `interface::Provider`. Nothing else knows what is peculiar to
//! one of them.
//!
//! To add a provider: its variant of [`row::Provider`], its section of the settings, its file, its fields of
//! [`Providers`], and its operation in [`event::hook_schema`](super::event::hook_schema).

mod doku;
pub mod interface;
mod keys;
pub mod midtrans;
mod notification;
mod xendit;

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
pub struct Providers {
    midtrans: Midtrans,
    doku: Doku,
    xendit: Xendit,
}

impl Providers {
    /// Those of the settings.
    ///
    /// # Errors
    /// When a setting can't be used; the text says which.
    pub fn new(settings: &config::Payments) -> Result<Self, String> {
        let config::Payments { midtrans, doku, xendit } = settings.clone();
        Ok(Self { midtrans: Midtrans::new(midtrans)?, doku: Doku(doku), xendit: Xendit(xendit) })
    }

    pub(crate) fn get(&self, provider: row::Provider) -> &dyn Provider {
        match provider {
            row::Provider::Midtrans => &self.midtrans,
            row::Provider::Doku => &self.doku,
            row::Provider::Xendit => &self.xendit,
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
