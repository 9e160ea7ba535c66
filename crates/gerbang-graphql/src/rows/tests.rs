use std::{
    collections::HashMap,
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Request, Schema};
use gerbang_kernel::error::{Error, Result};
use tokio::time::{sleep, timeout};

use super::*;
use crate::{fields::fields, levels::Levels, links::Linked};

struct Query;

struct All;

struct Group(Vec<Item>);

#[derive(Clone, Copy)]
struct Item(i32);

#[Object]
impl Query {
    async fn all(&self) -> All {
        All
    }
}

#[Object]
impl All {
    async fn group(&self, items: Vec<i32>) -> Group {
        Group(items.into_iter().map(Item).collect())
    }
}

#[fields]
#[Object]
impl Group {
    async fn items(&self) -> Rows<&[Item]> {
        Rows(&self.0)
    }
}

#[fields]
#[Object]
impl Item {
    async fn number(&self) -> i32 {
        self.0
    }

    /// Of all but the first one it is fetched, all at once, and that takes longer.
    async fn twice(&self, ctx: &Context<'_>) -> i32 {
        if self.0 == 0 {
            sleep(Duration::from_millis(1)).await;
            return 0;
        }
        let fetch = async |keys: Vec<i32>| {
            sleep(Duration::from_millis(20)).await;
            Ok::<_, ()>(keys.into_iter().map(|key| (key, 2 * key)).collect::<HashMap<_, _>>())
        };
        let levels: &Arc<Levels> = ctx.data_unchecked();
        levels.fetch(ctx, self.0, fetch).await.unwrap().unwrap_or(-1)
    }

    async fn twin(&self, ctx: &Context<'_>) -> Option<Result<Row<Twin>>> {
        ctx.found::<Twin>(self.0).await.transpose()
    }
}

/// Of even numbers.
#[derive(Clone)]
struct Twin(i32);

#[fields]
#[Object]
impl Twin {
    async fn number(&self) -> i32 {
        self.0
    }

    async fn next(&self, ctx: &Context<'_>) -> i32 {
        self.0 + ctx.data_opt().copied().unwrap_or(1)
    }
}

impl Linked for Twin {
    type Key = i32;

    async fn find(ctx: &Context<'_>, keys: Vec<i32>) -> Result<HashMap<i32, Self>> {
        ctx.data_unchecked::<Arc<AtomicUsize>>().fetch_add(1, Relaxed);
        if keys.contains(&13) {
            return Err(Error::not_found("Twin"));
        }
        Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, Self(key))).collect())
    }
}

trait Find {
    async fn found<L: Linked>(&self, key: L::Key) -> Result<Option<Row<L>>>;
}

impl Find for Context<'_> {
    async fn found<L: Linked>(&self, key: L::Key) -> Result<Option<Row<L>>> {
        let levels: &Arc<Levels> = self.data_unchecked();
        Ok(levels.fetch(self, key, |keys| L::find(self, keys)).await?.map(Row))
    }
}

#[tokio::test]
async fn what_rows_lead_to_is_found_for_all_at_once_and_written_as_the_engine_would() {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    for (query, expected) in [
        (
            "{ all { a: group(items: [1, 2]) { ...F } b: group(items: [4]) { ...F } c: group(items: []) { ...F } } }
                fragment F on Group { items { number twin { number } } }",
            r#"{"all":{"a":{"items":[{"number":1,"twin":null},{"number":2,"twin":{"number":2}}]},"b":{"items":[{"number":4,"twin":{"number":4}}]},"c":{"items":[]}}}"#,
        ),
        (
            "{ all { group(items: [2]) { items { twin { number next } } } } }",
            r#"{"all":{"group":{"items":[{"twin":{"number":2,"next":3}}]}}}"#,
        ),
        (
            "{ all { group(items: [2]) { items { twice twin { __typename } } } } }",
            r#"{"all":{"group":{"items":[{"twice":4,"twin":{"__typename":"Twin"}}]}}}"#,
        ),
        (
            "{ all { group(items: [2, 13]) { items { number twin { number } } } } }",
            r#"{"all":{"group":{"items":[{"number":2,"twin":null},{"number":13,"twin":null}]}}}"#,
        ),
    ] {
        let mut errors = Vec::new();
        for rendering in [Rendering::Fields, Rendering::Values, Rendering::Json] {
            let finds = Arc::new(AtomicUsize::new(0));
            let request = Request::new(query).data(Arc::<Levels>::default()).data(rendering).data(Arc::clone(&finds));
            let answer = schema.execute(request).await;
            assert_eq!(finds.load(Relaxed), 1, "{rendering:?}");
            let mut json = Vec::new();
            json::write(&mut json, &answer.data);
            assert_eq!(String::from_utf8(json).unwrap(), expected, "{rendering:?}");
            errors.push(answer.errors);
        }
        assert_eq!(errors[0].len(), 2 * usize::from(query.contains("13")));
        assert_eq!([&errors[1], &errors[2]], [&errors[0], &errors[0]]);
    }
}

#[tokio::test]
async fn who_is_to_be_asked_again_is_asked_though_nobody_waits_beside_it() {
    // So many fields of one object are woken each by itself.
    let mut query = "{ all {".to_owned();
    for number in 0..40 {
        let items = if number == 39 { "0, 5" } else { "1, 2, 5" };
        write!(query, " g{number}: group(items: [{items}]) {{ ...F }}").unwrap();
    }
    query.push_str(" } } fragment F on Group { items { number twice } }");
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    for rendering in [Rendering::Fields, Rendering::Values, Rendering::Json] {
        let request = Request::new(&query).data(Arc::<Levels>::default()).data(rendering);
        let answer = timeout(Duration::from_secs(10), schema.execute(request)).await.expect("an answer");
        assert_eq!(answer.errors, []);
        let mut json = Vec::new();
        json::write(&mut json, &answer.data);
        let json = String::from_utf8(json).unwrap();
        assert!(
            json.contains(r#""g0":{"items":[{"number":1,"twice":2},{"number":2,"twice":4},{"number":5,"twice":10}]}"#)
        );
        assert!(json.ends_with(r#""g39":{"items":[{"number":0,"twice":0},{"number":5,"twice":10}]}}}"#), "{json}");
    }
}
