//! The months of clicks: tables of their own on PostgreSQL, and what anybody sees of it on neither database.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Months, TimeDelta, Utc};
use futures_util::future::join_all;
use gerbang::tracking::click::{
    self,
    months::{make_months, make_months_ahead},
    retention::prune_clicks,
};
use gerbang_platform::{
    db::Db,
    query::constraint::{Violated, violated},
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryOrder, Statement, TryGetable};
use serde_json::json;

use super::Fixture;
use crate::support::{TestApp, database::TestDatabase};

/// What one statement gives.
async fn value<T: TryGetable>(db: &Db, sql: &str) -> T {
    let row = db.read().query_one_raw(Statement::from_string(db.backend(), sql.to_owned())).await.unwrap();
    row.expect(sql).try_get_by_index(0).unwrap()
}

/// The click ids by the table that holds them.
async fn tables(db: &Db) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT tableoid::regclass::text, click_id FROM clicks ORDER BY id";
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    for row in db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap() {
        let (table, click_id) = row.try_get_many_by_index().unwrap();
        tables.entry(table).or_default().push(click_id);
    }
    tables
}

/// The partitions of clicks, as the database knows them.
async fn partitions(db: &Db) -> Vec<String> {
    let sql = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'clicks'::regclass ORDER BY 1";
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What is the same table as before has the same number.
async fn number_of(db: &Db, table: &str) -> i64 {
    value(db, &format!("SELECT '{table}'::regclass::oid::bigint")).await
}

async fn click_ids(db: &Db) -> Vec<String> {
    let clicks = click::row::Entity::find().order_by_asc(click::row::Column::Id).all(db.read()).await.unwrap();
    clicks.into_iter().map(|click| click.click_id).collect()
}

async fn sums(db: &Db) -> (i64, i64) {
    let sum = |column| format!("SELECT CAST(coalesce(sum({column}), 0) AS bigint) FROM click_summaries");
    (value(db, &sum("clicks")).await, value(db, &sum("leads")).await)
}

impl Fixture {
    /// One where clicks are kept for so many days, and all of a month leave together or not.
    async fn that_forgets(database: TestDatabase, days: u32, by_month: bool) -> Self {
        let app = TestApp::on(database, |config| {
            config.database.connections = 8;
            config.tracking.retention_days = days;
            config.tracking.retention_by_month = by_month;
        });
        Self::on(app.await).await
    }

    fn db(&self) -> &Db {
        &self.app.domain.db
    }

    /// Makes the months of the last half year.
    async fn make_past_months(&self) {
        let now = self.app.clock.now();
        make_months(self.db().write(), now - Months::new(6), now).await.unwrap();
    }

    /// Records a click of so many days ago, which turned into a lead or not.
    async fn click_of(&self, days_ago: i64, is_lead: bool) -> String {
        self.app.clock.advance(-TimeDelta::days(days_ago));
        let click_id = self.click("mine").await;
        if is_lead {
            self.convert(json!({ "clickId": click_id, "txid": "first" })).await;
        }
        self.app.clock.advance(TimeDelta::days(days_ago));
        click_id
    }
}

#[tokio::test]
async fn months_are_made_ahead_and_clicks_land_in_theirs() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        let is_postgres = fixture.db().backend() == DbBackend::Postgres;
        assert_eq!(make_months_ahead(&fixture.app.domain).await.unwrap(), if is_postgres { 3 } else { 0 });
        assert_eq!(make_months_ahead(&fixture.app.domain).await.unwrap(), 0);
        let february = fixture.click("mine").await;
        fixture
            .app
            .clock
            .advance("2026-02-28T23:59:59.999999Z".parse::<DateTime<Utc>>().unwrap() - fixture.app.clock.now());
        let still = fixture.click("mine").await;
        fixture.app.clock.advance(TimeDelta::microseconds(1));
        let march = fixture.click("mine").await;
        assert_eq!(click_ids(fixture.db()).await, [february.clone(), still.clone(), march.clone()]);
        if is_postgres {
            let made = partitions(fixture.db()).await;
            for month in ["clicks_2026_02", "clicks_2026_03", "clicks_2026_04"] {
                assert!(made.iter().any(|made| made == month), "{month} of {made:?}");
            }
            let expected = [("clicks_2026_02", vec![february, still]), ("clicks_2026_03", vec![march])];
            assert_eq!(tables(fixture.db()).await, expected.map(|(month, ids)| (month.to_owned(), ids)).into());
            assert_eq!(make_months_ahead(&fixture.app.domain).await.unwrap(), 1, "it is March");
        }
    }
}

