//! The SQLite that is linked is built as `.cargo/config.toml` says.

use gerbang_platform::db::{Db, DbOptions};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

#[tokio::test]
async fn connections_share_nothing_and_statements_keep_their_plans() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/a.db", folder.path().display());
    let options = DbOptions { url, read_url: String::new(), connections: 1, durable: false, slow: None };
    let db = Db::connect(&options).await.unwrap();
    let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA compile_options");
    let rows = db.read().query_all_raw(pragma).await.unwrap();
    let options: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    for wanted in ["DEFAULT_MEMSTATUS=0", "ENABLE_QPSG"] {
        assert!(options.contains(&wanted.to_owned()), "{options:?}");
    }
    for shared in ["ENABLE_MEMORY_MANAGEMENT", "ENABLE_STAT4"] {
        assert!(!options.contains(&shared.to_owned()), "{options:?}");
    }
    db.close().await.unwrap();
}
