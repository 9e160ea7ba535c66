//! What lists cost: no page of any of them reads more rows where its table is large, whatever it is sorted by, whoever asks
//! and wherever it begins. Every list of the schema is asked for every order and by every role, and the database runs each
//! statement once more and says what it did.

mod fill;
mod work;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use gerbang::accounts::{
    Realm, Role,
    user::{self, rules::roles_of},
};
use sea_orm::{DbBackend, EntityTrait, Iterable, Statement};
use serde_json::Value;

use self::work::{DEEP, Limit, Meter, PAGE, TOTAL};
use crate::support::{
    TestApp,
    app::{Actor, Answer},
    database::TestDatabase,
};

/// Rows of each table.
const ROWS: u32 = 100_000;
/// Rows that belong to one: those of others come before and after in every order.
const OWN: u32 = 10_000;
/// Whose rows are in the middle.
const OWNER: i64 = 5;

/// The time of 100 rows in the middle of the owner's, and of all behind the owner's first.
const FEW: &str = r#"from: "2026-01-31T12:30:00Z", to: "2026-01-31T12:31:40Z""#;
const MANY: &str = r#"from: "2026-01-31T11:06:41Z""#;

/// Those that are kept in memory as a whole: no page of them reads anything.
const KEPT: [&str; 4] =
    ["servicesConnection", "faqsConnection", "testimonialsConnection", "scholarshipPeriodsConnection"];

/// Those that can be searched.
const SEARCHED: [&str; 6] = ["partners", "clients", "users", "applicants", "offers", "payments"];

/// Those that grow, and that administrators are shown in the order of their keys: pages by number are found wherever they are.
const DEEP_PAGES: [&str; 2] = ["clients", "orders"];

/// A list of the schema, and each way to sort it, as arguments are written.
struct List {
    field: String,
    sorts: Vec<String>,
    /// Whether those of a time can be asked for.
    has_times: bool,
    /// What else can be asked for that is one of a few words, each word as a filter is written.
    words: Vec<String>,
}

/// All lists, from the schema itself.
async fn lists(app: &TestApp) -> Vec<List> {
    let ask = "{ __type(name: \"Query\") { fields { name type { ofType { name } }
        args { name type { enumValues { name } inputFields { name type { name enumValues { name } } } } } } } }";
    let fields = app.anonymous().graphql(ask).await.ok()["__type"]["fields"].take();
    let fields = fields.as_array().unwrap().iter();
    let lists = fields
        .filter(|field| field["type"]["ofType"]["name"].as_str().is_some_and(|name| name.ends_with("Connection")))
        .filter(|field| KEPT.iter().all(|kept| field["name"] != *kept));
    let list = |field: &Value| {
        let words = |argument: &str| -> Vec<String> {
            let of = field["args"].as_array().unwrap().iter().find(|of| of["name"] == argument);
            let words = of.and_then(|of| of["type"]["enumValues"].as_array()).into_iter().flatten();
            let words: Vec<_> = words.map(|word| format!("{argument}: {}, ", word["name"].as_str().unwrap())).collect();
            if words.is_empty() { vec![String::new()] } else { words }
        };
        let directions = words("direction");
        let sorts =
            words("orderBy").into_iter().flat_map(|order| directions.iter().map(move |way| format!("{order}{way}")));
        let arguments = field["args"].as_array().unwrap().iter();
        let members: Vec<_> = arguments.filter_map(|of| of["type"]["inputFields"].as_array()).flatten().collect();
        let has_times = members.iter().any(|member| member["name"] == "from");
        let words_of = |member: &&Value| -> Vec<String> {
            let (name, ty) = (member["name"].as_str().unwrap(), &member["type"]);
            let words = ty["enumValues"].as_array().into_iter().flatten().map(|word| word["name"].as_str().unwrap());
            let truths = if ty["name"] == "Boolean" { &["true", "false"][..] } else { &[] };
            words.chain(truths.iter().copied()).map(|word| format!("{name}: {word}")).collect()
        };
        let words = members.iter().flat_map(words_of).collect();
        List { field: field["name"].as_str().unwrap().to_owned(), sorts: sorts.collect(), has_times, words }
    };
    lists.map(list).collect()
}

/// Somebody of each role, who owns the rows in the middle.
async fn viewers(app: &TestApp) -> Vec<user::row::Model> {
    let user = user::row::Entity::find_by_id(OWNER).one(app.domain.db.read()).await.unwrap().unwrap();
    let roles = Realm::iter().flat_map(|realm| roles_of(realm).iter().map(move |role| (realm, *role)));
    let viewer = |(realm, role)| {
        let partner_id = (role == Role::Partner).then_some(OWNER);
        user::row::Model { realm, role, partner_id, ..user.clone() }
    };
    roles.map(viewer).collect()
}

/// The statements that requests run.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Statement>>>);

