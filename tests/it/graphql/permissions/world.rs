//! One fixed set of rows, everybody who may call, and the way back after a change.

use std::io::{Seek, Write};

use async_graphql::{Request, UploadValue, Variables};
use gerbang::{
    accounts::{Realm, Role, invitation, user},
    notifications,
    scholarship::period,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, Statement, TryGetable};
use serde_json::json;
use uuid::Uuid;

use super::calls::{About, Root};
use crate::support::{
    TestApp,
    app::{Answer, PASSWORD},
    files::PNG,
    rows,
};

/// Row `n` of what belongs to a realm belongs to the `n`th.
pub(super) const REALMS: [(Realm, &str); 5] = [
    (Realm::TalentsMapping, "TALENTS_MAPPING"),
    (Realm::Apextrack, "APEXTRACK"),
    (Realm::Notary, "NOTARY"),
    (Realm::Scholarship, "SCHOLARSHIP"),
    (Realm::Staff, "STAFF"),
];

const ROLES: [(&str, Realm, Role); 12] = [
    ("CUSTOMER", Realm::Notary, Role::Customer),
    ("APPLICANT", Realm::Scholarship, Role::Applicant),
    ("AFFILIATE", Realm::Apextrack, Role::Affiliate),
    ("PARTNER", Realm::TalentsMapping, Role::Partner),
    ("NOTARY", Realm::Notary, Role::Notary),
    ("PPAT", Realm::Notary, Role::Ppat),
    ("EMPLOYEE", Realm::Staff, Role::Employee),
    ("ADMIN:TALENTS_MAPPING", Realm::TalentsMapping, Role::Admin),
    ("ADMIN:APEXTRACK", Realm::Apextrack, Role::Admin),
    ("ADMIN:NOTARY", Realm::Notary, Role::Admin),
    ("ADMIN:SCHOLARSHIP", Realm::Scholarship, Role::Admin),
    ("ADMIN:STAFF", Realm::Staff, Role::Admin),
];

/// Whose object a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The row that belongs to the caller, or to the role that has such rows.
    Own,
    /// Somebody else's of the same kind.
    Foreign,
    /// Of another user base altogether.
    Elsewhere,
    /// There is none.
    Absent,
}

/// Somebody who calls.
pub(super) struct Caller {
    pub(super) name: &'static str,
    realm: usize,
    email: String,
    token: Option<String>,
    /// Global ids of accounts: the caller's, one with the same role, one of another realm.
    accounts: [String; 3],
    notification: String,
}

pub(super) struct World {
    app: TestApp,
    pub(super) callers: Vec<Caller>,
    restore: String,
}

fn uuid(n: usize) -> String {
    Uuid::from_u128(n as u128).to_string()
}

impl About {
    pub(super) fn targets(self) -> &'static [Target] {
        match self {
            Self::Nothing => &[],
            Self::Realm => &[Target::Own, Target::Foreign],
            Self::User => &[Target::Own, Target::Foreign, Target::Elsewhere, Target::Absent],
            _ => &[Target::Own, Target::Foreign, Target::Absent],
        }
    }

    /// The key of the object.
    pub(super) fn key(self, caller: &Caller, target: Target) -> String {
        let row = match target {
            Target::Own => 1,
            Target::Foreign | Target::Elsewhere => 2,
            Target::Absent => 999,
        };
        let of_realm = match target {
            Target::Own => caller.realm + 1,
            Target::Foreign | Target::Elsewhere => (caller.realm + 1) % REALMS.len() + 1,
            Target::Absent => 999,
        };
        match self {
            Self::Nothing => String::new(),
            Self::Number => row.to_string(),
            Self::Word(word) => format!("{word} {row}"),
            Self::Name(name) => format!("{name}_{row}"),
            Self::OfRealm => of_realm.to_string(),
            Self::OfRealmWord(word) => format!("{word}-{of_realm}"),
            Self::Realm => REALMS[of_realm - 1].1.to_owned(),
            Self::User => match target {
                Target::Own => caller.accounts[0].clone(),
                Target::Foreign => caller.accounts[1].clone(),
                Target::Elsewhere => caller.accounts[2].clone(),
                Target::Absent => "user_999999".to_owned(),
            },
            Self::Notification if target == Target::Own => caller.notification.clone(),
            Self::Notification | Self::Uuid => uuid(row),
        }
    }
}

