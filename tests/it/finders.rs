//! Who sees which rows, and lookups by many keys.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Debug,
};

use futures_util::future::join_all;
use gerbang::{
    accounts::{Realm, Role, invitation, session, token, user},
    audit, client_errors,
    graphql::reads::by_key,
    notary::{order, service},
    notifications,
    payments::{event, order as payment},
    scholarship::{additional_upload, applicant, application, document, period, upload_type},
    scope::Scoped,
    talents::{assessment, client, partner},
    tracking::{click, lead, network, offer, sub_id, summary},
    usage,
    viewer::{TokenKind, Viewer},
};
use gerbang_platform::{
    db::Db,
    query::keys::{BatchKey, in_list},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Iterable, ModelTrait, PaginatorTrait, QueryFilter, prelude::TextUuid,
};

use crate::support::{database::TestDatabase, rows};

/// A database with two rows in every table: the first of each is the first user's.
async fn two_of_each() -> (TestDatabase, Db) {
    let database = TestDatabase::new().await;
    let db = database.migrated().await;
    rows::insert(&db, 1).await;
    rows::insert(&db, 2).await;
    db.write().execute_unprepared("UPDATE services SET status = 'closed' WHERE id = 'service 1'").await.unwrap();
    db.write().execute_unprepared("UPDATE services SET status = 'open' WHERE id = 'service 2'").await.unwrap();
    (database, db)
}

async fn first_user(db: &Db, realm: Realm, role: Role) -> Viewer {
    let user = user::row::Entity::find_by_id(1).one(db.read()).await.unwrap().unwrap();
    Viewer::logged_in(user::row::Model { realm, role, ..user }, TokenKind::Sanctum { id: 1 })
}

/// How many rows of each table the viewer sees; tables without any are left out.
async fn seen(db: &Db, viewer: &Viewer) -> BTreeMap<&'static str, u64> {
    let mut seen = BTreeMap::new();
    macro_rules! count {
        ($($table:literal: $row:path),* $(,)?) => {$({
            use $row as row;
            seen.insert($table, row::Entity::visible_to(viewer).count(db.read()).await.unwrap());
        })*};
    }
    count!(
        "user": user::row,
        "access_token": token::row,
        "jwt_session": session::row,
        "invitation": invitation::row,
        "notification": notifications::row,
        "payment_order": payment::row,
        "webhook_event": event::row,
        "client_error": client_errors::row,
        "audit_entry": audit::row,
        "legacy_usage": usage::row,
        "partner": partner::row,
        "client": client::row,
        "assessment_result": assessment::result_row,
        "assessment_score": assessment::score_row,
        "network": network::row,
        "offer": offer::row,
        "sub_id": sub_id::row,
        "click": click::row,
        "lead": lead::row,
        "click_summary": summary::row,
        "service": service::row,
        "order": order::row,
        "applicant": applicant::row,
        "document": document::row,
        "additional_upload": additional_upload::row,
        "application": application::row,
    );
    seen.retain(|_, rows| *rows > 0);
    seen
}

