//! The counts of rows that the database keeps: always what counting says, and nobody waits for another because of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::future::join_all;
use gerbang::{
    accounts::{Realm, Role},
    demo,
};
use gerbang_platform::{db::Db, query::total::merge_kept_counts};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tokio::time::timeout;

use crate::support::{TestApp, database::TestDatabase};

async fn all(db: &Db, sql: String) -> Vec<sea_orm::QueryResult> {
    db.write().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap()
}

/// What is kept, by table and rows; nothing where it is zero.
async fn kept(db: &Db) -> BTreeMap<(String, String), i64> {
    let sums = "SELECT list, scope, CAST(sum(row_count) AS bigint) AS rows FROM row_counts GROUP BY list, scope";
    let rows = all(db, sums.to_owned()).await;
    let kept = rows.iter().map(|row| {
        let name = |column: &str| row.try_get::<String>("", column).unwrap();
        ((name("list"), name("scope")), row.try_get::<i64>("", "rows").unwrap())
    });
    kept.filter(|(_, rows)| *rows != 0).collect()
}

/// The same, counted. Which columns are counted apart is seen from what is kept.
async fn counted(db: &Db, kept: &BTreeMap<(String, String), i64>) -> BTreeMap<(String, String), i64> {
    let mut counted = BTreeMap::new();
    let columns_of = |scope: &str| -> Vec<String> {
        scope.split('&').filter_map(|part| Some(part.split_once('=')?.0.to_owned())).collect()
    };
    let columns: BTreeSet<_> = kept.keys().map(|(list, scope)| (list.clone(), columns_of(scope))).collect();
    for (list, columns) in columns {
        let parts: Vec<_> = columns.iter().map(|column| format!("'{column}=' || ({column})")).collect();
        let scope = if parts.is_empty() { "''".to_owned() } else { parts.join(" || '&' || ") };
        let sql = format!("SELECT {scope} AS scope, count(*) AS rows FROM {list} GROUP BY 1");
        for row in all(db, sql).await {
            let scope: String = row.try_get("", "scope").unwrap();
            counted.insert((list.clone(), scope), row.try_get("", "rows").unwrap());
        }
    }
    counted
}

#[track_caller]
fn assert_same(kept: &BTreeMap<(String, String), i64>, counted: &BTreeMap<(String, String), i64>, what: &str) {
    assert_eq!(kept, counted, "{what}");
}

async fn check(db: &Db, what: &str) {
    let kept = kept(db).await;
    assert_same(&kept, &counted(db, &kept).await, what);
}

async fn run(db: &Db, sql: &str) {
    db.write().execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

const CLIENT: &str = "INSERT INTO clients (partner_id, name, email, status, created_at, updated_at) ";

#[tokio::test]
async fn they_are_right_after_every_kind_of_write() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let db = &app.domain.db;
        demo::fill(&app.domain).await.unwrap();
        for n in 1..=4 {
            let row =
                format!("{n}, 'staff', 'api', 'operation {n}', 'client', 1, created_at, updated_at FROM partners");
            run(db, &format!("INSERT INTO legacy_usage SELECT {row} WHERE id = 1")).await;
        }
        let lists: BTreeMap<_, _> = kept(db).await.into_keys().collect();
        assert!(lists.len() >= 17, "{lists:?}");
        check(db, "the demo's rows").await;
        for write in [
            "UPDATE clients SET partner_id = 2 WHERE id % 3 = 0",
            "UPDATE clients SET partner_id = 2, name = 'x' WHERE id % 3 = 0",
            "UPDATE clients SET status = 'archived' WHERE id % 4 = 0",
            "UPDATE clients SET status = 'archived', partner_id = 1 WHERE id % 3 = 0",
            "UPDATE orders SET status = 'completed' WHERE id % 2 = 0",
            "UPDATE users SET status = 'suspended', name = 'x' WHERE id % 2 = 0",
            "UPDATE documents SET review_status = 'accepted' WHERE review_status = 'pending'",
            "UPDATE webhook_events SET realm = 'staff' WHERE id % 2 = 0",
            "UPDATE webhook_events SET realm = 'notary', status = 'ignored' WHERE id % 3 = 0",
            "UPDATE legacy_usage SET realm = 'notary' WHERE id % 2 = 0",
            "UPDATE offers SET active = NOT active WHERE id % 2 = 0",
            "DELETE FROM client_errors WHERE id % 2 = 0",
            "DELETE FROM webhook_events WHERE id % 5 = 0",
            "DELETE FROM clients WHERE id % 7 = 0",
            "DELETE FROM clients WHERE id < 0",
            "INSERT INTO partners (id, name, email, created_at, updated_at) \
                SELECT id + 1000, name, email, created_at, updated_at FROM partners",
            "INSERT INTO partners (id, name, email, created_at, updated_at) \
                SELECT id, name, email, created_at, updated_at FROM partners WHERE true ON CONFLICT (id) DO NOTHING",
            "DELETE FROM partners WHERE id > 1000",
        ] {
            run(db, write).await;
            check(db, write).await;
        }
        if db.backend() == DbBackend::Postgres {
            run(db, "TRUNCATE client_errors, webhook_events").await;
            check(db, "after all rows went at once").await;
        }
    }
}