impl World {
    pub(super) async fn new() -> Self {
        // So many calls would be too many from one address.
        let app = TestApp::with(|config| config.limits.scale = 100_000).await;
        for n in 1..=5 {
            rows::insert(&app.domain.db, n).await;
        }
        number_on(&app).await;
        let mut users = Vec::new();
        for (_, realm, role) in ROLES {
            let bound = |partner: i64| {
                move |row: &mut user::row::ActiveModel| {
                    row.partner_id = Set((role == Role::Partner).then_some(partner));
                }
            };
            users.push((app.user_with(realm, role, bound(1)).await, app.user_with(realm, role, bound(2)).await));
        }
        revive(&app).await;
        give_owners(&app, &users).await;
        let mut callers = Vec::new();
        for (n, ((name, realm, _), (own, other))) in ROLES.into_iter().zip(&users).enumerate() {
            let (email, realm) = (own.email.clone(), REALMS.iter().position(|known| known.0 == realm).unwrap());
            let elsewhere = &users.iter().find(|(user, _)| user.realm != own.realm).unwrap().0;
            let accounts = [own, other, elsewhere].map(|user| format!("user_{}", user.id));
            let notification = uuid(100 + n);
            notify(&app, own.id, 100 + n).await;
            let login = format!(
                r#"mutation {{ login(input: {{ realm: {}, login: "{email}", password: "{PASSWORD}" }}) {{ token {{ content }} }} }}"#,
                REALMS[realm].1
            );
            let session = app.anonymous().graphql(&login).await.ok();
            let token = session["login"]["token"]["content"].as_str().map(str::to_owned);
            callers.push(Caller { name, realm, email, token, accounts, notification });
        }
        let nobody =
            Caller { name: "ANONYMOUS", token: None, accounts: callers[0].accounts.clone(), ..nobody(&callers[0]) };
        callers.insert(0, nobody);
        let restore = save(&app).await;
        Self { app, callers, restore }
    }

    /// What somebody is answered.
    pub(super) async fn call(&self, caller: &Caller, root: Root, field: &str) -> Answer {
        let actor = match &caller.token {
            Some(token) => self.app.with_token(token).await,
            None => self.app.anonymous(),
        };
        let field = field
            .replace("{email}", &caller.email)
            .replace("{realm}", REALMS[caller.realm].1)
            .replace("{token}", caller.token.as_deref().unwrap_or("none"));
        match root {
            Root::Query => actor.graphql(&format!("{{ {field} }}")).await,
            Root::Mutation if field.contains("$file") => {
                let mut request = Request::new(format!("mutation ($file: Upload!) {{ {field} }}"))
                    .variables(Variables::from_json(json!({ "file": null })));
                let mut content = tempfile::tempfile().unwrap();
                content.write_all(PNG).unwrap();
                content.rewind().unwrap();
                let file = UploadValue { filename: "photo.png".to_owned(), content_type: None, content };
                request.set_upload("variables.file", file);
                actor.execute(request).await
            }
            Root::Mutation => actor.graphql(&format!("mutation {{ {field} }}")).await,
            Root::Subscription => {
                let mut watcher = actor.subscribe(&format!("subscription {{ {field} }}"));
                if watcher.is_silent() {
                    return Answer { data: json!({ "watched": true }), errors: json!(null) };
                }
                watcher.next().await.expect("why there is nothing to watch")
            }
        }
    }

    /// Puts every row back as it was.
    pub(super) async fn restore(&self) {
        self.app.domain.db.write().execute_unprepared(&self.restore).await.expect("the rows go back");
    }
}

fn nobody(like: &Caller) -> Caller {
    Caller {
        name: like.name,
        realm: like.realm,
        email: like.email.clone(),
        token: None,
        accounts: like.accounts.clone(),
        notification: like.notification.clone(),
    }
}

/// Lets new rows have numbers behind those that the rows brought with them.
async fn number_on(app: &TestApp) {
    if app.domain.db.backend() == DbBackend::Postgres {
        app.break_down(
            "SELECT setval(pg_get_serial_sequence(table_name::text, 'id'), 10) FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name = 'id' \
             AND pg_get_serial_sequence(table_name::text, 'id') IS NOT NULL",
        )
        .await;
    }
}