#[tokio::test]
async fn clicks_that_came_before_their_month_move_to_it() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
    let (january, lead, other) =
        (fixture.click_of(20, true).await, fixture.click_of(0, true).await, fixture.click_of(0, false).await);
    let all = vec![january.clone(), lead.clone(), other.clone()];
    assert_eq!(tables(fixture.db()).await, [("clicks_default".to_owned(), all.clone())].into());
    make_months_ahead(&fixture.app.domain).await.unwrap();
    let expected = [("clicks_2026_02", vec![lead.clone(), other]), ("clicks_default", vec![january])];
    assert_eq!(tables(fixture.db()).await, expected.map(|(month, ids)| (month.to_owned(), ids)).into());
    assert_eq!(click_ids(fixture.db()).await, all);
    // What checks each row that goes is at work again.
    let (created, _) = fixture.convert(json!({ "clickId": lead, "txid": "second" })).await;
    assert!(created);
    let refused = fixture.db().write().execute_unprepared("DELETE FROM clicks").await.unwrap_err();
    assert_eq!(violated(&refused), Some(Violated::ForeignKey));
}

#[tokio::test]
async fn old_months_leave_at_once_and_clicks_with_leads_stay() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::that_forgets(database, 10, false).await;
        let is_postgres = fixture.db().backend() == DbBackend::Postgres;
        fixture.make_past_months().await;
        // November, December, January before and after the limit (the 24th), and today.
        let mut clicks = Vec::new();
        for (days_ago, is_lead) in
            [(70, false), (40, true), (40, false), (36, false), (20, true), (20, false), (5, false), (0, true)]
        {
            clicks.push(fixture.click_of(days_ago, is_lead).await);
        }
        let before = sums(fixture.db()).await;
        assert_eq!(before, (8, 3));
        let december = if is_postgres { number_of(fixture.db(), "clicks_2025_12").await } else { 0 };

        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 4);
        let left = [1, 4, 6, 7].map(|number: usize| clicks[number].clone());
        assert_eq!(click_ids(fixture.db()).await, left);
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 0);
        if is_postgres {
            let made = partitions(fixture.db()).await;
            assert!(!made.contains(&"clicks_2025_11".to_owned()), "nothing was kept of it: {made:?}");
            assert_ne!(number_of(fixture.db(), "clicks_2025_12").await, december, "another table is in its place");
            assert_eq!(
                value::<i64>(
                    fixture.db(),
                    "SELECT count(*) FROM pg_class WHERE relname LIKE '%kept' AND relkind = 'r'"
                )
                .await,
                0
            );
        }
        // What was kept is a click as before.
        let (created, _) = fixture.convert(json!({ "clickId": clicks[1], "txid": "second" })).await;
        assert!(created);
        assert_eq!(fixture.postback(json!({ "clickId": clicks[2] })).await.code(), "NOT_FOUND");

        // Late ones of a month that has gone leave, too.
        fixture.click_of(70, false).await;
        fixture.app.clock.advance(TimeDelta::hours(1));
        generated_again(&fixture).await;
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 1);
        // A month later January is one of the past as a whole.
        fixture.app.clock.advance(TimeDelta::days(30));
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 1);
        assert_eq!(click_ids(fixture.db()).await, [1, 4, 7].map(|number: usize| clicks[number].clone()));
        assert_eq!(sums(fixture.db()).await, (before.0 + 1, before.1 + 1));
    }
}

/// What tells retention that old clicks were added.
async fn generated_again(fixture: &Fixture) {
    fixture.db().write().execute_unprepared("UPDATE click_retention SET cleared_before = NULL").await.unwrap();
}

#[tokio::test]
async fn a_month_may_leave_as_a_whole() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::that_forgets(database, 10, true).await;
        fixture.make_past_months().await;
        let mut clicks = Vec::new();
        for days_ago in [40, 32, 20, 0] {
            clicks.push(fixture.click_of(days_ago, false).await);
        }
        // The limit is in January, so those of December leave, and those of January when its last has had ten days.
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 1);
        assert_eq!(click_ids(fixture.db()).await, clicks[1..]);
        fixture.app.clock.advance(TimeDelta::days(7));
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 0);
        fixture.app.clock.advance(TimeDelta::days(1));
        assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 2);
        assert_eq!(click_ids(fixture.db()).await, clicks[3..]);
    }
}

#[tokio::test]
async fn a_month_that_others_read_leaves_later() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let fixture = Fixture::that_forgets(database, 10, false).await;
    fixture.make_past_months().await;
    fixture.click_of(40, false).await;
    let reader = fixture.db().begin().await.unwrap();
    reader.execute_unprepared("SELECT FROM clicks").await.unwrap();
    assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 0);
    assert_eq!(click_ids(fixture.db()).await.len(), 1);
    let cleared: Option<DateTime<Utc>> = value(fixture.db(), "SELECT cleared_before FROM click_retention").await;
    assert_eq!(cleared, None, "it is looked at again");
    reader.commit().await.unwrap();
    assert_eq!(prune_clicks(&fixture.app.domain).await.unwrap(), 1);
}

