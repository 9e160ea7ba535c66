//! What is asked, of the program and of the hand-written server.

use serde_json::json;

use crate::{
    client::request,
    data::{Data, EMAIL, NETWORK_SECRET, PASSWORD},
};

/// Requests, which may repeat after a while.
pub(crate) struct Requests(Box<dyn Fn(u64) -> Vec<u8>>);

impl Requests {
    fn new(request: impl Fn(u64) -> Vec<u8> + 'static) -> Self {
        Self(Box::new(request))
    }

    /// These, over and over.
    fn repeat(requests: Vec<Vec<u8>>) -> Self {
        Self::new(move |number| requests[usize::try_from(number).unwrap_or_default() % requests.len()].clone())
    }

    pub(crate) fn number(&self, number: u64) -> Vec<u8> {
        self.0(number)
    }
}

/// One kind of request.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// The status of every answer.
    pub(crate) status: u16,
    pub(crate) gerbang: Requests,
    /// What the hand-written server is asked, and what that stands for; the first is what others are compared with.
    pub(crate) hand: Vec<(&'static str, Requests)>,
}

/// The same authentication as the program's.
const SAME: &str = "hand";
const OPEN: &str = "hand without authentication";

/// Different requests of a workload; more would not change much.
const DIFFERENT: u64 = 997;

const CLIENT: &str = "query Client($id: ID!) { client(id: $id) { id partnerId name email phone gender birthDate status \
    assessedAt createdAt updatedAt } }";
const PARTNERS: &str = "query Partners($page: Int!) { partners(page: $page, perPage: 15) { nodes { id name \
    clients(first: 10) { nodes { id name email status assessmentResult { id version assessedAt } } } } } }";
const SCORES: &str = "query Scores($page: Int!) { partners(page: $page, perPage: 15) { nodes { id name \
    clients(first: 10) { nodes { id name email status assessmentResult { id version assessedAt \
    typologies { code name score rank } } } } } } }";

/// All workloads; `jwt` is an administrator's token.
pub(crate) fn all(data: &Data, jwt: &str) -> Vec<Workload> {
    let clients = data.clients;
    // Spread over the table.
    let id = move |number: u64| number * 7_919 % clients + 1;
    let pages = (data.partners / 15).max(1);
    let page = move |number: u64| number % pages + 1;
    let graphql = |query: &'static str, variables: &dyn Fn(u64) -> serde_json::Value| {
        let body = |number| json!({ "query": query, "variables": variables(number) }).to_string();
        Requests::repeat((0..DIFFERENT).map(|n| request("POST", "/graphql", Some(jwt), Some(&body(n)))).collect())
    };
    let get = |token: Option<&str>, path: &dyn Fn(u64) -> String| {
        Requests::repeat((0..DIFFERENT).map(|number| request("GET", &path(number), token, None)).collect())
    };
    let hand = |path: &dyn Fn(u64) -> String| {
        vec![(SAME, get(Some(jwt), path)), (OPEN, get(None, &|number| format!("/open{}", path(number))))]
    };
    vec![
        Workload {
            name: "W1",
            what: "one client by id, GraphQL",
            status: 200,
            gerbang: graphql(CLIENT, &|number| json!({ "id": format!("client_{}", id(number)) })),
            hand: hand(&|number| format!("/graphql/client/{}", id(number))),
        },
        Workload {
            name: "W2",
            what: "15 partners × 10 clients × result, GraphQL",
            status: 200,
            gerbang: graphql(PARTNERS, &|number| json!({ "page": page(number) })),
            hand: hand(&|number| format!("/graphql/partners/{}", page(number))),
        },
        Workload {
            name: "W2S",
            what: "the same with 30 scores each",
            status: 200,
            gerbang: graphql(SCORES, &|number| json!({ "page": page(number) })),
            hand: hand(&|number| format!("/graphql/scores/{}", page(number))),
        },
        Workload {
            name: "W3",
            what: "one client by id, REST",
            status: 200,
            gerbang: get(Some(jwt), &|number| format!("/talentsmapping/api/clients/{}", id(number))),
            hand: hand(&|number| format!("/clients/{}", id(number))),
        },
        Workload {
            name: "W4",
            what: "a page of clients, one of the first",
            status: 200,
            gerbang: get(Some(jwt), &|number| format!("/talentsmapping/api/clients?page={}", number % 6 + 2)),
            hand: hand(&|number| format!("/clients?page={}", number % 6 + 2)),
        },
        Workload {
            name: "W7",
            what: "the dashboard of an affiliate",
            status: 200,
            gerbang: get(Some(&data.sanctum), &|_| "/apextrack/api/dashboard-data".to_owned()),
            hand: vec![
                (SAME, get(Some(&data.sanctum), &|_| format!("/dashboard/{}", data.affiliate))),
                (OPEN, get(None, &|_| format!("/open/dashboard/{}", data.affiliate))),
            ],
        },
        Workload {
            name: "W8",
            what: "settings, which are public",
            status: 200,
            gerbang: get(None, &|_| "/scholarship/api/settings".to_owned()),
            hand: vec![
                ("hand, asking the database", get(None, &|_| "/settings".to_owned())),
                ("hand, with finished bytes", get(None, &|_| "/static/settings".to_owned())),
            ],
        },
        Workload {
            name: "W5",
            what: "a log-in",
            status: 200,
            gerbang: Requests::repeat(vec![log_in()]),
            hand: Vec::new(),
        },
        Workload {
            name: "W6",
            what: "a postback that makes a lead",
            status: 201,
            gerbang: postbacks(data.clicks.clone()),
            hand: Vec::new(),
        },
        Workload {
            name: "W6C",
            what: "a click on a link",
            status: 302,
            gerbang: get(None, &|_| format!("/c/{}", data.link)),
            hand: Vec::new(),
        },
    ]
}

/// An administrator of Talents Mapping logs in.
pub(crate) fn log_in() -> Vec<u8> {
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    request("POST", "/talentsmapping/api/auth/login", None, Some(&body))
}

/// Each of them is another transaction of a click.
fn postbacks(clicks: Vec<String>) -> Requests {
    Requests::new(move |number| {
        let click = &clicks[usize::try_from(number).unwrap_or_default() % clicks.len()];
        let query = format!("clickid={click}&payout=1.50&status=approved&txid={number}&secret={NETWORK_SECRET}");
        request("GET", &format!("/apextrack/api/postback/conversion?{query}"), None, None)
    })
}