#[tokio::test]
async fn pages_by_number_are_the_list_wherever_they_begin() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |config| config.limits.scale = 100_000).await;
        let db = &app.domain.db;
        let time = "'2026-01-01T00:00:00+00:00'";
        run(
            db,
            &format!(
                "INSERT INTO partners (id, name, email, created_at, updated_at) VALUES (1, '', '', {time}, {time})"
            ),
        )
        .await;
        let numbers = "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20000)";
        let row = "n, 1, 'x', 'x', 'invited', created_at, updated_at FROM s, partners";
        let columns = "(id, partner_id, name, email, status, created_at, updated_at)";
        run(db, &format!("{numbers} INSERT INTO clients {columns} SELECT {row}")).await;
        // Ranges with fewer keys than others, and one with none.
        run(db, "DELETE FROM clients WHERE id % 7 = 0 OR id BETWEEN 8000 AND 13000 OR id < 1000 AND id % 3 > 0").await;
        let mut expected: Vec<i64> = Vec::new();
        for row in all(db, "SELECT id FROM clients ORDER BY id".to_owned()).await {
            expected.push(row.try_get("", "id").unwrap());
        }
        let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
        for direction in ["ASC", "DESC"] {
            let mut listed = Vec::new();
            for page in 1.. {
                let query = format!(
                    "{{ clients(page: {page}, perPage: 97, direction: {direction}) {{ nodes {{ legacyId }} pageInfo {{ hasNextPage }} }} }}"
                );
                let data = app.as_user(&admin).graphql(&query).await.ok();
                let nodes = data["clients"]["nodes"].as_array().unwrap();
                listed.extend(nodes.iter().map(|node| node["legacyId"].as_str().unwrap().parse::<i64>().unwrap()));
                let goes_on = listed.len() < expected.len();
                assert_eq!(data["clients"]["pageInfo"]["hasNextPage"], goes_on, "{direction} page {page}");
                if !goes_on {
                    break;
                }
            }
            assert!(listed == expected, "{direction}: not what the table has");
            expected.reverse();
        }
        let behind = "{ clients(page: 1000) { nodes { id } totalCount } }";
        let data = app.as_user(&admin).graphql(behind).await.ok();
        assert_eq!(data["clients"], json!({ "nodes": [], "totalCount": expected.len() }));
    }
}

#[tokio::test]
async fn the_total_of_one_word_is_what_is_kept() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let db = &app.domain.db;
        demo::fill(&app.domain).await.unwrap();
        for (realm, list, table, scope) in [
            (Realm::TalentsMapping, "clients(filter: { status: ASSESSED }", "clients", "status=assessed"),
            (Realm::TalentsMapping, "clients(filter: { status: ASSESSED, partnerId: 1 }", "clients", ""),
            (Realm::Notary, "orders(filter: { status: PLACED }", "orders", "status=placed"),
            (Realm::Notary, "users(filter: { role: CUSTOMER }", "users", "realm=notary&role=customer"),
            (Realm::Notary, "users(filter: { realm: NOTARY, role: CUSTOMER }", "users", "realm=notary&role=customer"),
            (Realm::Notary, "users(filter: { realm: STAFF, role: CUSTOMER }", "users", ""),
            (Realm::Notary, "users(filter: { status: ACTIVE }", "users", "realm=notary&status=active"),
            (Realm::Notary, "users(filter: { status: ACTIVE, role: CUSTOMER }", "users", ""),
        ] {
            let admin = app.user(realm, Role::Admin).await;
            let query = format!("{{ {list}, first: 1) {{ totalCount }} }}");
            let field = list.split('(').next().unwrap();
            let total = async || app.as_user(&admin).graphql(&query).await.ok()[field]["totalCount"].as_i64().unwrap();
            let counted = total().await;
            // So many that nobody counts.
            run(db, &format!("UPDATE row_counts SET row_count = row_count + 1000 WHERE list = '{table}'")).await;
            let more = if scope.is_empty() { 0 } else { 1000 };
            assert_eq!(total().await, counted + more, "{query}");
            run(db, &format!("UPDATE row_counts SET row_count = row_count - 1000 WHERE list = '{table}'")).await;
        }
    }
}

