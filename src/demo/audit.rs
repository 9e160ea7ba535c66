//! What admins did, and who tried to be one.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use rand::RngExt;

use super::{accounts::Users, seeder::Seeder};
use crate::{
    accounts::Realm,
    audit::row::{AuditKind, Entity, Model},
};

/// What is done on a day, and to what.
const DONE: [(Realm, AuditKind, &str, &str, Option<&str>); 7] = [
    (Realm::TalentsMapping, AuditKind::Login, "login", "OK", None),
    (Realm::TalentsMapping, AuditKind::Admin, "updatePartner", "OK", Some("partner_2")),
    (Realm::Notary, AuditKind::Login, "login", "UNAUTHENTICATED", None),
    (Realm::Notary, AuditKind::Login, "login", "OK", None),
    (Realm::Notary, AuditKind::Admin, "updateOrderStatus", "OK", Some("order_1")),
    (Realm::Scholarship, AuditKind::Admin, "updateSettings", "VALIDATION_FAILED", None),
    (Realm::Staff, AuditKind::Logout, "logout", "OK", None),
];
const DAYS: i64 = 5;

/// Adds the entries of the last days.
pub(crate) async fn fill(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let mut entries = Vec::new();
    for day in (1..=DAYS).rev() {
        let mut at = seeder.now - TimeDelta::days(day);
        for (realm, kind, action, outcome, subject) in DONE {
            at += TimeDelta::minutes(seeder.rng.random_range(1..=60));
            let admin = users.admin(realm).id;
            let is_account = kind != AuditKind::Admin;
            entries.push(Model {
                id: 0,
                kind,
                action: action.to_owned(),
                outcome: outcome.to_owned(),
                realm,
                actor_id: (outcome != "UNAUTHENTICATED").then_some(admin),
                subject: if is_account { Some(format!("user_{admin}")) } else { subject.map(str::to_owned) },
                // An address that is set aside for documentation.
                ip: Some(format!("203.0.113.{}", seeder.rng.random_range(1..255))),
                client: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned()),
                request_id: Some(seeder.uuid(at).to_string()),
                created_at: at.into(),
            });
        }
    }
    seeder.insert_numbered::<Entity>(entries).await?;
    Ok(())
}
