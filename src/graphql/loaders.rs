//! N+1 never happens: children are read for all their parents in one statement.
//!
//! There is one [`Batches`] per request. A child field loads a key (`ctx.load(IdOf::<partner::row::Entity>::new(3))`);
//! each kind of key implements [`Loader`] for [`Batches`] beside the field that needs it.

use std::{collections::HashMap, hash, marker::PhantomData, time::Duration};

use async_graphql::{
    dataloader::{DataLoader, Loader},
    runtime::{Timer, TokioSpawner},
};
use futures_util::{
    future::BoxFuture,
    task::{FutureObj, Spawn, SpawnError},
};
use gerbang_kernel::{
    clock::Clock,
    error::{Error, Result},
};
use gerbang_platform::query::{
    batch::{self, BatchKey, Children, ColumnOf, ModelOf},
    page::{Page, PageRequest},
};

use crate::input::id::IdOf;
use crate::{domain::Domain, scope::Scoped, viewer::Viewer};

/// Reads children in batches, scoped to the viewer of the request.
pub struct Batches {
    /// The rules.
    pub domain: Domain,
    /// Who is asking.
    pub viewer: Viewer,
}

impl Batches {
    /// The loader of one request.
    pub fn loader(domain: Domain, viewer: Viewer) -> DataLoader<Self> {
        let spawner = ByClock(domain.clock.clone());
        DataLoader::new(Self { domain, viewer }, spawner, YieldOnce).max_batch_size(10_000)
    }
}

/// Reads in tasks that go by the clock of the domain, as what asked for them does.
struct ByClock(Clock);

impl Spawn for ByClock {
    fn spawn_obj(&self, task: FutureObj<'static, ()>) -> std::result::Result<(), SpawnError> {
        let clock = self.0.clone();
        TokioSpawner::current().spawn_obj(FutureObj::new(Box::pin(async move { clock.scope(task).await })))
    }
}

/// Lets every resolver that is ready ask first, without waiting for the clock.
struct YieldOnce;

impl Timer for YieldOnce {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

impl<E> Loader<IdOf<E>> for Batches
where
    E: Scoped<Key: BatchKey>,
{
    type Value = E::Model;
    type Error = Error;

    async fn load(&self, keys: &[IdOf<E>]) -> Result<HashMap<IdOf<E>, E::Model>> {
        let keys: Vec<E::Key> = keys.iter().filter_map(IdOf::known).cloned().collect();
        let rows = batch::by_key(self.domain.db.read(), E::visible_to(&self.viewer), E::KEY, &keys).await?;
        Ok(rows.into_iter().map(|(key, row)| (IdOf::new(key), row)).collect())
    }
}

/// A list of rows below each row of another table, in one order, such as the orders of a service.
pub trait ChildList: Clone + Eq + hash::Hash + Send + Sync + 'static {
    /// The rows.
    type Entity: Scoped;
    /// The key of the row they stand below.
    type Parent: BatchKey + 'static;
    /// How they hang on it.
    const CHILDREN: Children<ColumnOf<Self::Entity>>;
}

/// A page of the rows of `L` below one parent that the viewer may see.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageOf<L: ChildList> {
    parent: L::Parent,
    list: (PageRequest, bool),
    kind: PhantomData<L>,
}

impl<L: ChildList> PageOf<L> {
    /// The page that `request` asks for below `parent`; with `count`, all rows below it are counted.
    pub fn new(parent: L::Parent, request: PageRequest, count: bool) -> Self {
        Self { parent, list: (request, count), kind: PhantomData }
    }
}

impl<L: ChildList> Loader<PageOf<L>> for Batches {
    type Value = Page<ModelOf<L::Entity>>;
    type Error = Error;

    async fn load(&self, keys: &[PageOf<L>]) -> Result<HashMap<PageOf<L>, Self::Value>> {
        let mut parents_by_list: HashMap<&(PageRequest, bool), Vec<L::Parent>> = HashMap::new();
        for key in keys {
            parents_by_list.entry(&key.list).or_default().push(key.parent.clone());
        }
        let mut pages = HashMap::with_capacity(keys.len());
        for ((request, count), parents) in parents_by_list {
            let rows = L::Entity::visible_to(&self.viewer);
            let found =
                batch::page_by_parent(self.domain.db.read(), rows, L::CHILDREN, &parents, request, *count).await?;
            pages.extend(found.into_iter().map(|(parent, page)| (PageOf::new(parent, request.clone(), *count), page)));
        }
        Ok(pages)
    }
}
