//! A live subscription over the `graphql-transport-ws` protocol: an affiliate's clicks as they happen. It makes the first
//! click itself, so that there is one; with `--follow` it goes on until it is stopped.
//!
//! ```sh
//! cargo run -- demo                                                # in another terminal
//! cargo run --example live_subscription [http://127.0.0.1:8080] [--follow]
//! ```

use std::{env, error::Error, io::Write, time::Duration};

use futures_util::{SinkExt, StreamExt};
use reqwest::Client;
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (urls, options): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|one| one.contains("://"));
    let base = urls.first().map_or("http://127.0.0.1:8080", String::as_str);
    let follow = options.iter().any(|option| option == "--follow");
    let http = Client::new();

    let log_in = r#"mutation { login(input: { realm: APEXTRACK, login: "affiliate@apex.test", password: "rahasia-demo-123" }) { token { content } } }"#;
    let session = graphql(&http, base, log_in, None).await?;
    let token = session["data"]["login"]["token"]["content"].as_str().ok_or_else(|| session.to_string())?;

    let mut handshake = format!("{}/graphql", base.replacen("http", "ws", 1)).into_client_request()?;
    handshake.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    let (mut socket, _) = connect_async(handshake).await?;
    let hello = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } });
    socket.send(Message::text(hello.to_string())).await?;

    let subscription = "subscription { clickRecorded { clickId subId countryCode deviceType createdAt } }";
    let click = r#"mutation { recordClick(input: { subId: "user123", countryCode: "ID" }) { click { clickId } } }"#;
    // What happens before the server listens for us is not told: click until one is.
    let mut clicks = tokio::time::interval(Duration::from_secs(1));
    let (mut listening, mut heard) = (false, false);
    let mut out = std::io::stdout().lock();
    loop {
        let frame = tokio::select! {
            frame = socket.next() => frame.ok_or("the server closed the connection")??,
            _ = clicks.tick(), if listening && !heard => {
                let clicked = graphql(&http, base, click, Some(token)).await?;
                writeln!(out, "clicked: {}", clicked["data"]["recordClick"]["click"]["clickId"])?;
                continue;
            }
        };
        let message: Value = match frame {
            Message::Text(text) => serde_json::from_str(&text)?,
            Message::Close(reason) => return Err(format!("the server closed the connection: {reason:?}").into()),
            _ => continue,
        };
        match message["type"].as_str().unwrap_or_default() {
            "connection_ack" => {
                let subscribe = json!({ "id": "clicks", "type": "subscribe", "payload": { "query": subscription } });
                socket.send(Message::text(subscribe.to_string())).await?;
                listening = true;
            }
            "ping" => socket.send(Message::text(json!({ "type": "pong" }).to_string())).await?,
            "next" => {
                heard = true;
                writeln!(out, "heard:   {}", message["payload"]["data"]["clickRecorded"])?;
                if !follow {
                    return Ok(socket.close(None).await?);
                }
            }
            _ => return Err(message.to_string().into()),
        }
    }
}

async fn graphql(http: &Client, base: &str, query: &str, token: Option<&str>) -> Result<Value, Box<dyn Error>> {
    let mut request = http.post(format!("{base}/graphql")).json(&json!({ "query": query }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Ok(request.send().await?.json().await?)
}
