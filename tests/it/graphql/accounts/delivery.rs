//! The outbox: who delivers, how often, and what stays behind.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use chrono::TimeDelta;
use gerbang::{
    outbox::{
        row::{Channel, Column, Entity, Model, Status},
        rules::{Transports, deliver_due},
    },
    worker,
};
use gerbang_kernel::{clock::Clock, secret::Secret};
use gerbang_platform::{
    outbox::{DeliveryError, Message, Transport},
    settings::{MailTransport, SmsTransport},
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use crate::support::TestApp;

/// A transport with the answers of the test, which records what it was given.
#[derive(Clone, Debug, Default)]
struct Recording {
    answers: Arc<Mutex<Vec<Result<(), DeliveryError>>>>,
    given: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Transport for Recording {
    async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.given.lock().unwrap().push(message.to.clone());
        self.answers.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

/// The same, which takes a second.
#[derive(Debug)]
struct Slow {
    clock: Clock,
    recording: Recording,
}

#[async_trait]
impl Transport for Slow {
    async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        let answer = self.recording.deliver(message).await;
        self.clock.advance(TimeDelta::seconds(1));
        answer
    }
}

impl Recording {
    fn transports(&self) -> Transports {
        Transports::of(Arc::new(self.clone()), Arc::new(self.clone()))
    }

    fn given(&self) -> usize {
        self.given.lock().unwrap().len()
    }
}

async fn sign_up(app: &TestApp, email: &str) {
    let query = "mutation($email: String!) {
        signUp(input: { realm: NOTARY, name: \"Jöhn\", email: $email, password: \"securepassword\" }) { attempt { id } }
    }";
    app.anonymous().graphql_with(query, json!({ "email": email })).await.ok();
}

async fn rows(app: &TestApp) -> Vec<Model> {
    Entity::find().order_by_asc(Column::Id).all(app.domain.db.read()).await.unwrap()
}

#[tokio::test]
async fn a_delivered_message_is_erased() {
    let app = TestApp::new().await;
    sign_up(&app, "john@office.test").await;
    let row = rows(&app).await.remove(0);
    assert_eq!((row.status, row.channel), (Status::Pending, Channel::Email));
    assert!(row.body.is_some() && row.html.is_some() && row.code.is_some() && row.link.is_some());
    let message = app.messages().await.remove(0);
    let members: Vec<&String> = message.as_object().unwrap().keys().collect();
    assert_eq!(members, ["channel", "to", "subject", "body", "code", "link", "sent_at"]);
    assert_eq!(message["sent_at"], "2026-02-03T04:05:06.000000Z");
    let row = rows(&app).await.remove(0);
    assert_eq!((row.status, row.sent_at), (Status::Sent, Some(app.clock.now())));
    assert!(row.body.is_none() && row.html.is_none() && row.code.is_none() && row.link.is_none());
}

#[tokio::test]
async fn a_failed_delivery_is_retried_with_backoff_and_then_given_up() {
    let app = TestApp::new().await;
    sign_up(&app, "john@office.test").await;
    let busy = || Err(DeliveryError::Temporary("busy".to_owned()));
    let transport =
        Recording { answers: Arc::new(Mutex::new((0..20).map(|_| busy()).collect())), ..Recording::default() };
    let transports = transport.transports();
    for (tries, wait) in [5, 10, 20, 40, 80, 160, 320, 640].into_iter().enumerate() {
        assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
        assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 0, "not at once");
        let row = rows(&app).await.remove(0);
        assert_eq!(
            (row.status, row.attempts, row.last_error.as_deref()),
            (Status::Pending, i32::try_from(tries).unwrap() + 1, Some("busy"))
        );
        assert_eq!(row.next_attempt_at, app.clock.now() + TimeDelta::seconds(wait));
        app.clock.advance(TimeDelta::seconds(wait));
    }
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
    let row = rows(&app).await.remove(0);
    assert_eq!((row.status, row.attempts), (Status::Failed, 9));
    assert!(row.body.is_none() && row.code.is_none() && row.link.is_none());

    let transport = Recording {
        answers: Arc::new(Mutex::new(vec![Err(DeliveryError::Permanent("no such mailbox".to_owned()))])),
        ..Recording::default()
    };
    sign_up(&app, "nobody@office.test").await;
    deliver_due(&app.domain, &transport.transports()).await.unwrap();
    let row = rows(&app).await.remove(1);
    assert_eq!((row.status, row.attempts, row.last_error.as_deref()), (Status::Failed, 1, Some("no such mailbox")));
}

#[tokio::test]
async fn messages_wait_for_a_server_that_is_away_and_leave_once_it_is_back() {
    let app = TestApp::new().await;
    for n in 0..5 {
        sign_up(&app, &format!("john{n}@office.test")).await;
    }
    let transport = Recording::default();
    let transports = transport.transports();
    let away = |times: usize| {
        let refused = || Err(DeliveryError::Unreachable("connection refused".to_owned()));
        *transport.answers.lock().unwrap() = (0..times).map(|_| refused()).collect();
    };
    away(1_000);
    deliver_due(&app.domain, &transports).await.unwrap();
    let tried = transport.given();
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 0, "not at once");
    // Longer than a message is tried whose server answers, and one at a time.
    for tries in 1..=1_000 {
        app.clock.advance(TimeDelta::seconds(2));
        assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
        if tries % 100 == 0 {
            assert!(rows(&app).await.iter().all(|row| row.status == Status::Pending && row.body.is_some()));
        }
        away(1_000);
    }
    assert_eq!(transport.given(), tried + 1_000);
    away(0);
    app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 4, "as soon as one gets through");
    assert!(rows(&app).await.iter().all(|row| row.status == Status::Sent));

    // Nobody waits for a letter for ever.
    sign_up(&app, "late@office.test").await;
    app.clock.advance(TimeDelta::days(5) + TimeDelta::seconds(1));
    away(1);
    deliver_due(&app.domain, &transports).await.unwrap();
    assert_eq!(rows(&app).await.pop().unwrap().status, Status::Failed);
}

