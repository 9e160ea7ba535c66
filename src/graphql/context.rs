//! What a resolver may ask for.

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use gerbang_kernel::{error::Result, identity::ClientInfo};
use gerbang_platform::query::batch::BatchKey;

use super::loaders::Batches;
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
        Batches: Loader<K, Error = gerbang_kernel::error::Error>;
    /// The row with this id, for users who may see it.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers.
    fn find<E>(&self, id: IdOf<E>) -> impl Future<Output = Result<Option<E::Model>>> + Send
    where
        E: Scoped<Key: BatchKey>;
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
        Batches: Loader<K, Error = gerbang_kernel::error::Error>,
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
}
