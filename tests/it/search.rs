//! Searches by an index give what comparing every row gives, whatever is looked for.

use std::time::Duration;

use gerbang::talents::client::row::{Column, Entity};
use gerbang_platform::db::Db;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sea_orm::{
    Condition, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Statement,
};

use crate::support::database::TestDatabase;

/// What texts are made of: letters that have another case and such as have none, and signs that mean something to somebody.
const SIGNS: [&str; 26] = [
    "a", "A", "b", "B", "c", "*", "[", "é", "É", "İ", "ı", "ß", "ẞ", "Σ", "ς", "\u{212a}", "k", "字", "%", "_", "\\",
    "'", "\"", "$1", "?", " ",
];

fn text(random: &mut StdRng, longest: usize) -> String {
    let length = random.random_range(1..=longest);
    (0..length).map(|_| *SIGNS.choose(random).expect("there are some")).collect()
}

/// Whether a text contains another, without regard to the case of each letter.
fn contains_text(text: &str, searched: &str) -> bool {
    let letters = |text: &str| text.chars().map(|letter| letter.to_ascii_lowercase()).collect::<Vec<_>>();
    let (text, searched) = (letters(text), letters(searched.trim()));
    let same = |(written, wanted): (&char, &char)| {
        let is_case = |case: String| !written.is_ascii() && !wanted.is_ascii() && case == written.to_string();
        written == wanted || is_case(wanted.to_lowercase().to_string()) || is_case(wanted.to_uppercase().to_string())
    };
    searched.is_empty() || text.windows(searched.len()).any(|part| part.iter().zip(&searched).all(same))
}

async fn found(db: &DatabaseConnection, condition: Condition) -> Vec<i64> {
    let ids = Entity::find().filter(condition).order_by_asc(Column::Id).select_only().column(Column::Id);
    ids.into_tuple().all(db).await.unwrap()
}

async fn fill(db: &Db, random: &mut StdRng) {
    let now = "'2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'";
    let sql = format!("INSERT INTO partners (id, name, email, created_at, updated_at) VALUES (1, '', '', {now})");
    db.write().execute_unprepared(&sql).await.unwrap();
    let (name, email) = if db.backend() == DbBackend::Postgres { ("$1", "$2") } else { ("?", "?") };
    let sql = format!(
        "INSERT INTO clients (partner_id, name, email, status, created_at, updated_at) VALUES (1, {name}, {email}, 'invited', {now})"
    );
    for _ in 0..400 {
        let values = [text(random, 12).into(), text(random, 12).into()];
        db.write().execute_raw(Statement::from_sql_and_values(db.backend(), &sql, values)).await.unwrap();
    }
    // What an index keeps up with: rows that change and go.
    for sql in ["UPDATE clients SET name = email WHERE id % 3 = 0", "DELETE FROM clients WHERE id % 5 = 0"] {
        db.write().execute_unprepared(sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_search_finds_what_comparing_finds_on_both_databases() {
    let mut answers = Vec::new();
    // Where a language folds texts, PostgreSQL's index takes a Greek sigma for another by its place in the word.
    for database in TestDatabase::each_of_bytes().await {
        let mut random = StdRng::seed_from_u64(17);
        let db = database.migrated().await;
        fill(&db, &mut random).await;
        let mut options = ConnectOptions::new(database.url());
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.unwrap();
        if db.backend() == DbBackend::Postgres {
            // The table is small, and would be read at once.
            connection.execute_unprepared("SET enable_seqscan = off").await.unwrap();
        }
        let rows: Vec<(i64, String, String)> = Entity::find()
            .order_by_asc(Column::Id)
            .select_only()
            .columns([Column::Id, Column::Name, Column::Email])
            .into_tuple()
            .all(&connection)
            .await
            .unwrap();
        answers.push(rows.clone());
        let mut some = 0;
        for _ in 0..600 {
            let term = text(&mut random, 5);
            let matching =
                rows.iter().filter(|(_, name, email)| [name, email].iter().any(|text| contains_text(text, &term)));
            let right: Vec<i64> = matching.map(|row| row.0).collect();
            let condition = db.contains(&[Column::Name, Column::Email], &term);
            assert_eq!(found(&connection, condition).await, right, "{term:?} on {:?}", db.backend());
            some += usize::from(!right.is_empty() && term.trim().chars().count() > 2);
        }
        assert!(some > 30, "{some} terms that an index knows were found");
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "not the same rows were searched");
}

#[tokio::test]
async fn what_many_rows_have_is_not_looked_for_and_the_same_is_found() {
    for database in TestDatabase::each_of_bytes().await {
        let db = database.migrated().await;
        let now = "'2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'";
        for sql in [
            format!("INSERT INTO partners (id, name, email, created_at, updated_at) VALUES (1, '', '', {now})"),
            format!(
                "INSERT INTO clients (partner_id, name, email, status, created_at, updated_at)
                 WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 12000)
                 SELECT 1, 'Siti Rahayu ' || i, 'siti' || i || '@contoh.test', 'invited', {now} FROM numbers"
            ),
        ] {
            db.write().execute_unprepared(&sql).await.unwrap();
        }
        let connection = Database::connect(ConnectOptions::new(database.url())).await.unwrap();
        let search = |term: &str| db.contains(&[Column::Name, Column::Email], term);
        let sql = || Entity::find().filter(search("Siti7345@contoh.test")).build(db.backend()).to_string();
        let untaught = sql();
        let taught = async {
            while sql() == untaught {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            sql()
        };
        let taught = tokio::time::timeout(Duration::from_secs(30), taught).await.expect("it is learnt");
        let (looked_for, common) = match db.backend() {
            DbBackend::Postgres => ("'%i7345@%'", "lower(\"clients\".\"name\") LIKE '%siti"),
            _ => (r#""i73" AND "734" AND "345" AND "45@""#, r#""con""#),
        };
        assert!(untaught.to_lowercase().contains(&common.to_lowercase()), "{untaught}");
        assert!(taught.contains(looked_for) && !taught.to_lowercase().contains(&common.to_lowercase()), "{taught}");
        let rows = (1..=12_000).map(|id: i64| (id, format!("siti rahayu {id}"), format!("siti{id}@contoh.test")));
        let rows: Vec<_> = rows.collect();
        for term in [
            "Siti7345@contoh.test",
            "siti7345@contoh",
            "7345",
            "i7345",
            "45@",
            "rahayu 999",
            "RAHAYU 12000",
            "iti rahayu",
            "contoh",
            "i1",
            "ti8765@x",
            "%7345",
            "7_45",
            "siti734519@contoh.test",
            "@contoh.test",
            "t",
        ] {
            let has = |text: &str| text.contains(&term.to_ascii_lowercase());
            let right: Vec<i64> =
                rows.iter().filter(|(_, name, email)| has(name) || has(email)).map(|row| row.0).collect();
            assert_eq!(found(&connection, search(term)).await, right, "{term:?} on {:?}", db.backend());
        }
    }
}
