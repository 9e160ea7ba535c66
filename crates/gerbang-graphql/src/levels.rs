//! What hangs on the rows of one level of an answer is fetched for all of them at once.
//!
//! `{ partners { nodes { clients { nodes { assessmentResult { version } } } } } }` has three levels, and is read in three
//! steps, however many partners and clients there are. The rows of a level are asked for a field one after the other,
//! without waiting: the first lets the others ask, too, and then [fetches](Levels::fetch) for all.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::{Context, QueryPathNode, QueryPathSegment};
use tokio::{sync::OnceCell, task::yield_now};

/// What is fetched for one request's answer.
#[derive(Default)]
pub struct Levels {
    hasher: RandomState,
    /// `Vec<Arc<Fetch<K, V, E>>>` by who asks.
    fetches: Mutex<HashMap<Asker, Box<dyn Any + Send>>>,
}

/// The field that asks, whichever rows are on the way to it, and what it asks for.
type Asker = (u64, TypeId);

/// What is fetched in one go.
struct Fetch<K, V, E> {
    keys: Mutex<Keys<K>>,
    found: OnceCell<Result<HashMap<K, V>, E>>,
}

struct Keys<K> {
    all: HashSet<K>,
    /// Whether others may still be added; not so while they are being fetched, or after that.
    open: bool,
}

impl Levels {
    /// What `fetch` finds by this `key`; it is given the keys of all rows of the level.
    pub async fn fetch<K, V, E, F>(
        &self,
        ctx: &Context<'_>,
        key: K,
        fetch: impl FnOnce(Vec<K>) -> F,
    ) -> Result<Option<V>, E>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
        E: Clone + Send + Sync + 'static,
        F: Future<Output = Result<HashMap<K, V>, E>>,
    {
        let shared = self.fetch_of(ctx, &key);
        // In a box that only the one who fetches makes: each of many rows would carry the place for it.
        let read = async || {
            yield_now().await;
            Box::pin(fetch(shared.start())).await
        };
        let found = shared.found.get_or_init(read).await;
        found.as_ref().map(|found| found.get(&key).cloned()).map_err(Clone::clone)
    }

    /// The fetch that `key` is part of.
    fn fetch_of<K, V, E>(&self, ctx: &Context<'_>, key: &K) -> Arc<Fetch<K, V, E>>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Send + Sync + 'static,
        E: Send + Sync + 'static,
    {
        let asker = (self.place(ctx), TypeId::of::<Fetch<K, V, E>>());
        let mut fetches = lock(&self.fetches);
        let fetches = fetches.entry(asker).or_insert_with(|| Box::new(Vec::<Arc<Fetch<K, V, E>>>::new()));
        let fetches: &mut Vec<Arc<Fetch<K, V, E>>> = fetches.downcast_mut().expect("fetches are kept by their type");
        if let Some(fetch) = fetches.iter().find(|fetch| fetch.takes(key)) {
            return Arc::clone(fetch);
        }
        let fetch = Arc::new(Fetch::of(key.clone()));
        fetches.push(Arc::clone(&fetch));
        fetch
    }

    /// Forgets everything: what comes next is another answer.
    pub fn clear(&self) {
        lock(&self.fetches).clear();
    }

    /// The place of the field that is being resolved, and its name, which an alias may hide.
    fn place(&self, ctx: &Context<'_>) -> u64 {
        self.hasher.hash_one((self.path(ctx.path_node.as_ref()), ctx.item.node.name.node.as_str()))
    }

    fn path(&self, node: Option<&QueryPathNode<'_>>) -> u64 {
        let Some(node) = node else { return 0 };
        let parent = self.path(node.parent);
        match node.segment {
            QueryPathSegment::Name(name) => self.hasher.hash_one((parent, name)),
            QueryPathSegment::Index(_) => parent,
        }
    }
}

impl<K: Clone + Eq + Hash, V, E> Fetch<K, V, E> {
    fn of(key: K) -> Self {
        Self { keys: Mutex::new(Keys { all: HashSet::from([key]), open: true }), found: OnceCell::new() }
    }

    /// Whether `key` is fetched with it, from now on if it was not before.
    fn takes(&self, key: &K) -> bool {
        let mut keys = lock(&self.keys);
        if keys.open {
            keys.all.insert(key.clone());
        }
        keys.open || keys.all.contains(key)
    }

    /// What is to be fetched; nothing is added any more.
    fn start(&self) -> Vec<K> {
        let mut keys = lock(&self.keys);
        keys.open = false;
        keys.all.iter().cloned().collect()
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Levels")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
