//! The examples beside the routes, replayed: each must be answered as it shows.

mod fixtures;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use gerbang::apis;
use gerbang_rest::{Budget, Dialect, Exchange, Output, Part, Payload, Route, examples::in_order};
use serde_json::{Value, json};

use self::fixtures::{FIXTURES, Fixture};
use crate::support::{legacy::Call, openapi::ROUTES, protocol::Reply};

/// A server in a state that examples need.
struct Replay<'d> {
    fixture: Fixture,
    dialect: &'d Dialect,
    exchanges: Vec<(&'d Route, &'d Exchange)>,
    /// When everything is sent that does not say when.
    now: DateTime<Utc>,
}

impl Replay<'_> {
    /// Sends the request of an example.
    async fn send(&self, route: &Route, exchange: &Exchange, token: Option<&str>) -> Reply {
        let clock = &self.fixture.legacy.app.clock;
        clock.advance(exchange.at.unwrap_or(self.now) - clock.now());
        let method = exchange.method(route);
        let mut call = self.fixture.legacy.call(method.as_str(), &exchange.address(route));
        if let Some(host) = self.dialect.hosts.first() {
            call = call.header("host", host);
        }
        call = exchange.request.headers.iter().fold(call, |call, (name, value)| call.header(name, value));
        if let Some(token) = token {
            call = call.token(token);
        }
        match exchange.payload(route) {
            Payload::Empty => call.send().await,
            Payload::Json(body) => call.body("application/json", body).await,
            Payload::Form(parts) => send_form(call, &parts).await,
        }
    }

    /// The token that an example is sent with, fresh where another example is answered with it.
    async fn token(&self, exchange: &Exchange) -> Option<String> {
        if let Some(name) = &exchange.token {
            let known = self.fixture.tokens.get(name.as_str());
            return Some(known.unwrap_or_else(|| panic!("the fixture gives no token `{name}`")).clone());
        }
        let sender = exchange.sender.as_ref()?;
        let (route, named) = self.exchanges.iter().find(|(_, other)| other.name.as_ref() == Some(sender)).unwrap();
        let named = Exchange { at: exchange.at.or(named.at), ..(*named).clone() };
        let reply = self.send(route, &named, None).await;
        let token = reply.body.pointer(named.answer.token().unwrap()).and_then(Value::as_str);
        Some(token.unwrap_or_else(|| panic!("no token of {sender}: {reply:?}")).to_owned())
    }

    /// What is different from what an example shows.
    async fn differences(&self, route: &Route, exchange: &Exchange) -> Vec<String> {
        let token = self.token(exchange).await;
        let app = &self.fixture.legacy.app;
        let before = app.statements();
        let reply = self.send(route, exchange, token.as_deref()).await;
        let cost = Budget { statements: app.statements() - before, bytes: reply.bytes.len() };
        let answer = &exchange.answer;
        let mut wrong = Vec::new();
        match exchange.budget {
            Some(budget) if cost.statements <= budget.statements && cost.bytes <= budget.bytes => {}
            budget => wrong.push(format!("its budget is {budget:?}, and it costs {cost:?}")),
        }
        if reply.status.as_u16() != answer.status {
            wrong.push(format!("the status is {} and not {}: {reply:?}", reply.status, answer.status));
            return wrong;
        }
        let settings = &self.fixture.legacy.app.domain.config.server;
        for (name, shown) in &answer.headers {
            let shown = shown.replace("{app_url}", &settings.app_url).replace("{public_url}", &settings.public_url);
            let came = reply.header(name);
            let fits = match answer.any.get(name) {
                Some(form) => form.fits(&json!(came), self.dialect),
                None => came == shown,
            };
            if !fits {
                wrong.push(format!("{name} is `{came}` and not `{shown}`"));
            }
        }
        let media = match (&answer.body, route.output) {
            (Some(_), _) => "application/json",
            (None, Output::File) => route.media.as_deref().unwrap(),
            (None, Output::Redirect) => "text/html; charset=utf-8",
            (None, Output::Json) => "",
        };
        if answer.status != 304 && reply.header("content-type") != media {
            wrong.push(format!("the media type is {} and not {media}", reply.header("content-type")));
        }
        if answer.body.is_some() {
            match answer.filled(&reply.body, self.dialect) {
                // As text, which tells `1` from `1.0` and one order of members from another.
                Ok(body) if format!("{body:#}") == format!("{:#}", reply.body) => {}
                Ok(body) => wrong.push(format!("expected {body:#}\ncame {:#}", reply.body)),
                Err(forms) => wrong.extend(forms),
            }
        }
        wrong
    }
}

async fn send_form(call: Call<'_>, parts: &[Part]) -> Reply {
    let part = |Part { name, content, is_file }: &Part| {
        let file = if *is_file { format!("; filename=\"{name}\"") } else { String::new() };
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    };
    let body = parts.iter().map(part).collect::<String>() + "--XX--\r\n";
    call.body("multipart/form-data; boundary=XX", body).await
}

/// Replays all examples of a fixture, and says what is wrong.
async fn replay(name: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut fixture = Some(fixtures::make(name).await);
    for dialect in apis::all() {
        let exchanges = in_order(&dialect, &ROUTES);
        let exchanges: Vec<_> = exchanges.into_iter().filter(|(_, exchange)| exchange.fixture == name).collect();
        let made = fixture.take().unwrap();
        let now = made.legacy.app.clock.now();
        let replay = Replay { fixture: made, dialect: &dialect, exchanges, now };
        for (route, exchange) in &replay.exchanges {
            let found = replay.differences(route, exchange).await;
            let status = exchange.answer.status;
            wrong.extend(found.into_iter().map(|what| format!("{} {}, {status}: {what}", dialect.slug, route.stem())));
        }
        let Replay { fixture: made, .. } = replay;
        made.legacy.app.clock.advance(now - made.legacy.app.clock.now());
        fixture = Some(made);
    }
    wrong
}

#[tokio::test]
async fn examples_of_the_demo_are_answered_as_shown() {
    let wrong = replay("demo").await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn examples_of_other_states_are_answered_as_shown() {
    let mut wrong = Vec::new();
    for name in FIXTURES.into_iter().filter(|name| *name != "demo") {
        wrong.extend(replay(name).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_route_has_an_example_in_a_state_that_can_be_made() {
    let missing: Vec<_> =
        ROUTES.iter().filter(|route| route.example.is_none()).map(|route| route.operation.as_str()).collect();
    assert!(missing.is_empty(), "no `<verb>_<noun>.example.json` beside {missing:?}");
    let exchanges = ROUTES.iter().flat_map(|route| &route.example.as_ref().unwrap().exchanges);
    let named: BTreeSet<_> = exchanges.map(|exchange| exchange.fixture.as_str()).collect();
    assert_eq!(named, BTreeSet::from(FIXTURES));
}
