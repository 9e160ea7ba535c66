//! How much work a statement is: the database runs it and counts.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

use super::OWN;

/// How much work is allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    /// Rows that PostgreSQL may look at.
    rows: u64,
    /// Steps that SQLite's machine may take, in thousands: a row that is looked at takes five and more.
    thousands: u64,
}

/// For a page, the seventh, too, and among the rows of five realms.
pub(super) const PAGE: Limit = Limit { rows: 1_000, thousands: 20 };
/// For a page in the middle of a table, which may pass over the rows of one range of keys.
pub(super) const DEEP: Limit = Limit { rows: 5_000, thousands: 40 };
/// For a total of rows that one owner has, each of which may be looked at in the index and in the table.
pub(super) const TOTAL: Limit = Limit { rows: 2 * OWN as u64 + 300, thousands: 10 * OWN as u64 / 1_000 };

/// Runs statements and counts what is done for them.
pub(super) struct Meter {
    db: DatabaseConnection,
    thousands: Arc<AtomicU64>,
}

impl Meter {
    pub(super) async fn new(url: &str) -> Self {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let thousands = Arc::new(AtomicU64::new(0));
        if db.get_database_backend() == DbBackend::Sqlite {
            let mut connection = db.get_sqlite_connection_pool().acquire().await.unwrap();
            let count = Arc::clone(&thousands);
            connection.lock_handle().await.unwrap().set_progress_handler(1_000, move || {
                count.fetch_add(1, Ordering::Relaxed);
                true
            });
        }
        Self { db, thousands }
    }

    /// What is done for this statement, if it is more than is allowed.
    pub(super) async fn too_much(&self, statement: &Statement, limit: Limit) -> Option<String> {
        let explained = |how: &str| Statement { sql: format!("{how} {}", statement.sql), ..statement.clone() };
        if self.db.get_database_backend() == DbBackend::Postgres {
            let row = self.db.query_one_raw(explained("EXPLAIN (ANALYZE, FORMAT JSON)")).await.unwrap().unwrap();
            let plan: Value = row.try_get_by_index(0).unwrap();
            let rows = rows(&plan[0]["Plan"]);
            return (rows > limit.rows).then(|| format!("{rows} rows: {}", outline(&plan[0]["Plan"])));
        }
        let before = self.thousands.load(Ordering::Relaxed);
        self.db.query_all_raw(statement.clone()).await.unwrap();
        let steps = self.thousands.load(Ordering::Relaxed) - before;
        if steps <= limit.thousands {
            return None;
        }
        let plan = self.db.query_all_raw(explained("EXPLAIN QUERY PLAN")).await.unwrap();
        let lines: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        Some(format!("{steps} thousand steps: {}", lines.join("; ")))
    }
}

/// The rows that a plan and what is below it looked at.
fn rows(plan: &Value) -> u64 {
    let number = |name: &str| plan[name].as_f64().unwrap_or_default();
    // What comes from several parts of a table was looked at there.
    let is_passed_on = matches!(plan["Node Type"].as_str(), Some("Append" | "Merge Append"));
    let own = if is_passed_on { 0.0 } else { number("Actual Rows") };
    let seen = own + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows are counted")]
    let seen = (seen * number("Actual Loops")) as u64;
    seen + plan["Plans"].as_array().into_iter().flatten().map(rows).sum::<u64>()
}

/// The nodes of a plan in short.
fn outline(plan: &Value) -> String {
    let below: Vec<String> = plan["Plans"].as_array().into_iter().flatten().map(outline).collect();
    let name = [&plan["Node Type"], &plan["Index Name"]].into_iter().filter_map(Value::as_str).collect::<Vec<_>>();
    if below.is_empty() { name.join(" ") } else { format!("{} ({})", name.join(" "), below.join(", ")) }
}
