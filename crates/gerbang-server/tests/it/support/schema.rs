//! A small schema of its own: what a product's fields do is not the protocol's business, and few are slow, fail or count
//! on demand.

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use async_graphql::{Context, Enum, ID, InputObject, Interface, Object, SimpleObject, Subscription, Upload};
use futures_util::{Stream, StreamExt, stream};
use gerbang_kernel::identity::ClientInfo;
use tokio::sync::broadcast;

use super::identity::Person;

/// How fast something is done.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum Speed {
    Slow,
    Fast,
}

#[derive(InputObject)]
struct Inner {
    number: i32,
    speed: Option<Speed>,
}

#[derive(InputObject)]
struct EchoInput {
    text: String,
    inner: Option<Inner>,
    #[graphql(default = 7)]
    with_default: i32,
}

#[derive(SimpleObject)]
struct ThingConnection {
    nodes: Vec<Thing>,
    total_count: i32,
}

#[derive(Clone, Copy)]
struct Thing;

/// Counts the fields that cost something.
#[derive(Clone, Default)]
pub(super) struct Resolved(pub(super) Arc<AtomicI64>);

#[derive(Interface)]
#[graphql(field(name = "name", ty = "String"))]
enum Named {
    Thing(Thing),
}

#[Object]
impl Thing {
    async fn name(&self) -> String {
        "thing".to_owned()
    }

    async fn text(&self, ctx: &Context<'_>, bytes: usize) -> String {
        ctx.data_unchecked::<Resolved>().0.fetch_add(1, Ordering::SeqCst);
        "x".repeat(bytes)
    }

    /// Works without waiting for anything.
    async fn busy(&self, ctx: &Context<'_>, microseconds: u32) -> bool {
        ctx.data_unchecked::<Resolved>().0.fetch_add(1, Ordering::SeqCst);
        let until = Instant::now() + Duration::from_micros(microseconds.into());
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        true
    }

    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        2
    }

    async fn nullable_failure(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err("no".into()))
    }

    async fn failure(&self) -> async_graphql::Result<i32> {
        Err("no".into())
    }

    async fn thing(&self) -> Thing {
        Thing
    }

    async fn maybe(&self) -> Option<Thing> {
        Some(Thing)
    }

    async fn things(&self, first: Option<i32>) -> ThingConnection {
        let rows = usize::try_from(first.unwrap_or(1)).unwrap_or_default();
        ThingConnection { nodes: vec![Thing; rows], total_count: 1 }
    }
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn one(&self) -> i32 {
        1
    }

    async fn thing(&self) -> Thing {
        Thing
    }

    async fn maybe(&self) -> Option<Thing> {
        Some(Thing)
    }

    async fn named(&self) -> Named {
        Named::Thing(Thing)
    }

    async fn things(&self, first: Option<i32>) -> ThingConnection {
        Thing.things_of(first)
    }

    async fn by_id(&self, id: ID) -> String {
        id.0
    }

    async fn speed(&self, speed: Option<Speed>) -> Option<Speed> {
        speed
    }

    async fn echo(&self, input: EchoInput) -> String {
        let inner = input.inner.map(|inner| (inner.number, inner.speed));
        format!("{} {inner:?} {}", input.text, input.with_default)
    }

    async fn sum(&self, numbers: Vec<i32>) -> i32 {
        numbers.iter().sum()
    }

    async fn who(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_unchecked::<Person>().name.clone()
    }

    async fn ip(&self, ctx: &Context<'_>) -> String {
        ctx.data_unchecked::<ClientInfo>().ip.to_string()
    }

    async fn text(&self, bytes: usize) -> String {
        "x".repeat(bytes)
    }

    async fn quotes(&self, count: usize) -> Vec<&str> {
        vec!["\""; count]
    }

    async fn sleep(&self, milliseconds: u32) -> bool {
        tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
        true
    }

    async fn panic(&self) -> bool {
        "nonsense".parse().expect("on purpose")
    }
}

impl Thing {
    fn things_of(self, first: Option<i32>) -> ThingConnection {
        let rows = usize::try_from(first.unwrap_or(1)).unwrap_or_default();
        ThingConnection { nodes: vec![self; rows], total_count: 1 }
    }
}

#[derive(Clone, Default)]
pub(super) struct Mutation(Arc<AtomicI64>);

#[Object]
impl Mutation {
    async fn count(&self) -> i64 {
        self.count_up()
    }

    /// Counts after a while.
    async fn count_slowly(&self, milliseconds: u64) -> i64 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        self.count_up()
    }

    async fn fail(&self) -> async_graphql::Result<i64> {
        Err("no".into())
    }

    async fn upload(&self, ctx: &Context<'_>, file: Upload) -> async_graphql::Result<String> {
        describe(ctx, file)
    }

    async fn upload_all(&self, ctx: &Context<'_>, files: Vec<Upload>) -> async_graphql::Result<Vec<String>> {
        files.into_iter().map(|file| describe(ctx, file)).collect()
    }
}

impl Mutation {
    fn count_up(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

fn describe(ctx: &Context<'_>, file: Upload) -> async_graphql::Result<String> {
    let mut file = file.value(ctx)?;
    let mut text = String::new();
    file.content.read_to_string(&mut text)?;
    let kind = file.content_type.unwrap_or_default();
    Ok(format!("{} {kind} {} {}", file.filename, text.len(), text.chars().take(10).collect::<String>()))
}

#[derive(Clone)]
pub(super) struct Ticks {
    pub(super) open: Arc<AtomicI64>,
    pub(super) news: broadcast::Sender<i32>,
}

#[Subscription]
impl Ticks {
    /// Counts to `to`, then ends.
    async fn ticks(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    /// What the test says from now on.
    async fn news(&self) -> impl Stream<Item = i32> + use<> {
        let news = self.news.subscribe();
        stream::unfold(news, async |mut news| Some((news.recv().await.ok()?, news)))
    }

    /// Texts of these sizes, then nothing more.
    async fn texts(&self, sizes: Vec<usize>) -> impl Stream<Item = String> {
        stream::iter(sizes.into_iter().map(|size| "x".repeat(size)))
    }

    /// Says who listens, once, and stays open.
    async fn forever(&self, ctx: &Context<'_>) -> impl Stream<Item = Option<String>> + use<> {
        let open = Open::new(&self.open);
        let name = ctx.data_unchecked::<Person>().name.clone();
        stream::once(async move { name }).chain(stream::pending()).map(move |name| {
            let _open = &open;
            name
        })
    }
}

/// Counts open subscriptions.
struct Open(Arc<AtomicI64>);

impl Open {
    fn new(count: &Arc<AtomicI64>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
