//! 1,000 subscribers of 1,000 affiliates, and 1,000 clicks a second spread over them: who gets what, how soon, and what
//! an idle subscriber costs. The server is the real program in a process of its own.
//!
//! `cargo bench --bench click_subscribers`; with `GERBANG_TEST_POSTGRES_URL=postgres://user@host` (a server, no
//! database) on PostgreSQL instead of SQLite.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::{
    collections::HashMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Child, Command},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt, future::join_all};
use gerbang::{
    accounts::token::{self, rules::hash_secret},
    app::App,
    config::{Config, JwtKey},
    demo::clicks::{Generate, generate_clicks},
    tracking::sub_id,
};
use gerbang_kernel::{clock::Clock, secret::Secret};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, Database, EntityTrait,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{interval, sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SUBSCRIBERS: u32 = 1_000;
const VISITORS: usize = 20;
/// Each of the visitors clicks so often a second.
const EACH: usize = 50;
const SECONDS: usize = 10;
/// Kilobytes of memory that an idle subscriber may cost.
const WANTED: f64 = 50.0;
const SECRET: &str = "a-secret-for-a-benchmark-of-32-bytes";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
/// When each click was answered, or told.
type Times = Arc<Mutex<HashMap<String, (String, Instant)>>>;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = std::env::var("GERBANG_TEST_POSTGRES_URL").ok();
    let name = format!("gerbang_bench_{}", Uuid::new_v4().simple());
    let url = match &postgres {
        Some(server) => {
            administer(server, format!("create database {name}")).await;
            format!("{server}/{name}")
        }
        None => format!("sqlite://{}", folder.path().join("gerbang.db").display()),
    };
    let affiliates = affiliates(folder.path(), &url).await;
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut server = start(folder.path(), &url, address);
    while get(address, "/readyz").await.is_none_or(|(head, _)| !head.starts_with("HTTP/1.1 200")) {
        assert!(server.0.try_wait().unwrap().is_none(), "the server ended");
        sleep(Duration::from_millis(50)).await;
    }
    run(address, server.0.id(), affiliates, if postgres.is_some() { "PostgreSQL" } else { "SQLite" }).await;
    drop(server);
    if let Some(postgres) = postgres {
        administer(&postgres, format!("drop database {name} with (force)")).await;
    }
}

async fn run(address: SocketAddr, server: u32, affiliates: Vec<(String, String)>, database: &str) {
    // The first of everything is not what a subscriber costs.
    let mut warm = subscribe(address, &affiliates[0].1).await;
    sleep(Duration::from_secs(1)).await;
    let before = resident(server);
    let mut sockets = Vec::new();
    for some in affiliates.chunks(50) {
        sockets.extend(join_all(some.iter().map(|(_, token)| subscribe(address, token))).await);
    }
    sleep(Duration::from_secs(2)).await;
    let idle = (resident(server) - before) / f64::from(SUBSCRIBERS);
    warm.close(None).await.unwrap();

    let (answered, told) = (Times::default(), Times::default());
    let listeners: Vec<_> = sockets
        .into_iter()
        .zip(&affiliates)
        .map(|(socket, (link, _))| tokio::spawn(listen(socket, link.clone(), Arc::clone(&told))))
        .collect();
    let links: Arc<[String]> = affiliates.iter().map(|(link, _)| link.clone()).collect();
    let begun = Instant::now();
    let visitors =
        (0..VISITORS).map(|visitor| tokio::spawn(click(address, visitor, Arc::clone(&links), Arc::clone(&answered))));
    for visitor in visitors.collect::<Vec<_>>() {
        visitor.await.unwrap();
    }
    let elapsed = begun.elapsed();
    sleep(Duration::from_secs(2)).await;
    for listener in listeners {
        listener.abort();
    }

    let (answered, told) = (answered.lock().unwrap(), told.lock().unwrap());
    let missed = answered.keys().filter(|click_id| !told.contains_key(*click_id)).count();
    let wrong = told.iter().filter(|(click_id, (link, _))| answered.get(*click_id).is_none_or(|(own, _)| own != link));
    let wrong = wrong.count();
    let mut delays: Vec<_> = told
        .iter()
        .filter_map(|(click_id, (_, at))| Some(at.saturating_duration_since(answered.get(click_id)?.1)))
        .collect();
    delays.sort();
    let a_second = f64::from(u32::try_from(answered.len()).unwrap()) / elapsed.as_secs_f64();
    println!("{SUBSCRIBERS} subscribers on {database}, {a_second:.0} clicks/s for {:.0} s:", elapsed.as_secs_f64());
    println!("  {} clicks, {missed} not told, {wrong} told to somebody else", answered.len());
    println!(
        "  told {:.1?} after the visitor's answer (median), 99 % within {:.1?}",
        delays[delays.len() / 2],
        delays[delays.len() * 99 / 100]
    );
    let holds = if idle <= WANTED && missed == 0 && wrong == 0 { "holds" } else { "DOES NOT HOLD" };
    println!("  {idle:.1} kB of memory for an idle subscriber (wanted: at most {WANTED}): {holds}");
}