/// Migrations before the one that begins to count.
const BEFORE_COUNTS: u32 = 14;

#[tokio::test]
async fn rows_that_are_there_before_are_counted_once() {
    use migration::{Migrator, MigratorTrait};
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let db = &app.domain.db;
        demo::fill(&app.domain).await.unwrap();
        let mut before = kept(db).await;
        // Its table goes with the steps back.
        before.retain(|(list, _), _| list != "audit_entries");
        let steps = u32::try_from(Migrator::migrations().len()).unwrap() - BEFORE_COUNTS;
        for step in [true, false] {
            let transaction = db.begin().await.unwrap();
            if step {
                Migrator::down(&transaction, Some(steps)).await.unwrap();
            } else {
                Migrator::up(&transaction, Some(steps)).await.unwrap();
            }
            transaction.commit().await.unwrap();
        }
        assert_same(&kept(db).await, &before, "after the migrations down and up again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_at_once_are_all_counted_and_wait_for_none() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let app = TestApp::on(database, |config| config.database.connections = 9).await;
    let db = &app.domain.db;
    run(db, "INSERT INTO partners (id, name, email, created_at, updated_at) VALUES (1, '', '', now(), now())").await;
    let add = format!("{CLIENT} VALUES (1, 'x', 'x', 'invited', now(), now())");
    let open = db.begin().await.unwrap();
    open.execute_unprepared(&add).await.unwrap();
    let work = |number: usize| {
        let (db, add) = (db.clone(), add.clone());
        tokio::spawn(async move {
            for round in 0..30 {
                let transaction = db.begin().await.unwrap();
                // In either order, which must lock nobody in.
                let both =
                    [add.as_str(), "INSERT INTO client_errors (message, level, created_at) VALUES ('', '', now())"];
                transaction.execute_unprepared(both[number % 2]).await.unwrap();
                transaction.execute_unprepared(both[1 - number % 2]).await.unwrap();
                if round % 3 == 0 {
                    transaction.rollback().await.unwrap();
                } else {
                    transaction.commit().await.unwrap();
                }
            }
        })
    };
    let all = join_all((0..8).map(work));
    let done = timeout(Duration::from_secs(30), all).await.expect("nobody waits for a transaction that is open");
    for task in done {
        task.unwrap();
    }
    let shards = async || -> i64 {
        let sql = "SELECT count(*) AS rows FROM row_counts WHERE list = 'clients' AND scope = ''";
        self::all(db, sql.to_owned()).await[0].try_get("", "rows").unwrap()
    };
    let before = shards().await;
    assert!((2..10).contains(&before), "{before} shards for eight writers");
    // What the two that are open write to stays as it is, and all others are one.
    let writer = db.begin().await.unwrap();
    writer.execute_unprepared(&add).await.unwrap();
    timeout(Duration::from_secs(5), merge_kept_counts(db.write())).await.expect("it waits for nobody").unwrap();
    let after = shards().await;
    assert!(after <= 3, "{after} shards of {before}");
    writer.commit().await.unwrap();
    open.commit().await.unwrap();
    check(db, "after all").await;
    assert_eq!(kept(db).await[&("clients".to_owned(), String::new())], 8 * 20 + 2);
    merge_kept_counts(db.write()).await.unwrap();
    assert_eq!((shards().await, merge_kept_counts(db.write()).await.unwrap()), (1, 0));
    check(db, "after they were put together").await;
    run(db, &add).await;
    check(db, "after one more").await;
}
