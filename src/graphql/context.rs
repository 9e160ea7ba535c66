//! What a resolver may ask for.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::Context;
use futures_util::FutureExt;
use gerbang_graphql::{id::Node, levels::Levels, rows::Row};
use gerbang_kernel::{
    error::{Error, Result},
    identity::ClientInfo,
};
use gerbang_platform::query::{
    batch::{self, BatchKey, ModelOf},
    page::{Page, PageInput, PageRequest},
};

use super::{
    connection::List,
    reads::{self, ChildList},
};
use crate::{domain::Domain, input::id::IdOf, scope::Scoped, viewer::Viewer};

/// Typed access to what travels with a request.
pub trait ContextExt {
    /// The rules.
    fn domain(&self) -> &Domain;
    /// Who is asking.
    fn viewer(&self) -> &Viewer;
    /// Where the request came from.
    fn client(&self) -> &ClientInfo;

    /// What `read` finds by this key; it is given the keys of all rows of the [level](Levels).
    fn load<K, V, F>(
        &self,
        key: K,
        read: impl FnOnce(Vec<K>) -> F + Send,
    ) -> impl Future<Output = Result<Option<V>>> + Send
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
        F: Future<Output = Result<HashMap<K, V>>> + Send;

    /// The row with this id, if the viewer may see it.
    fn get<E>(&self, id: IdOf<E>) -> impl Future<Output = Result<Option<Row<E::Model>>>> + Send
    where
        E: Scoped<Model: Send, Key: BatchKey>;

    /// The row with this id, for users who may see it.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers.
    fn find<E>(&self, id: IdOf<E>) -> impl Future<Output = Result<Option<Row<E::Model>>>> + Send
    where
        E: Scoped<Model: Send, Key: BatchKey>;

    /// The row with this key, which another refers to.
    ///
    /// # Errors
    /// `NOT_FOUND` if the viewer may not see it.
    fn referred<E>(&self, key: E::Key) -> impl Future<Output = Result<Row<E::Model>>> + Send
    where
        E: Scoped<Model: Node + Send, Key: BatchKey>;

    /// The first `count` rows below the one with this key.
    fn first_below<L: ChildList>(
        &self,
        parent: L::Parent,
        count: i32,
    ) -> impl Future<Output = Result<Vec<ModelOf<L::Entity>>>> + Send;

    /// A page of the rows below the one with this key.
    fn below<L: ChildList>(
        &self,
        parent: L::Parent,
        list: List,
    ) -> impl Future<Output = Result<Page<ModelOf<L::Entity>>>> + Send;
}

impl ContextExt for Context<'_> {
    fn domain(&self) -> &Domain {
        self.data_unchecked()
    }

    fn viewer(&self) -> &Viewer {
        self.data_unchecked()
    }

    fn client(&self) -> &ClientInfo {
        self.data_unchecked()
    }

    async fn load<K, V, F>(&self, key: K, read: impl FnOnce(Vec<K>) -> F + Send) -> Result<Option<V>>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
        F: Future<Output = Result<HashMap<K, V>>> + Send,
    {
        self.data_unchecked::<Arc<Levels>>().fetch(self, key, read).await
    }

    async fn get<E>(&self, id: IdOf<E>) -> Result<Option<Row<E::Model>>>
    where
        E: Scoped<Model: Send, Key: BatchKey>,
    {
        let Some(key) = id.known().cloned() else { return Ok(None) };
        let read = |keys| reads::by_key::<E>(&self.domain().db, self.viewer(), keys);
        Ok(self.load(key, read).await?.map(Row))
    }

    async fn find<E>(&self, id: IdOf<E>) -> Result<Option<Row<E::Model>>>
    where
        E: Scoped<Model: Send, Key: BatchKey>,
    {
        self.viewer().require_user()?;
        let Some(key) = id.known().cloned() else { return Ok(None) };
        let mut found = reads::by_key::<E>(&self.domain().db, self.viewer(), vec![key.clone()]).boxed().await?;
        Ok(found.remove(&key).map(Row))
    }

    async fn referred<E>(&self, key: E::Key) -> Result<Row<E::Model>>
    where
        E: Scoped<Model: Node + Send, Key: BatchKey>,
    {
        self.get(IdOf::<E>::new(key)).await?.ok_or_else(|| Error::not_found(E::Model::NAME))
    }

    async fn first_below<L: ChildList>(&self, parent: L::Parent, count: i32) -> Result<Vec<ModelOf<L::Entity>>> {
        let request = PageRequest::new(PageInput { first: Some(count), ..PageInput::default() })?.only_rows();
        Ok(page_below::<L>(self, parent, request, false).await?.rows().to_vec())
    }

    async fn below<L: ChildList>(&self, parent: L::Parent, list: List) -> Result<Page<ModelOf<L::Entity>>> {
        page_below::<L>(self, parent, list.request, list.count).await
    }
}

async fn page_below<L: ChildList>(
    ctx: &Context<'_>,
    parent: L::Parent,
    request: PageRequest,
    count: bool,
) -> Result<Page<ModelOf<L::Entity>>> {
    let read = async |parents: Vec<L::Parent>| {
        let rows = L::Entity::visible_to(ctx.viewer());
        batch::page_by_parent(ctx.domain().db.read(), rows, L::CHILDREN, &parents, &request, count).await
    };
    Ok(ctx.load(parent, read).await?.unwrap_or_default())
}