async fn administer(server: &str, statement: String) {
    let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
    admin.execute_unprepared(&statement).await.unwrap();
}

/// A link and a token of each affiliate.
async fn affiliates(folder: &Path, url: &str) -> Vec<(String, String)> {
    let mut config = Config::demo(folder, &folder.join("outbox"), (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    config.auth.jwt_keys = vec![JwtKey { kid: "bench".to_owned(), secret: Secret::new(SECRET) }];
    config.database.url = Secret::new(url);
    let app = App::build(config, Clock::system()).await.unwrap();
    app.migrate().await.unwrap();
    let wanted = Generate { clicks: 0, days: 1, affiliates: SUBSCRIBERS, links: 1 };
    generate_clicks(&app.domain, wanted, |_| ()).await.unwrap();
    let links = sub_id::row::Entity::find().all(app.domain.db.read()).await.unwrap();
    let now = app.domain.clock.now();
    let mut affiliates = Vec::new();
    let transaction = app.domain.db.begin().await.unwrap();
    for link in links {
        let token = token::row::ActiveModel {
            id: NotSet,
            user_id: Set(link.affiliate_id),
            name: Set("bench".to_owned()),
            token_hash: Set(hash_secret(&format!("{SECRET}{}", link.id))),
            abilities: Set(r#"["*"]"#.to_owned()),
            last_used_at: Set(None),
            expires_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let token = token.insert(&transaction).await.unwrap();
        affiliates.push((link.id.clone(), format!("{}|{SECRET}{}", token.id, link.id)));
    }
    transaction.commit().await.unwrap();
    affiliates
}

fn start(folder: &Path, database: &str, listen: SocketAddr) -> Server {
    let settings = format!(
        r#"
            server.listen = "{listen}"
            auth.jwt_keys = [{{ kid = "bench", secret = "{SECRET}" }}]
            mail.transport = "file"
            sms.transport = "file"
            outbox.folder = "{folder}/outbox"
            files.folder = "{folder}/files"
            log.filter = "warn"
            # All subscribers are at one address.
            limits.scale = 1000
        "#,
        folder = folder.display(),
    );
    let file = folder.join("gerbang.toml");
    fs::write(&file, settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
    // It knows no settings of benchmarks.
    command.env_clear();
    Server(command.arg("serve").arg("--config").arg(file).env("DATABASE_URL", database).spawn().unwrap())
}

/// Memory of a process in kilobytes, as the system counts it.
fn resident(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn subscribe(address: SocketAddr, token: &str) -> Socket {
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    let say = |message: Value| Message::Text(message.to_string().into());
    let payload = json!({ "Authorization": format!("Bearer {token}") });
    socket.send(say(json!({ "type": "connection_init", "payload": payload }))).await.unwrap();
    let ack = socket.next().await.unwrap().unwrap();
    assert!(ack.to_text().unwrap().contains("connection_ack"), "{ack}");
    let subscription =
        json!({ "query": "subscription { clickRecorded { clickId subId countryCode deviceType createdAt } }" });
    socket.send(say(json!({ "id": "1", "type": "subscribe", "payload": subscription }))).await.unwrap();
    socket
}

async fn listen(mut socket: Socket, link: String, told: Times) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let now = Instant::now();
        let message: Value = serde_json::from_str(&text).unwrap();
        let click_id =
            message["payload"]["data"]["clickRecorded"]["clickId"].as_str().unwrap_or_else(|| panic!("{text}"));
        told.lock().unwrap().insert(click_id.to_owned(), (link.clone(), now));
    }
}

/// Follows links at an even pace, each time another affiliate's.
async fn click(address: SocketAddr, visitor: usize, links: Arc<[String]>, answered: Times) {
    let (_, mut stream) = get(address, "/healthz").await.unwrap();
    let mut pace = interval(Duration::from_secs(1) / u32::try_from(EACH).unwrap());
    for number in 0..EACH * SECONDS {
        pace.tick().await;
        let link = &links[(number * VISITORS + visitor) % links.len()];
        let head = ask(&mut stream, &format!("/c/{link}")).await.unwrap();
        let now = Instant::now();
        let click_id = head.lines().find_map(|line| line.strip_prefix("location: https://example.com/?clickid="));
        let click_id = click_id.unwrap_or_else(|| panic!("{head}")).trim().to_owned();
        answered.lock().unwrap().insert(click_id, (link.clone(), now));
    }
}

async fn get(address: SocketAddr, path: &str) -> Option<(String, TcpStream)> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.set_nodelay(true).ok()?;
    let head = ask(&mut stream, path).await?;
    Some((head, stream))
}

/// The head of the answer, whose body is short.
async fn ask(stream: &mut TcpStream, path: &str) -> Option<String> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: gerbang.test\r\nuser-agent: Mozilla/5.0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let (mut text, mut buffer) = (Vec::new(), [0; 4_096]);
    while !text.windows(4).any(|end| end == b"\r\n\r\n") {
        let read =
            timeout(Duration::from_secs(10), stream.read(&mut buffer)).await.ok()?.ok().filter(|read| *read > 0)?;
        text.extend_from_slice(&buffer[..read]);
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}
