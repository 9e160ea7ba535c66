//! A GraphQL client: logs in, walks a list page by page, and reads an error's code.
//!
//! ```sh
//! cargo run -- demo                                                # in another terminal
//! cargo run --example graphql_client [http://127.0.0.1:8080]
//! ```

use std::{env, error::Error, io::Write};

use reqwest::Client;
use serde_json::{Value, json};

const LOG_IN: &str = "mutation LogIn($input: LoginInput!) { login(input: $input) { token { content } user { name } } }";
const CLIENTS: &str = "query Clients($after: String) {
  clients(first: 25, after: $after) {
    nodes { name assessmentResult { typologies { name score rank } } }
    pageInfo { hasNextPage endCursor }
  }
}";

struct Gateway {
    http: Client,
    url: String,
    token: Option<String>,
}

impl Gateway {
    /// The `data` of an operation that must succeed; the first error else, with its code.
    async fn run(&self, query: &str, variables: Value) -> Result<Value, Box<dyn Error>> {
        let mut request = self.http.post(&self.url).json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut answer: Value = request.send().await?.json().await?;
        match answer["errors"].get(0) {
            None => Ok(answer["data"].take()),
            Some(error) => Err(format!("{} ({})", error["message"], error["extensions"]["code"]).into()),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // What TLS is made of is the program's choice; see the features of `reqwest` in Cargo.toml.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let mut gateway = Gateway { http: Client::new(), url: format!("{base}/graphql"), token: None };
    let mut out = std::io::stdout().lock();

    let refused = gateway.run(CLIENTS, json!({})).await.err().ok_or("the list is not public")?;
    writeln!(out, "Without a token: {refused}")?;

    let credentials =
        json!({ "realm": "TALENTS_MAPPING", "login": "partner@talents.test", "password": "rahasia-demo-123" });
    let session = gateway.run(LOG_IN, json!({ "input": credentials })).await?;
    writeln!(out, "Logged in as {}", session["login"]["user"]["name"])?;
    gateway.token = session["login"]["token"]["content"].as_str().map(str::to_owned);

    let mut after = Value::Null;
    loop {
        let data = gateway.run(CLIENTS, json!({ "after": after })).await?;
        let page = &data["clients"];
        for client in page["nodes"].as_array().ok_or("a list")? {
            let typologies = client["assessmentResult"]["typologies"].as_array();
            let strongest = typologies.into_iter().flatten().find(|typology| typology["rank"] == 1);
            match strongest {
                Some(talent) => writeln!(out, "{}: {} ({})", client["name"], talent["name"], talent["score"])?,
                None => writeln!(out, "{}: not assessed yet", client["name"])?,
            }
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(());
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