/// Makes the rows such that something can be done with them.
async fn revive(app: &TestApp) {
    for statement in [
        "UPDATE users SET status = 'active', sessions_valid_from = NULL",
        // Far from the numbers that the counters give.
        "UPDATE users SET legacy_id = legacy_id + 1000 WHERE id <= 5",
        "UPDATE settings SET key = replace(key, ' ', '_')",
        "UPDATE clients SET status = 'assessed'",
        "UPDATE services SET status = 'open'",
        "UPDATE orders SET status = 'placed'",
        "UPDATE documents SET review_status = 'pending'",
        "UPDATE scholarship_applications SET status = 'submitted'",
        "UPDATE leads SET status = 'pending'",
        "UPDATE payment_orders SET status = 'pending', flagged = NULL, order_id = 'order-' || id",
        "UPDATE webhook_events SET status = 'flagged', order_id = 'order-' || id",
        "UPDATE invitations SET accepted_at = NULL, accepted_by = NULL, revoked_at = NULL",
        "UPDATE notifications SET read_at = NULL",
    ] {
        app.break_down(statement).await;
    }
    let db = app.domain.db.write();
    let (before, later) =
        (app.clock.now() - chrono::TimeDelta::days(30), app.clock.now() + chrono::TimeDelta::days(30));
    for n in 1..=5_u8 {
        let invitation =
            invitation::row::ActiveModel { id: Set(n.into()), expires_at: Set(later.into()), ..Default::default() };
        invitation.update(db).await.unwrap();
        let period = period::row::ActiveModel {
            id: Set(Uuid::from_u128(n.into()).into()),
            registration_opens_at: Set(before.into()),
            registration_closes_at: Set(later.into()),
            starts_at: Set((later + chrono::TimeDelta::days(1)).into()),
            ends_at: Set((later + chrono::TimeDelta::days(90)).into()),
            ..Default::default()
        };
        period.update(db).await.unwrap();
    }
}

/// The first row of each kind belongs to the one who calls, the second to another user with the same role.
async fn give_owners(app: &TestApp, users: &[(user::row::Model, user::row::Model)]) {
    let of = |role: Role| users.iter().find(|(user, _)| user.role == role).expect("somebody with each role");
    for (table, column, role) in [
        ("orders", "customer_id", Role::Customer),
        ("applicants", "user_id", Role::Applicant),
        ("sub_ids", "affiliate_id", Role::Affiliate),
        ("clicks", "affiliate_id", Role::Affiliate),
        ("leads", "affiliate_id", Role::Affiliate),
        ("click_summaries", "affiliate_id", Role::Affiliate),
    ] {
        let (own, other) = of(role);
        // Rows are made by tests alone, so their columns hold what the test put there.
        for (n, user) in [(1, own), (2, other)] {
            app.break_down(&format!("UPDATE {table} SET {column} = {} WHERE {column} = {n}", user.id)).await;
        }
    }
    for (n, realm) in ["talents_mapping", "apextrack", "notary", "scholarship", "staff"].into_iter().enumerate() {
        for table in ["payment_orders", "webhook_events", "invitations", "legacy_usage", "audit_entries"] {
            app.break_down(&format!("UPDATE {table} SET realm = '{realm}' WHERE id = {}", n + 1)).await;
        }
    }
}

async fn notify(app: &TestApp, user_id: i64, n: usize) {
    let (created_at, updated_at) = (app.clock.now(), app.clock.now());
    let (title, message) = ("T".to_owned(), "M".to_owned());
    let id = Uuid::from_u128(n as u128).into();
    app.insert(notifications::row::Model {
        id,
        user_id,
        title,
        message,
        read_at: None,
        created_at: created_at.into(),
        updated_at: updated_at.into(),
    })
    .await;
}

/// Keeps a copy of every row, and gives the statements that bring it back.
async fn save(app: &TestApp) -> String {
    let db = &app.domain.db;
    let tables = async |sql: &str| -> Vec<String> {
        let rows = db.write().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
        rows.iter().map(|row| String::try_get_by_index(row, 0).unwrap()).collect()
    };
    if db.backend() == DbBackend::Sqlite {
        let copy = app.folder.path().join("saved.db");
        app.break_down(&format!("VACUUM INTO '{}'", copy.display())).await;
        // The index of what is searched is kept by triggers of the tables; its own may not be written.
        let tables = tables(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table')",
        )
        .await;
        let back: String = tables
            .iter()
            .map(|table| format!("DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM saved.{table}; "))
            .collect();
        return format!(
            "ATTACH '{}' AS saved; PRAGMA foreign_keys = OFF; BEGIN; {back} COMMIT; PRAGMA foreign_keys = ON; DETACH saved",
            copy.display()
        );
    }
    // In the order in which they were made, so that what a row refers to is there before it; leads behind the clicks, which were
    // made anew and which a trigger looks for.
    let tables = tables(
        "SELECT relname::text FROM pg_class c
            WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
            ORDER BY greatest(oid, (SELECT max(tgconstrrelid) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)),
                oid DESC",
    )
    .await;
    app.break_down("CREATE SCHEMA saved").await;
    for table in &tables {
        app.break_down(&format!("CREATE TABLE saved.{table} AS TABLE public.{table}")).await;
    }
    let back: String =
        tables.iter().map(|table| format!("INSERT INTO public.{table} SELECT * FROM saved.{table}; ")).collect();
    format!("BEGIN; TRUNCATE {}; {back} COMMIT", tables.join(", "))
}
