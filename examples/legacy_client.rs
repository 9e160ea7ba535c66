//! A client of each legacy API, as its document has it: logs in and reads a list. It also shows where an answer says what to
//! move to.
//!
//! ```sh
//! cargo run -- demo                                                                  # in another terminal
//! cargo run --example legacy_client [http://127.0.0.1:8080] [notary | staff | ...]   # all five by default
//! ```

use std::{env, error::Error, io::Write};

use reqwest::{Client, header::LINK};
use serde_json::{Value, json};

/// What differs between the APIs.
struct Api {
    /// The prefix at which the gateway serves it, whatever the host.
    slug: &'static str,
    log_in: &'static str,
    credentials: Value,
    /// Where the token stands in the answer.
    token: &'static str,
    list: &'static str,
    /// Where the rows stand in the answer, and what to show of each.
    rows: &'static str,
    shown: [&'static str; 2],
}

fn apis() -> [Api; 5] {
    let password = "rahasia-demo-123";
    [
        Api {
            slug: "talentsmapping",
            log_in: "/api/auth/login",
            credentials: json!({ "email": "partner@talents.test", "password": password }),
            token: "/access_token",
            list: "/api/clients?per_page=5&status=assessed",
            rows: "/data",
            shown: ["name", "assessed_at"],
        },
        Api {
            slug: "apextrack",
            log_in: "/api/login",
            credentials: json!({ "email": "affiliate@apex.test", "password": password, "device_name": "example" }),
            token: "/token",
            list: "/api/dashboard-data",
            rows: "/report",
            shown: ["sub_id", "clicks"],
        },
        Api {
            slug: "notary",
            log_in: "/api/v1/auth/signin",
            credentials: json!({ "email": "admin@notary.test", "password": password }),
            token: "/data/token",
            list: "/api/v1/office/service",
            rows: "/data",
            shown: ["name", "fee"],
        },
        Api {
            slug: "scholarship",
            log_in: "/api/login",
            credentials: json!({ "email": "applicant@yiss.test", "password": password }),
            token: "/data/token",
            list: "/api/notifications?per_page=5",
            rows: "/data",
            shown: ["title", "created_at"],
        },
        Api {
            slug: "staff",
            log_in: "/api/v1/auth/login",
            credentials: json!({ "login": "budi123", "password": password }),
            token: "/token",
            list: "/api/v1/auth/get-list?per_page=5&order_by=nama&sort=asc",
            rows: "/data",
            shown: ["nama", "kode"],
        },
    ]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (urls, slugs): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|argument| argument.contains("://"));
    let base = urls.first().map_or("http://127.0.0.1:8080", String::as_str);
    let wanted = |api: &Api| slugs.is_empty() || slugs.iter().any(|slug| slug == api.slug);
    let http = Client::new();
    for api in apis().iter().filter(|api| wanted(api)) {
        call(&http, base, api).await.map_err(|error| format!("{}: {error}", api.slug))?;
    }
    Ok(())
}

async fn call(http: &Client, base: &str, api: &Api) -> Result<(), Box<dyn Error>> {
    let at = |path: &str| format!("{base}/{}{path}", api.slug);
    let session = http.post(at(api.log_in)).json(&api.credentials).send().await?.error_for_status()?;
    let session: Value = session.json().await?;
    let token = session.pointer(api.token).and_then(Value::as_str).ok_or("no token in the answer to the log-in")?;

    let answer = http.get(at(api.list)).bearer_auth(token).send().await?.error_for_status()?;
    let replacement = answer.headers().get(LINK).ok_or("the answer names no replacement")?.to_str()?.to_owned();
    let body: Value = answer.json().await?;
    let rows = body.pointer(api.rows).and_then(Value::as_array).ok_or_else(|| format!("no {} in {body}", api.rows))?;

    let mut out = std::io::stdout().lock();
    writeln!(out, "{} {}", api.slug, api.list)?;
    for row in rows {
        let [first, second] = api.shown.map(|name| &row[name]);
        if first.is_null() {
            return Err(format!("a row without {}: {row}", api.shown[0]).into());
        }
        writeln!(out, "  {first} {second}")?;
    }
    writeln!(out, "  in GraphQL: {replacement}\n")?;
    Ok(())
}