impl Seen {
    fn of(app: &TestApp) -> Self {
        let seen = Self::default();
        let statements = seen.clone();
        app.domain.db.watch_statements(move |statement| statements.0.lock().unwrap().push(statement.clone()));
        seen
    }

    fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

async fn page(actor: &Actor<'_>, field: &str, sort: &str, which: &str) -> Answer {
    let query = format!("{{ {field}({sort}{which}) {{ nodes {{ __typename }} pageInfo {{ startCursor }} }} }}");
    actor.graphql(&query).await
}

/// What reads more than it gives.
struct Findings<'a> {
    meter: &'a Meter,
    seen: Seen,
    limit: Limit,
    met: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Findings<'_> {
    /// Whether statements of this form were not met before; those that were too much work are noted.
    async fn look(&mut self, what: &str) -> bool {
        let mut is_new = false;
        for statement in self.seen.take() {
            if self.met.insert(statement.sql.clone()) {
                is_new = true;
                if let Some(work) = self.meter.too_much(&statement, self.limit).await {
                    self.wrong.push(format!("{what}\n    {}\n    {work}", statement.sql));
                }
            }
        }
        is_new
    }
}

#[tokio::test]
async fn no_page_of_a_list_reads_the_whole_table_on_sqlite() {
    let databases = TestDatabase::each().await;
    check_lists(databases.into_iter().next().unwrap()).await;
}

#[tokio::test]
async fn no_page_of_a_list_reads_the_whole_table_on_postgresql() {
    let Some(database) = TestDatabase::on_server().await else { return };
    check_lists(database).await;
}

/// Those of a time: a few, in every order, and counted; and from a time on, in the order of time.
async fn check_times(app: &TestApp, lists: &[List], viewers: &[user::row::Model], findings: &mut Findings<'_>) {
    let lists: Vec<_> = lists.iter().filter(|list| list.has_times).collect();
    assert!(lists.len() >= 7, "{}", lists.len());
    for List { field, sorts, .. } in lists {
        let mut fullest = 0;
        for (sort, viewer) in sorts.iter().flat_map(|sort| viewers.iter().map(move |viewer| (sort, viewer))) {
            let actor = app.as_user(viewer);
            let what = format!("{field}({sort}) of a time for {:?} {:?}", viewer.realm, viewer.role);
            let few = format!("{sort}filter: {{ {FEW} }}, first: 10");
            let few = actor.graphql(&format!("{{ {field}({few}) {{ totalCount nodes {{ __typename }} }} }}")).await;
            if !few.errors.is_null() {
                assert_eq!(few.code(), "FORBIDDEN", "{what}");
                continue;
            }
            fullest = fullest.max(few.data[field]["totalCount"].as_u64().unwrap());
            findings.look(&what).await;
            if !sort.contains("orderBy") || sort.contains("CREATED_AT") {
                for which in ["first: 10", "last: 10"] {
                    let which = format!("filter: {{ {MANY} }}, {which}");
                    page(&actor, field, sort, &which).await.ok();
                    findings.look(&format!("{which} of {what}")).await;
                }
            }
        }
        assert_eq!(fullest, 100, "nobody is shown all {field} of the time");
    }
}

/// Those with one word, such as a status: the first page, and how many they are, which administrators of a realm have counted
/// already. Of one's own rows each may be looked at. Of all clicks there is neither a count nor an index for each word, since
/// there are too many of them; who administers all realms has rows of all of them counted; and SQLite looks for words that no
/// row has.
async fn check_words(app: &TestApp, lists: &[List], viewers: &[user::row::Model], findings: &mut Findings<'_>) {
    let all: usize = lists.iter().map(|list| list.words.len()).sum();
    assert!(all >= 40, "{all}");
    let is_postgres = app.domain.db.backend() == DbBackend::Postgres;
    for (list, viewer) in lists.iter().flat_map(|list| viewers.iter().map(move |viewer| (list, viewer))) {
        let (field, who) = (&list.field, (viewer.realm, viewer.role));
        let sees_all = matches!(viewer.role, Role::Admin | Role::Notary | Role::Ppat | Role::Employee);
        if field == "clicks" && sees_all {
            continue;
        }
        let is_own = field == "notifications" || !sees_all;
        let sorts = || list.sorts.iter().filter(|sort| !sort.contains("DESC"));
        for (word, sort) in list.words.iter().flat_map(|word| sorts().map(move |sort| (word, sort))) {
            let is_counted = list.sorts.first() == Some(sort) && who != (Realm::Staff, Role::Admin);
            let page_limit = if is_own { TOTAL } else { PAGE };
            let list = format!("{field}({sort}filter: {{ {word} }}, first: 10)");
            for (selected, limit) in [("nodes { __typename }", page_limit), ("totalCount", TOTAL)] {
                if selected == "totalCount" && !is_counted {
                    continue;
                }
                let answer = app.as_user(viewer).graphql(&format!("{{ {list} {{ {selected} }} }}")).await;
                if !answer.errors.is_null() {
                    assert_eq!(answer.code(), "FORBIDDEN", "{list} for {who:?}");
                    continue;
                }
                let found = &answer.data[field];
                if !is_postgres && (found["totalCount"] == 0 || found["nodes"].as_array().is_some_and(Vec::is_empty)) {
                    findings.seen.take();
                    continue;
                }
                findings.limit = limit;
                // Words differ in how many rows have them, and not in the statement.
                findings.met.clear();
                findings.look(&format!("{selected} of {list} for {who:?}")).await;
            }
        }
    }
}