#[tokio::test]
async fn a_message_that_ends_the_connection_does_not_hold_up_the_others() {
    let app = TestApp::new().await;
    let transport = Recording::default();
    let transports = transport.transports();
    let refuse = |times: usize| {
        let ended = || Err(DeliveryError::Unreachable("the connection ended".to_owned()));
        *transport.answers.lock().unwrap() = (0..times).map(|_| ended()).collect();
    };
    sign_up(&app, "poison@office.test").await;
    refuse(1);
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
    app.clock.advance(TimeDelta::seconds(1));
    sign_up(&app, "other@office.test").await;
    refuse(1);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1, "the server may be away");
    app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
    assert_eq!(rows(&app).await.remove(1).status, Status::Sent, "whoever waited longer comes first");
    // From now on it is known whose fault it is, unless the server went away right after it took the other.
    for (attempts, wait) in [(1, 2), (2, 10), (3, 20)] {
        refuse(1);
        assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
        let row = rows(&app).await.remove(0);
        assert_eq!((row.status, row.attempts), (Status::Pending, attempts));
        assert_eq!(row.next_attempt_at, app.clock.now() + TimeDelta::seconds(wait));
        app.clock.advance(TimeDelta::seconds(1));
        sign_up(&app, &format!("other{attempts}@office.test")).await;
        assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1, "the server is not taken for away");
        app.clock.advance(TimeDelta::seconds(wait - 1));
    }
}

#[tokio::test]
async fn a_message_that_was_under_way_when_its_server_went_away_waits_like_the_others() {
    let app = TestApp::new().await;
    let recording = Recording::default();
    let transport = Arc::new(Slow { clock: app.clock.clone(), recording: recording.clone() });
    let transports = Transports::of(Arc::clone(&transport) as Arc<dyn Transport>, transport);
    let ended = || Err(DeliveryError::Unreachable("the connection ended".to_owned()));
    sign_up(&app, "one@office.test").await;
    sign_up(&app, "other@office.test").await;
    // One was taken, then the server went away: the other is suspected.
    *recording.answers.lock().unwrap() = vec![ended(), Ok(())];
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 2);
    let suspects = async || {
        let waiting = rows(&app).await.into_iter().filter(|row| row.status == Status::Pending);
        waiting.map(|row| row.attempts).collect::<Vec<_>>()
    };
    assert_eq!(suspects().await, [1]);
    for _ in 0..5 {
        *recording.answers.lock().unwrap() = vec![ended()];
        assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
        assert_eq!(suspects().await, [1], "nobody got through since");
        app.clock.advance(TimeDelta::seconds(2));
    }
    assert_eq!(deliver_due(&app.domain, &transports).await.unwrap(), 1);
    assert!(rows(&app).await.iter().all(|row| row.status == Status::Sent));
}

