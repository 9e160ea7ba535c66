//! What is asked, of the program and of the hand-written server.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::{
    client::request,
    data::{Data, EMAIL, NETWORK_SECRET, PASSWORD},
};

/// What is sent, one after the other.
pub(crate) enum Requests {
    /// These, over and over.
    Repeated(Vec<Vec<u8>>),
    /// Another each time.
    New(Box<dyn Fn(u64) -> Vec<u8>>),
}

impl Requests {
    pub(crate) fn number(&self, number: u64) -> Cow<'_, [u8]> {
        match self {
            Self::Repeated(requests) => Cow::Borrowed(&requests[self.place(number)]),
            Self::New(request) => Cow::Owned(request(number)),
        }
    }

    /// The requests that differ; none where all do.
    pub(crate) fn different(&self) -> &[Vec<u8>] {
        match self {
            Self::Repeated(requests) => requests,
            Self::New(_) => &[],
        }
    }

    /// Which of the different requests this is.
    pub(crate) fn place(&self, number: u64) -> usize {
        usize::try_from(number).unwrap_or_default() % self.different().len()
    }
}

/// One kind of request.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// The status of every answer.
    pub(crate) status: u16,
    /// Whether the same request is answered alike as long as nobody changes anything; else it tells of the time, too.
    pub(crate) steady: bool,
    pub(crate) gerbang: Requests,
    /// What the hand-written server is asked, and what that stands for; the first is what others are compared with.
    pub(crate) hand: Vec<(&'static str, Requests)>,
}

/// Different requests of a workload; more would not change much.
const DIFFERENT: u64 = 499;

const CLIENT: &str = "query Client($id: ID!) { client(id: $id) { id partnerId name email phone gender birthDate status \
    assessedAt createdAt updatedAt } }";
const PARTNERS: &str = "query Partners($page: Int!) { partners(page: $page, perPage: 15) { nodes { id name \
    clients(first: 10) { nodes { id name status assessmentResult { id assessedAt } } } } } }";
const SCORES: &str = "query Scores($page: Int!) { partners(page: $page, perPage: 15) { nodes { id name \
    clients(first: 10) { nodes { id name status assessmentResult { id assessedAt \
    typologies { code name score } } } } } } }";

/// All workloads; `jwt` is an administrator's token.
pub(crate) fn all(data: &Data, jwt: &str) -> Vec<Workload> {
    let (clients, pages) = (data.clients, (data.partners / 15).max(1));
    // Spread over the table.
    let id = move |number: u64| number * 7_919 % clients + 1;
    let page = move |number: u64| number % pages + 1;
    let graphql = |query: &'static str, variables: &dyn Fn(u64) -> Value| {
        let body = |number| json!({ "query": query, "variables": variables(number) }).to_string();
        repeated(|number| request("POST", "/graphql", Some(jwt), Some(&body(number))))
    };
    let get = |token: Option<&str>, path: &dyn Fn(u64) -> String| {
        repeated(|number| request("GET", &path(number), token, None))
    };
    let hand = |token: &str, path: &dyn Fn(u64) -> String| {
        let open = |number| format!("/open{}", path(number));
        vec![("hand", get(Some(token), path)), ("hand without authentication", get(None, &open))]
    };
    let dashboard = format!("/dashboard/{}", data.affiliate);
    vec![
        workload(
            ("W1", "one client by id, GraphQL"),
            graphql(CLIENT, &|number| json!({ "id": format!("client_{}", id(number)) })),
            hand(jwt, &|number| format!("/graphql/client/{}", id(number))),
        ),
        workload(
            ("W2", "15 partners × 10 clients × result, GraphQL"),
            graphql(PARTNERS, &|number| json!({ "page": page(number) })),
            hand(jwt, &|number| format!("/graphql/partners/{}", page(number))),
        ),
        workload(
            ("W2S", "the same with 30 scores each"),
            graphql(SCORES, &|number| json!({ "page": page(number) })),
            hand(jwt, &|number| format!("/graphql/scores/{}", page(number))),
        ),
        workload(
            ("W3", "one client by id, REST"),
            get(Some(jwt), &|number| format!("/talentsmapping/api/clients/{}", id(number))),
            hand(jwt, &|number| format!("/clients/{}", id(number))),
        ),
        workload(
            ("W4", "a page of all clients, one of the first"),
            get(Some(jwt), &|number| format!("/talentsmapping/api/clients?page={}", number % 6 + 2)),
            hand(jwt, &|number| format!("/clients?page={}", number % 6 + 2)),
        ),
        Workload {
            steady: false,
            ..workload(
                ("W7", "an affiliate's dashboard-data"),
                get(Some(&data.sanctum), &|_| "/apextrack/api/dashboard-data".to_owned()),
                hand(&data.sanctum, &|_| dashboard.clone()),
            )
        },
        workload(
            ("W8", "settings, by hand from the database / as finished bytes"),
            get(None, &|_| "/scholarship/api/settings".to_owned()),
            vec![
                ("hand, asking the database", get(None, &|_| "/settings".to_owned())),
                ("hand, with finished bytes", get(None, &|_| "/static/settings".to_owned())),
            ],
        ),
        workload(
            ("W4D", "a page of all clients, in the middle"),
            get(Some(jwt), &|number| format!("/talentsmapping/api/clients?page={}", clients / 30 + number % 6)),
            Vec::new(),
        ),
        workload(
            ("W9", "a search for a client"),
            get(Some(jwt), &|number| format!("/talentsmapping/api/clients?search=siti{}@", id(number))),
            Vec::new(),
        ),
        workload(("W5", "a log-in"), repeated(|_| log_in()), Vec::new()),
        Workload {
            status: 201,
            ..workload(("W6", "a postback that makes a lead"), postbacks(data.clicks.clone()), Vec::new())
        },
        Workload {
            status: 302,
            ..workload(("W6C", "a click on a link"), get(None, &|_| format!("/c/{}", data.link)), Vec::new())
        },
    ]
}

fn workload(
    (name, what): (&'static str, &'static str),
    gerbang: Requests,
    hand: Vec<(&'static str, Requests)>,
) -> Workload {
    Workload { name, what, status: 200, steady: true, gerbang, hand }
}

/// The requests until they repeat themselves.
fn repeated(request: impl Fn(u64) -> Vec<u8>) -> Requests {
    let first = request(0);
    let others: Vec<_> = (1..DIFFERENT).map(request).take_while(|other| *other != first).collect();
    Requests::Repeated([vec![first], others].concat())
}

/// An administrator of Talents Mapping logs in.
pub(crate) fn log_in() -> Vec<u8> {
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    request("POST", "/talentsmapping/api/auth/login", None, Some(&body))
}

/// Each of them is another transaction of a click.
fn postbacks(clicks: Vec<String>) -> Requests {
    Requests::New(Box::new(move |number| {
        let click = &clicks[usize::try_from(number).unwrap_or_default() % clicks.len()];
        let query = format!("clickid={click}&payout=1.50&status=approved&txid={number}&secret={NETWORK_SECRET}");
        request("GET", &format!("/apextrack/api/postback/conversion?{query}"), None, None)
    }))
}
