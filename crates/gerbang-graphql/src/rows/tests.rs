use std::{collections::HashMap, fmt::Write, sync::Arc, time::Duration};

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Request, Schema};
use tokio::time::{sleep, timeout};

use super::*;
use crate::{fields::fields, levels::Levels};

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
