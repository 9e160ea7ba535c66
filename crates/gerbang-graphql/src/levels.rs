//! What hangs on the rows of one level of an answer is fetched for all of them at once.
//!
//! `{ partners { nodes { clients { nodes { assessmentResult { version } } } } } }` has three levels, and is read in three
//! steps at most, however many partners and clients there are. The rows of a level are asked for a field one after the other,
//! without waiting: the first lets the others ask, too, and then [fetches](Levels::fetch) for all, unless it was read with what
//! is above and put [ahead](Ahead) of them.
//!
//! Of the rows of one list the first waits. The others only leave their keys and are asked once more when there is something
//! to find: a field that waits costs more than one that is asked twice. So what stands before a field's `fetch` may be done
//! twice, and must have no effect.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    fmt,
    future::pending,
    hash::Hash,
    iter::successors,
    marker::PhantomData,
    mem, ptr, slice,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use async_graphql::{Context, QueryPathSegment};
use tokio::{sync::OnceCell, task::yield_now};

/// What is fetched for one request's answer, whose fields are resolved by one task.
#[derive(Default)]
pub struct Levels {
    /// `Vec<Arc<Fetch<K, V, E>>>` by who asks.
    fetches: Mutex<HashMap<Asker, Box<dyn Any + Send>>>,
    /// Whether the field that is asked may leave its key and be asked again.
    may_come_again: AtomicBool,
    /// Whether it did.
    comes_again: AtomicBool,
    /// How many fetches are done.
    done: AtomicUsize,
}

/// The field that asks, by where it and the root's field above it stand in the document, whichever rows are on the way to it,
/// and what it asks for.
type Asker = (usize, usize, TypeId);

/// What is fetched in one go.
struct Fetch<K, V, E> {
    keys: Mutex<Keys<K>>,
    found: OnceCell<Result<HashMap<K, V>, E>>,
}

/// What was found by all keys of a level.
pub(crate) struct AllFound<K, V, E>(Arc<Fetch<K, V, E>>);

impl<K: Eq + Hash, V, E> AllFound<K, V, E> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.0.found.get()?.as_ref().ok()?.get(key)
    }
}

enum Keys<K> {
    /// Others may still be added.
    Open(Vec<K>),
    /// These are being fetched, or have been.
    Closed(HashSet<K>),
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
        let (shared, is_first) = self.fetch_of(ctx, slice::from_ref(&key));
        if !shared.found.initialized() {
            if !is_first && self.may_come_again.load(Relaxed) {
                self.comes_again.store(true, Relaxed);
                return pending().await;
            }
            // In a box that only those who wait make: each of many rows would carry the place for it.
            Box::pin(self.wait_for(&shared, fetch)).await;
        }
        Ok(shared.found()?.get(&key).cloned())
    }

    /// What `fetch` finds by these keys and those of other rows of the level.
    pub(crate) async fn fetch_all<K, V, E, F>(
        &self,
        ctx: &Context<'_>,
        keys: Vec<K>,
        fetch: impl FnOnce(Vec<K>) -> F,
    ) -> Result<AllFound<K, V, E>, E>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Send + Sync + 'static,
        E: Clone + Send + Sync + 'static,
        F: Future<Output = Result<HashMap<K, V>, E>>,
    {
        let (shared, _) = self.fetch_of(ctx, &keys);
        self.wait_for(&shared, fetch).await;
        shared.found()?;
        Ok(AllFound(shared))
    }

    async fn wait_for<K, V, E, F>(&self, shared: &Fetch<K, V, E>, fetch: impl FnOnce(Vec<K>) -> F)
    where
        K: Clone + Eq + Hash,
        F: Future<Output = Result<HashMap<K, V>, E>>,
    {
        let read = async || {
            yield_now().await;
            let found = fetch(shared.start()).await;
            self.done.fetch_add(1, Relaxed);
            found
        };
        shared.found.get_or_init(read).await;
    }

    /// The fetch that `keys` are part of, and whether they are the first.
    fn fetch_of<K, V, E>(&self, ctx: &Context<'_>, keys: &[K]) -> (Arc<Fetch<K, V, E>>, bool)
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Send + Sync + 'static,
        E: Send + Sync + 'static,
    {
        self.with_fetches(asker::<Fetch<K, V, E>>(ctx), |fetches| {
            if let Some(fetch) = fetches.iter().find(|fetch| fetch.takes(keys)) {
                return (Arc::clone(fetch), false);
            }
            let fetch = Arc::new(Fetch::of(keys.to_vec()));
            fetches.push(Arc::clone(&fetch));
            (fetch, true)
        })
    }

    fn with_fetches<K, V, E, T>(&self, asker: Asker, work: impl FnOnce(&mut Vec<Arc<Fetch<K, V, E>>>) -> T) -> T
    where
        K: Send + Sync + 'static,
        V: Send + Sync + 'static,
        E: Send + Sync + 'static,
    {
        let mut fetches = lock(&self.fetches);
        let fetches = fetches.entry(asker).or_insert_with(|| Box::new(Vec::<Arc<Fetch<K, V, E>>>::new()));
        work(fetches.downcast_mut().expect("fetches are kept by their type"))
    }

    /// Asks a field that, if somebody else is fetching what it needs, may leave its key and come again. Tells whether it
    /// wants to; then what it waits for is nothing, and it is to be dropped.
    pub(crate) fn ask<T>(&self, may_come_again: bool, ask: impl FnOnce() -> T) -> (T, bool) {
        // A field below others is asked while these are.
        let above = self.comes_again.swap(false, Relaxed);
        self.may_come_again.store(may_come_again, Relaxed);
        let asked = ask();
        // What comes after it is no longer asked for the first time.
        self.may_come_again.store(false, Relaxed);
        (asked, self.comes_again.swap(above, Relaxed))
    }

    /// How many fetches are done: as long as there are no more, asking again is in vain.
    pub(crate) fn done(&self) -> usize {
        self.done.load(Relaxed)
    }

    /// Forgets everything: what comes next is another answer.
    pub fn clear(&self) {
        lock(&self.fetches).clear();
    }
}