async fn check_lists(database: TestDatabase) {
    let url = database.url().to_owned();
    let app = TestApp::on(database, |_| ()).await;
    fill::all(&app.domain.db).await;
    let meter = Meter::new(&url).await;
    let seen = Seen::of(&app);
    let (lists, viewers) = (lists(&app).await, viewers(&app).await);
    assert!(lists.len() >= 18, "{}", lists.len());
    seen.take();
    let mut findings = Findings { meter: &meter, seen, limit: PAGE, met: BTreeSet::new(), wrong: Vec::new() };
    for List { field, sorts, .. } in &lists {
        let mut fullest = 0;
        for (sort, viewer) in sorts.iter().flat_map(|sort| viewers.iter().map(move |viewer| (sort, viewer))) {
            let actor = app.as_user(viewer);
            let what = format!("{field}({sort}) for {:?} {:?}", viewer.realm, viewer.role);
            let answer = page(&actor, field, sort, "first: 10").await;
            if !answer.errors.is_null() {
                assert_eq!(answer.code(), "FORBIDDEN", "{what}");
                continue;
            }
            fullest = fullest.max(answer.data[field]["nodes"].as_array().map_or(0, Vec::len));
            if !findings.look(&what).await {
                continue;
            }
            // The page at the end, one that goes on from far behind, and those by number.
            let last = page(&actor, field, sort, "last: 10").await.ok();
            findings.look(&format!("the end of {what}")).await;
            if let Some(cursor) = last[field]["pageInfo"]["startCursor"].as_str() {
                for far in [format!("first: 5, after: \"{cursor}\""), format!("last: 5, before: \"{cursor}\"")] {
                    page(&actor, field, sort, &far).await.ok();
                    findings.look(&format!("{far} of {what}")).await;
                }
            }
            page(&actor, field, sort, "page: 7").await.ok();
            findings.look(&format!("page 7 of {what}")).await;
        }
        assert_eq!(fullest, 10, "nobody is shown a whole page of {field}");
    }
    findings.limit = TOTAL;
    for (List { field, .. }, viewer) in lists.iter().flat_map(|list| viewers.iter().map(move |viewer| (list, viewer))) {
        // Clicks are not counted as they come: there are too many of them.
        if field != "clicks" || viewer.role != Role::Admin {
            let answer = app.as_user(viewer).graphql(&format!("{{ {field} {{ totalCount }} }}")).await;
            assert!(answer.errors.is_null() || answer.code() == "FORBIDDEN", "{answer:?}");
            findings.look(&format!("the total of {field} for {:?} {:?}", viewer.realm, viewer.role)).await;
        }
        findings.seen.take();
    }
    findings.limit = DEEP;
    let admins = viewers.iter().filter(|viewer| viewer.role == Role::Admin);
    for (field, viewer) in admins.flat_map(|viewer| DEEP_PAGES.map(|field| (field, viewer))) {
        for direction in ["ASC", "DESC"] {
            let sort = format!("direction: {direction}, ");
            let answer = page(&app.as_user(viewer), field, &sort, "page: 3400").await;
            assert!(answer.errors.is_null() || answer.code() == "FORBIDDEN", "{answer:?}");
            findings.look(&format!("a page deep in {field} for {:?} {:?}", viewer.realm, viewer.role)).await;
        }
    }
    findings.limit = PAGE;
    check_times(&app, &lists, &viewers, &mut findings).await;
    check_words(&app, &lists, &viewers, &mut findings).await;
    findings.limit = TOTAL;
    for (field, viewer) in SEARCHED.iter().flat_map(|field| viewers.iter().map(move |viewer| (field, viewer))) {
        let filter = r#"filter: { search: "0045678" }"#;
        let query = format!("{{ {field}({filter}, first: 10) {{ totalCount nodes {{ __typename }} }} }}");
        let answer = app.as_user(viewer).graphql(&query).await;
        assert!(answer.errors.is_null() || answer.code() == "FORBIDDEN", "{answer:?}");
        findings.look(&format!("a search of {field} for {:?} {:?}", viewer.realm, viewer.role)).await;
    }
    let count = findings.wrong.len();
    assert!(count == 0, "{count} read too much:\n{}", findings.wrong.join("\n"));
}