/// What everybody with that account sees: the open service, their own account and tokens, what they are told and what
/// they pay.
fn own<const N: usize>(more: [(&'static str, u64); N]) -> BTreeMap<&'static str, u64> {
    let mut own: BTreeMap<_, _> = ["service", "user", "access_token", "jwt_session", "notification", "payment_order"]
        .map(|table| (table, 1))
        .into();
    own.extend(more);
    own
}

#[tokio::test]
async fn visitors_see_open_services_only() {
    let (_database, db) = two_of_each().await;
    assert_eq!(seen(&db, &Viewer::anonymous()).await, [("service", 1)].into());
    assert_eq!(period::row::Entity::public().count(db.read()).await.unwrap(), 2);
}

#[tokio::test]
async fn users_see_their_own_rows_of_their_own_realm() {
    let (_database, db) = two_of_each().await;
    let files = [("applicant", 1), ("document", 1), ("additional_upload", 1), ("application", 1)];
    for (realm, role, expected) in [
        (
            Realm::TalentsMapping,
            Role::Partner,
            own([("partner", 1), ("client", 1), ("assessment_result", 1), ("assessment_score", 1)]),
        ),
        (
            Realm::Apextrack,
            Role::Affiliate,
            own([("offer", 2), ("sub_id", 1), ("click", 1), ("lead", 1), ("click_summary", 1)]),
        ),
        (Realm::Notary, Role::Customer, own([("order", 1)])),
        (Realm::Notary, Role::Notary, own([("order", 2)])),
        (Realm::Notary, Role::Ppat, own([("order", 2)])),
        (Realm::Scholarship, Role::Applicant, own(files)),
    ] {
        let viewer = first_user(&db, realm, role).await;
        assert_eq!(seen(&db, &viewer).await, expected, "{role:?} in {realm:?}");
    }
}

/// Everybody who may ask: each role in each realm, and nobody.
async fn everybody(db: &Db) -> Vec<Viewer> {
    let mut viewers = vec![Viewer::anonymous()];
    for realm in Realm::iter() {
        for role in Role::iter() {
            viewers.push(first_user(db, realm, role).await);
        }
    }
    viewers
}

/// Asks for all rows by their keys for everybody at once, so that they share statements, and compares with what the
/// finder of each shows.
async fn shared_reads_show_what_the_finder_does<E>(db: &Db, viewers: &[Viewer])
where
    E: Scoped<Model: Send, Key: BatchKey + Debug>,
{
    let keys_of = |rows: Vec<E::Model>| -> HashSet<E::Key> {
        rows.into_iter().filter_map(|row| E::Key::from_value(row.get(E::KEY))).collect()
    };
    let all: Vec<_> = keys_of(E::find().all(db.read()).await.unwrap()).into_iter().collect();
    let asked = viewers.iter().map(|viewer| by_key::<E>(db, viewer, all.clone()));
    for (viewer, shown) in viewers.iter().zip(join_all(asked).await) {
        let found = keys_of(E::visible_to(viewer).all(db.read()).await.unwrap());
        let shown: HashSet<_> = shown.unwrap().into_keys().collect();
        assert_eq!(shown, found, "{viewer:?}");
    }
}

#[tokio::test]
async fn nobodys_row_reaches_another_where_reads_are_shared() {
    let (_database, db) = two_of_each().await;
    let viewers = everybody(&db).await;
    macro_rules! every {
        ($($row:path),* $(,)?) => {$({
            use $row as row;
            shared_reads_show_what_the_finder_does::<row::Entity>(&db, &viewers).await;
        })*};
    }
    every!(
        user::row,
        token::row,
        session::row,
        invitation::row,
        notifications::row,
        payment::row,
        event::row,
        audit::row,
        client_errors::row,
        partner::row,
        client::row,
        assessment::result_row,
        network::row,
        offer::row,
        sub_id::row,
        click::row,
        lead::row,
        service::row,
        order::row,
        applicant::row,
        document::row,
        additional_upload::row,
        application::row,
        period::row,
        upload_type::row,
    );
}

#[tokio::test]
async fn employees_see_all_staff() {
    let (_database, db) = two_of_each().await;
    let viewer = first_user(&db, Realm::Staff, Role::Employee).await;
    let mut expected = own([]);
    // The rows of the test belong to another realm.
    expected.remove("user");
    assert_eq!(seen(&db, &viewer).await, expected);
    db.write().execute_unprepared("UPDATE users SET realm = 'staff'").await.unwrap();
    expected.insert("user", 2);
    assert_eq!(seen(&db, &viewer).await, expected);
}

#[tokio::test]
async fn admins_see_their_realm() {
    let (_database, db) = two_of_each().await;
    db.write()
        .execute_unprepared("UPDATE webhook_events SET payment_id = NULL, realm = 'talents_mapping' WHERE id = 2")
        .await
        .unwrap();

    let talents = first_user(&db, Realm::TalentsMapping, Role::Admin).await;
    let mut expected = own([
        ("user", 2),
        ("partner", 2),
        ("client", 2),
        ("assessment_result", 2),
        ("assessment_score", 2),
        ("client_error", 2),
        ("webhook_event", 1),
    ]);
    // What the test has to be paid is another realm's.
    expected.remove("payment_order");
    assert_eq!(seen(&db, &talents).await, expected);

    let scholarship = first_user(&db, Realm::Scholarship, Role::Admin).await;
    let mut expected = own([
        ("applicant", 2),
        ("document", 2),
        ("additional_upload", 2),
        ("application", 2),
        ("invitation", 2),
        ("payment_order", 2),
        ("webhook_event", 1),
        ("legacy_usage", 2),
        ("audit_entry", 2),
    ]);
    expected.remove("user");
    assert_eq!(seen(&db, &scholarship).await, expected);
}

#[tokio::test]
async fn gateway_admins_see_everything_but_what_is_personal() {
    let (_database, db) = two_of_each().await;
    let seen = seen(&db, &first_user(&db, Realm::Staff, Role::Admin).await).await;
    assert_eq!(seen.len(), 26, "name a new table in `seen`, and count it here: {seen:?}");
    for (table, rows) in seen {
        let personal = ["access_token", "jwt_session", "notification"].contains(&table);
        assert_eq!(rows, if personal { 1 } else { 2 }, "{table}");
    }
}

#[tokio::test]
async fn many_keys_are_looked_up_at_once() {
    let (_database, db) = two_of_each().await;
    let backend = db.backend();
    let count = async |keys: &[i64]| {
        let found = partner::row::Entity::find().filter(in_list(partner::row::Column::Id, keys, backend));
        found.count(db.read()).await.unwrap()
    };
    assert_eq!(count(&[]).await, 0);
    assert_eq!(count(&[2, 3]).await, 1);
    assert_eq!(count(&[1, 2, 2]).await, 2);

    let slugs = ["service 1".to_owned(), "it's \"quoted\"".to_owned()];
    let found = service::row::Entity::find().filter(in_list(service::row::Column::Id, &slugs, backend));
    assert_eq!(found.one(db.read()).await.unwrap().unwrap().id, slugs[0]);

    let applicants: Vec<TextUuid> =
        applicant::row::Entity::find().all(db.read()).await.unwrap().into_iter().map(|row| row.id).collect();
    let found = document::row::Entity::find()
        .filter(in_list(document::row::Column::ApplicantId, &applicants, backend))
        .filter(document::row::Column::Published.eq(true));
    assert_eq!(found.count(db.read()).await.unwrap(), 2);
}
