//! The way to a database server is encrypted where its URL says so. Needs a server that can (`GERBANG_TEST_POSTGRES_URL`),
//! and the certificate that it shows (`GERBANG_TEST_POSTGRES_CA`).

use gerbang_platform::db::{Db, DbOptions};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::support::database::TestDatabase;

/// Whether the connection that this URL makes is encrypted.
async fn is_encrypted(url: String) -> Result<bool, DbErr> {
    let db =
        Db::connect(&DbOptions { url, read_url: String::new(), connections: 1, durable: false, slow: None }).await?;
    let ask = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row = db.read().query_one_raw(Statement::from_string(db.backend(), ask)).await?;
    let encrypted = row.expect("a row for each connection").try_get("", "ssl")?;
    db.close().await?;
    Ok(encrypted)
}

#[tokio::test]
async fn a_server_is_reached_over_tls_and_only_one_that_is_known_where_the_url_says_so() {
    let (Some(database), Ok(ca)) = (TestDatabase::on_server().await, std::env::var("GERBANG_TEST_POSTGRES_CA")) else {
        return;
    };
    let with = |parameters: String| format!("{}?{parameters}", database.url());
    assert!(!is_encrypted(with("sslmode=disable".to_owned())).await.unwrap());
    assert!(is_encrypted(with("sslmode=require".to_owned())).await.unwrap());
    assert!(is_encrypted(database.url().to_owned()).await.unwrap(), "where the server can");
    assert!(is_encrypted(with(format!("sslmode=verify-full&sslrootcert={ca}"))).await.unwrap());
    let unknown = is_encrypted(with("sslmode=verify-full".to_owned())).await;
    assert!(unknown.is_err(), "nobody vouches for the certificate");
}
