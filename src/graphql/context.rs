//! What a resolver may ask for.

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use gerbang_graphql::id::Node;
use gerbang_kernel::{
    error::{Error, Result},
    identity::ClientInfo,
};
use gerbang_platform::query::{
    batch::{BatchKey, ModelOf},
    page::{Page, PageInput, PageRequest},
};

use super::{
    connection::List,
    loaders::{Batches, ChildList, PageOf},
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
    /// Reads one row, together with its siblings' in one statement.
    fn load<K>(&self, key: K) -> impl Future<Output = Result<Option<<Batches as Loader<K>>::Value>>> + Send
    where
        K: Clone + Eq + std::hash::Hash + Send + Sync + 'static,
        Batches: Loader<K, Error = Error>;

    /// The row with this id, for users who may see it.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers.
    fn find<E>(&self, id: IdOf<E>) -> impl Future<Output = Result<Option<E::Model>>> + Send
    where
        E: Scoped<Key: BatchKey>;

    /// The row with this key, which another refers to.
    ///
    /// # Errors
    /// `NOT_FOUND` if the viewer may not see it.
    fn referred<E>(&self, key: E::Key) -> impl Future<Output = Result<E::Model>> + Send
    where
        E: Scoped<Key: BatchKey, Model: Node>;

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

    async fn load<K>(&self, key: K) -> Result<Option<<Batches as Loader<K>>::Value>>
    where
        K: Clone + Eq + std::hash::Hash + Send + Sync + 'static,
        Batches: Loader<K, Error = Error>,
    {
        self.data_unchecked::<DataLoader<Batches>>().load_one(key).await
    }

    async fn find<E>(&self, id: IdOf<E>) -> Result<Option<E::Model>>
    where
        E: Scoped<Key: BatchKey>,
    {
        self.viewer().require_user()?;
        self.load(id).await
    }

    async fn referred<E>(&self, key: E::Key) -> Result<E::Model>
    where
        E: Scoped<Key: BatchKey, Model: Node>,
    {
        self.load(IdOf::<E>::new(key)).await?.ok_or_else(|| Error::not_found(E::Model::NAME))
    }

    async fn first_below<L: ChildList>(&self, parent: L::Parent, count: i32) -> Result<Vec<ModelOf<L::Entity>>> {
        let request = PageRequest::new(PageInput { first: Some(count), ..PageInput::default() })?;
        let page = self.load(PageOf::<L>::new(parent, request, false)).await?.unwrap_or_default();
        Ok(page.rows.into_iter().map(|(_, row)| row).collect())
    }

    async fn below<L: ChildList>(&self, parent: L::Parent, list: List) -> Result<Page<ModelOf<L::Entity>>> {
        Ok(self.load(PageOf::<L>::new(parent, list.request, list.count)).await?.unwrap_or_default())
    }
}