#[tokio::test]
async fn several_workers_deliver_each_message_once() {
    let app = TestApp::new().await;
    for n in 0..20 {
        sign_up(&app, &format!("john{n}@office.test")).await;
    }
    let transport = Recording::default();
    let transports = transport.transports();
    let workers = (0..4).map(|_| deliver_due(&app.domain, &transports));
    futures_util::future::try_join_all(workers).await.unwrap();
    let mut given = transport.given.lock().unwrap().clone();
    given.sort();
    let count = given.len();
    given.dedup();
    assert_eq!((count, given.len()), (20, 20));
    assert!(rows(&app).await.iter().all(|row| row.status == Status::Sent));
}

#[tokio::test]
async fn the_worker_is_woken_by_a_commit() {
    let app = TestApp::new().await;
    let transport = Recording::default();
    let worker = tokio::spawn(worker::run(app.domain.clone(), transport.transports()));
    // Its first look finds nothing.
    tokio::time::sleep(Duration::from_millis(100)).await;
    sign_up(&app, "john@office.test").await;
    let statements = app.statements();
    for _ in 0..100 {
        if transport.given() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(transport.given(), 1, "long before the timer");
    assert_eq!(app.statements(), statements, "its statements are not a request's");
    worker.abort();
}

/// A mail server for one mail: greets, takes everything, and gives what it was told.
async fn mail_server() -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = socket.split();
        let mut lines = BufReader::new(reader).lines();
        let mut said = Vec::new();
        let mut in_data = false;
        writer.write_all(b"220 mail.test ESMTP\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            let answer = match line.as_str() {
                "." if in_data => {
                    writer.write_all(b"250 accepted\r\n").await.unwrap();
                    break;
                }
                _ if in_data => "",
                "DATA" => {
                    in_data = true;
                    "354 go on\r\n"
                }
                line if line.starts_with("EHLO") => "250-mail.test\r\n250 8BITMIME\r\n",
                _ => "250 ok\r\n",
            };
            said.push(line);
            writer.write_all(answer.as_bytes()).await.unwrap();
        }
        said
    });
    (url, server)
}

#[tokio::test]
async fn mail_leaves_over_smtp() {
    let (url, server) = mail_server().await;
    let app = TestApp::with(|config| {
        config.mail.transport = MailTransport::Smtp;
        config.mail.smtp_url = Secret::new(url);
        config.mail.from = "Gerbang <no-reply@gerbang.test>".to_owned();
    })
    .await;
    sign_up(&app, "john@office.test").await;
    let link = rows(&app).await.remove(0).link.unwrap();
    let transports = Transports::new(&app.domain.config).unwrap();
    deliver_due(&app.domain, &transports).await.unwrap();
    assert_eq!(rows(&app).await[0].status, Status::Sent, "{:?}", rows(&app).await[0].last_error);
    let said = server.await.unwrap();
    for line in ["MAIL FROM:<no-reply@gerbang.test>", "RCPT TO:<john@office.test>", "Subject: Confirm your account"] {
        assert!(said.iter().any(|said| said.starts_with(line)), "{line} in {said:#?}");
    }
    assert!(said.iter().any(|line| line == "From: \"Notary Office\" <no-reply@gerbang.test>"), "{said:#?}");
    // Both parts arrive, the one that is understood best last; lines that are too long are broken by the encoding.
    let text: String =
        said.iter().map(|line| line.strip_suffix('=').map_or_else(|| format!("{line}\n"), str::to_owned)).collect();
    let text = text.replace("=3D", "=");
    assert!(text.contains("Content-Type: multipart/alternative;"), "{text}");
    let (plain, html) = text.split_once("Content-Type: text/html; charset=utf-8").unwrap();
    let (_, plain) = plain.split_once("Content-Type: text/plain; charset=utf-8").unwrap();
    assert!(plain.contains(&format!("Confirm my account:\n{link}\n")) && plain.contains("Hello J=C3=B6hn,"), "{plain}");
    assert!(html.contains(&format!("<a class=\"button\" href=\"{link}\">Confirm my account</a>")), "{html}");
    assert!(html.contains("<p>Hello J=C3=B6hn,</p>") && html.contains("valid for"), "{html}");
}

