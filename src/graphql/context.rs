//! What a resolver may ask for.

use std::{any::Any, collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::{Context, Positioned, parser::types::Field};
use futures_util::FutureExt;
use gerbang_graphql::{
    fields::Fields,
    id::Node,
    levels::{Ahead, Levels},
    links::{self, Linked},
    rows::{Rendering, Row},
};
use gerbang_kernel::{
    error::{Error, Result},
    identity::ClientInfo,
};
use gerbang_platform::query::{
    batch::{self, ModelOf},
    beside::{Beside, Joined, Selection},
    by_position::{ByPosition, ColumnSet},
    keys::BatchKey,
    page::{Page, PageInput, PageRequest},
};

use super::{
    connection::{Connection, List},
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

    /// What is linked by this key, if the viewer may see it. A field that is nothing else is a [link](gerbang_graphql::links).
    fn found<L: Linked>(&self, key: L::Key) -> impl Future<Output = Result<Option<Row<L>>>> + Send;

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

    /// A page of the rows below the one with this key, with [what is selected](Self::selected) of each.
    fn below<L: ChildList>(
        &self,
        parent: L::Parent,
        list: List,
    ) -> impl Future<Output = Result<Connection<ModelOf<L::Entity>>>> + Send
    where
        ModelOf<L::Entity>: Fields;

    /// What the fields that are selected of the rows of this [connection](Connection) read, and what of that is read beside
    /// them. Whoever reads no more of them must hand them on unseen.
    fn selected<M: ByPosition + Fields>(&self) -> Selection;

    /// What the fields that are selected of this object, an `L`, read of the row that it holds `within` itself, such as at
    /// `result`. Whoever reads no more must hand it on unseen.
    fn columns_within<L: Fields, M: ByPosition>(&self, within: &str) -> ColumnSet;

    /// How what the rows of a list lead to is read [beside](Linked::beside) them: from the row whose `column` is their key, as
    /// far as the viewer may see it, with these columns.
    fn joined<L, E>(&self, column: E::Column, columns: ColumnSet, link: fn(E::Model) -> L) -> Box<dyn Any + Send>
    where
        L: Linked<Key: BatchKey>,
        E: Scoped<Model: ByPosition>;
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

    async fn found<L: Linked>(&self, key: L::Key) -> Result<Option<Row<L>>> {
        Ok(self.load(key, |keys| L::find(self, keys)).await?.map(Row))
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
        Ok(page_below::<L>(self, parent, request, false, || Selection::ALL).await?.rows().to_vec())
    }

    async fn below<L: ChildList>(&self, parent: L::Parent, list: List) -> Result<Connection<ModelOf<L::Entity>>>
    where
        ModelOf<L::Entity>: Fields,
    {
        let selected = || self.selected::<ModelOf<L::Entity>>();
        Ok(page_below::<L>(self, parent, list.request, list.count, selected).await?.into())
    }

    fn selected<M: ByPosition + Fields>(&self) -> Selection {
        let rows = links::rows_of(self);
        let Some(reads) = reads_of::<M>(self, rows.iter().copied()) else { return Selection::ALL };
        let beside = links::beside::<M>(self, rows).and_then(|beside| beside.downcast::<Box<dyn Beside>>().ok());
        Selection { columns: ColumnSet::of::<M>(reads.into_iter().map(first)), beside: beside.map(|beside| *beside) }
    }

    fn columns_within<L: Fields, M: ByPosition>(&self, within: &str) -> ColumnSet {
        let Some(reads) = reads_of::<L>(self, [self.item]) else { return ColumnSet::ALL };
        let of_row = reads.into_iter().filter_map(|read| match read.strip_prefix(within) {
            Some(read) => Some(read.strip_prefix('.').map_or(WHOLE, first)),
            None => within.starts_with(read).then_some(WHOLE),
        });
        ColumnSet::of::<M>(of_row)
    }

    fn joined<L, E>(&self, column: E::Column, columns: ColumnSet, link: fn(E::Model) -> L) -> Box<dyn Any + Send>
    where
        L: Linked<Key: BatchKey>,
        E: Scoped<Model: ByPosition>,
    {
        let ahead = Ahead::<L::Key, L, Error>::of(self.data_unchecked(), self);
        let found = move |keys: Vec<L::Key>, found: HashMap<L::Key, E::Model>| {
            ahead.put(keys, found.into_iter().map(|(key, row)| (key, link(row))).collect());
        };
        let select = E::visible_to(self.viewer());
        let beside: Box<dyn Beside> = Box::new(Joined { select, column, columns, found: Box::new(found) });
        Box::new(beside)
    }
}

/// What the fields read that are selected of these objects; `None` where it may be anything.
fn reads_of<'a, L: Fields>(
    ctx: &Context<'a>,
    objects: impl IntoIterator<Item = &'a Positioned<Field>>,
) -> Option<Vec<&'static str>> {
    if ctx.data_opt() == Some(&Rendering::Fields) {
        return None;
    }
    let mut reads = Vec::new();
    for field in links::below(ctx, objects) {
        match (L::reads(&field.node.name.node), &*field.node.name.node) {
            (Some(fields), _) => reads.extend_from_slice(fields),
            (None, "__typename") => {}
            (None, _) => return None,
        }
    }
    Some(reads)
}

/// A row itself, which is none of its columns.
const WHOLE: &str = "";

/// What a path begins with.
fn first(path: &'static str) -> &'static str {
    path.split('.').next().unwrap_or(path)
}

async fn page_below<L: ChildList>(
    ctx: &Context<'_>,
    parent: L::Parent,
    request: PageRequest,
    count: bool,
    selected: impl FnOnce() -> Selection + Send,
) -> Result<Page<ModelOf<L::Entity>>> {
    let read = async |parents: Vec<L::Parent>| {
        let (db, rows) = (ctx.domain().db.read(), L::Entity::visible_to(ctx.viewer()));
        batch::page_by_parent(db, rows, L::CHILDREN, &parents, &request, count, selected()).await
    };
    Ok(ctx.load(parent, read).await?.unwrap_or_default())
}