#[tokio::test]
async fn leads_and_clicks_belong_together() {
    for database in TestDatabase::each().await {
        let fixture = Fixture::on(TestApp::on(database, |_| ()).await).await;
        make_months_ahead(&fixture.app.domain).await.unwrap();
        fixture.click_of(0, true).await;
        let refused = [
            "UPDATE leads SET click_id = 77",
            "INSERT INTO leads (click_id, affiliate_id, sub_id, network_id, status, payout_micros, currency, created_at, updated_at) \
                SELECT 77, affiliate_id, sub_id, network_id, status, payout_micros, currency, created_at, updated_at FROM leads",
            "DELETE FROM clicks",
            "UPDATE clicks SET id = 77",
        ];
        let by_month = ["DELETE FROM clicks_2026_02", "TRUNCATE clicks"];
        let is_postgres = fixture.db().backend() == DbBackend::Postgres;
        for sql in refused.iter().chain(by_month.iter().filter(|_| is_postgres)) {
            let error = fixture.db().write().execute_unprepared(sql).await.expect_err(sql);
            assert_eq!(violated(&error), Some(Violated::ForeignKey), "{sql}: {error}");
        }
        for sql in
            ["UPDATE clicks SET created_at = '2026-03-01T00:00:00+00:00'", "DELETE FROM leads", "DELETE FROM clicks"]
        {
            fixture.db().write().execute_unprepared(sql).await.expect(sql);
        }
    }
}

#[tokio::test]
async fn a_click_whose_month_is_going_takes_no_first_lead() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let fixture = Fixture::that_forgets(database, 0, false).await;
    fixture.make_past_months().await;
    let (without, with) = (fixture.click_of(0, false).await, fixture.click_of(0, true).await);
    let going = fixture.db().begin().await.unwrap();
    Db::lock(&going, "clicks_2026_02").await.unwrap();
    assert_eq!(fixture.postback(json!({ "clickId": without })).await.code(), "NOT_FOUND");
    let (created, _) = fixture.convert(json!({ "clickId": with, "txid": "second" })).await;
    assert!(created, "one with a lead stays");
    let twice = "INSERT INTO leads (click_id, affiliate_id, sub_id, network_id, txid, status, payout_micros, currency, created_at,
            updated_at)
        SELECT c.id, c.affiliate_id, c.sub_id, 1, n::text, 'approved', 1, 'USD', now(), now()
        FROM clicks c, generate_series(1, 2) n WHERE NOT EXISTS (SELECT FROM leads WHERE click_id = c.id)";
    let refused = fixture.db().write().execute_unprepared(twice).await.expect_err("neither was there before");
    assert_eq!(violated(&refused), Some(Violated::ForeignKey));
    going.commit().await.unwrap();
    fixture.convert(json!({ "clickId": without })).await;
}

/// Leads for the clicks of a month while it goes: each is refused, or its click stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lead_loses_its_click() {
    let Some(database) = TestDatabase::on_server().await else { return };
    let fixture = Fixture::that_forgets(database, 10, false).await;
    let (mut refused, mut taken) = (0, 0);
    for round in 1..=60 {
        fixture.make_past_months().await;
        let mut clicks = Vec::new();
        for number in 0..6 {
            clicks.push(fixture.click_of(40, number == 0).await);
        }
        let there = click_ids(fixture.db()).await.len();
        generated_again(&fixture).await;
        // Later in each round, so that some come at every moment of it.
        let postback = async |number: u64, click_id: &String| {
            tokio::time::sleep(Duration::from_millis(number * round)).await;
            let answer = fixture.postback(json!({ "clickId": click_id, "txid": "late" })).await;
            answer.errors.is_null() || {
                assert_eq!(answer.code(), "NOT_FOUND");
                false
            }
        };
        let postbacks = join_all((0..).zip(&clicks).map(|(number, click_id)| postback(number, click_id)));
        let (removed, answers) = tokio::join!(prune_clicks(&fixture.app.domain), postbacks);
        let removed = removed.unwrap();
        assert!(answers[0], "it has a lead already");
        taken += answers[1..].iter().filter(|taken| **taken).count();
        refused += answers.iter().filter(|taken| !**taken).count();
        let lost = "SELECT count(*) FROM leads WHERE NOT EXISTS (SELECT FROM clicks WHERE id = leads.click_id)";
        assert_eq!(value::<i64>(fixture.db(), lost).await, 0, "round {round}");
        let left = click_ids(fixture.db()).await;
        assert_eq!(there - left.len(), usize::try_from(removed).unwrap(), "round {round}");
        for (click_id, taken) in clicks.iter().zip(&answers) {
            assert!(!taken || left.contains(click_id), "round {round}");
        }
    }
    assert!(refused > 0 && taken > 0, "{refused} refused, {taken} taken: they never met");
}