#[tokio::test]
async fn an_unreachable_mail_server_is_waited_for() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let app = TestApp::with(|config| {
        config.mail.transport = MailTransport::Smtp;
        config.mail.smtp_url = Secret::new(format!("smtp://{unused}"));
    })
    .await;
    sign_up(&app, "john@office.test").await;
    deliver_due(&app.domain, &Transports::new(&app.domain.config).unwrap()).await.unwrap();
    let row = rows(&app).await.remove(0);
    assert_eq!((row.status, row.attempts), (Status::Pending, 0), "what was not asked did not refuse");
    assert!(row.body.is_some() && row.last_error.is_some());
}

/// A gateway that answers with these statuses in turn, and what it was sent.
async fn sms_gateway(statuses: Vec<StatusCode>) -> (String, Arc<Mutex<Vec<(Option<String>, Value)>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send?key=hidden", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, statuses) = (Arc::clone(&seen), Arc::new(Mutex::new(statuses.into_iter())));
    let handler = move |headers: HeaderMap, Json(body): Json<Value>| {
        let authorization = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        log.lock().unwrap().push((authorization, body));
        let status = statuses.lock().unwrap().next().unwrap_or(StatusCode::OK);
        async move { status }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/send", post(handler))).await });
    (url, seen)
}

#[tokio::test]
async fn text_messages_leave_through_a_gateway() {
    let statuses =
        vec![StatusCode::BAD_GATEWAY, StatusCode::UNAUTHORIZED, StatusCode::ACCEPTED, StatusCode::BAD_REQUEST];
    let (url, seen) = sms_gateway(statuses).await;
    let app = TestApp::with(|config| {
        config.sms.transport = SmsTransport::Http;
        config.sms.gateway_url = Secret::new(url);
        config.sms.gateway_token = Secret::new("gateway-token");
    })
    .await;
    let transports = Transports::new(&app.domain.config).unwrap();
    let sign_up = "mutation { signUp(input: { realm: SCHOLARSHIP, name: \"Siti\", email: \"siti@yiss.test\", phone: \"081234567890\", password: \"password123\" }) { user { id } } }";
    app.anonymous().graphql(sign_up).await.ok();
    let forget = "mutation { requestPasswordReset(input: { realm: SCHOLARSHIP, phone: \"+6281234567890\" }) { expiresInMinutes } }";
    app.anonymous().graphql(forget).await.ok();
    for expected in [Status::Pending, Status::Pending, Status::Sent] {
        deliver_due(&app.domain, &transports).await.unwrap();
        let row = rows(&app).await.remove(0);
        assert_eq!(row.status, expected);
        assert!(!row.last_error.unwrap_or_default().contains("hidden"));
        app.clock.advance(TimeDelta::minutes(1));
    }
    let (authorization, body) = seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(authorization.as_deref(), Some("Bearer gateway-token"));
    assert_eq!(body["to"], "081234567890");
    assert!(body["body"].as_str().unwrap().contains("Token reset"));
    app.anonymous().graphql(forget).await.ok();
    deliver_due(&app.domain, &transports).await.unwrap();
    assert_eq!(rows(&app).await[1].status, Status::Failed);
}

#[tokio::test]
async fn expired_rows_are_removed() {
    use gerbang::accounts::{retention::prune, session, sign_up, verification};
    let app = TestApp::new().await;
    sign_up(&app, "john@office.test").await;
    let forget = "mutation { requestPasswordReset(input: { realm: SCHOLARSHIP, phone: \"+6281234567890\" }) { expiresInMinutes } }";
    app.anonymous().graphql(forget).await.ok();
    let user = app.user(gerbang::accounts::Realm::Notary, gerbang::accounts::Role::Customer).await;
    super::token_of(&app, &user).await;
    app.messages().await;
    assert_eq!(prune(&app.domain).await.unwrap(), 0);
    app.clock.advance(TimeDelta::days(3));
    assert_eq!(prune(&app.domain).await.unwrap(), 2);
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(prune(&app.domain).await.unwrap(), 2);
    let db = app.domain.db.read();
    assert!(verification::row::Entity::find().all(db).await.unwrap().is_empty());
    assert!(sign_up::row::Entity::find().all(db).await.unwrap().is_empty());
    assert!(session::row::Entity::find().all(db).await.unwrap().is_empty() && rows(&app).await.is_empty());
}
