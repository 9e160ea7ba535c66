//! A library's old REST API on somebody's GraphQL schema.
//!
//! `cargo run -p gerbang-rest --example library`, then `curl http://localhost:3000/api/books`. Its reference is at
//! <http://localhost:3000/library/docs>, its OpenAPI document at <http://localhost:3000/library/openapi.json>.

pub(crate) mod dialect;
pub(crate) mod schema;

use std::{error::Error, net::SocketAddr};

use axum::Router;
use gerbang_rest::{Defect, SchemaEngine, Settings};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let router = router("http://localhost:3000").map_err(lines)?;
    let listener = TcpListener::bind(("localhost", 3000)).await?;
    println!("See http://localhost:3000/library/docs");
    // From whom a request is, is part of what its limits are counted by.
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

/// The routes of the library. With a mistake in a route file there are none, but all mistakes of all files.
pub(crate) fn router(public_url: &str) -> Result<Router, Vec<Defect>> {
    let engine = SchemaEngine::new(schema::builder);
    gerbang_rest::router(engine, &[dialect::dialect()], Settings::new(public_url))
}

fn lines(defects: Vec<Defect>) -> String {
    defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