/// Where what a field will ask for is put, by who finds it earlier.
pub struct Ahead<K, V, E> {
    levels: Arc<Levels>,
    asker: Asker,
    of: PhantomData<fn(K, V, E)>,
}

impl<K, V, E> Ahead<K, V, E>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
    E: Send + Sync + 'static,
{
    /// For the field that asks within `ctx`.
    pub fn of(levels: &Arc<Levels>, ctx: &Context<'_>) -> Self {
        Self { levels: Arc::clone(levels), asker: asker::<Fetch<K, V, E>>(ctx), of: PhantomData }
    }

    /// Nothing but what was `found` is there by these keys.
    pub fn put(&self, keys: impl IntoIterator<Item = K>, found: HashMap<K, V>) {
        let keys = Mutex::new(Keys::Closed(keys.into_iter().collect()));
        let fetch = Arc::new(Fetch { keys, found: OnceCell::new_with(Some(Ok::<_, E>(found))) });
        self.levels.with_fetches(self.asker, |fetches| fetches.push(fetch));
    }
}

impl<K: Clone + Eq + Hash, V, E> Fetch<K, V, E> {
    fn of(keys: Vec<K>) -> Self {
        Self { keys: Mutex::new(Keys::Open(keys)), found: OnceCell::new() }
    }

    /// Whether `keys` are fetched with it, from now on if they were not before.
    fn takes(&self, keys: &[K]) -> bool {
        match &mut *lock(&self.keys) {
            Keys::Open(open) => {
                open.extend_from_slice(keys);
                true
            }
            Keys::Closed(closed) => keys.iter().all(|key| closed.contains(key)),
        }
    }

    /// What was found, when it has been fetched.
    fn found(&self) -> Result<&HashMap<K, V>, E>
    where
        E: Clone,
    {
        let found = self.found.get().expect("somebody waited for it");
        found.as_ref().map_err(Clone::clone)
    }

    /// What is to be fetched; nothing is added any more.
    fn start(&self) -> Vec<K> {
        let mut keys = lock(&self.keys);
        if let Keys::Open(open) = &mut *keys {
            *keys = Keys::Closed(mem::take(open).into_iter().collect());
        }
        match &*keys {
            Keys::Open(_) => Vec::new(),
            Keys::Closed(keys) => keys.iter().cloned().collect(),
        }
    }
}

fn asker<F: 'static>(ctx: &Context<'_>) -> Asker {
    (ptr::from_ref(ctx.item).addr(), root(ctx), TypeId::of::<F>())
}

/// Where the root's field stands. A fragment may stand below two of a mutation's, and there is nothing to be found below the
/// second one that was fetched before it ran.
fn root(ctx: &Context<'_>) -> usize {
    let root = successors(ctx.path_node.as_ref(), |node| node.parent).last();
    match root.map(|root| &root.segment) {
        Some(QueryPathSegment::Name(name)) => name.as_ptr().addr(),
        Some(QueryPathSegment::Index(_)) | None => 0,
    }
}

impl<K, V, E> fmt::Debug for Ahead<K, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ahead")
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
