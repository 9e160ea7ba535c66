//! Reads for the resolvers, scoped to the viewer of the request.

use std::collections::HashMap;

use gerbang_kernel::error::Result;
use gerbang_platform::{
    db::Db,
    query::{
        batch::{self, Children, ColumnOf},
        keys::BatchKey,
    },
};

use crate::{
    scope::{Scope, Scoped},
    viewer::Viewer,
};

/// A list of rows below each row of another table, in one order, such as the orders of a service.
pub trait ChildList {
    /// The rows.
    type Entity: Scoped<Model: Send>;
    /// The key of the row they stand below.
    type Parent: BatchKey + 'static;
    /// How they hang on it.
    const CHILDREN: Children<ColumnOf<Self::Entity>>;
}

/// The rows with these keys that the viewer may see. At most one statement, which other requests may share: whose rows
/// are shown to whom is then decided row by row.
pub async fn by_key<E>(db: &Db, viewer: &Viewer, keys: Vec<E::Key>) -> Result<HashMap<E::Key, E::Model>>
where
    E: Scoped<Model: Send, Key: BatchKey>,
{
    let scope = match E::scope(viewer) {
        Scope::Nothing => return Ok(HashMap::new()),
        Scope::Matching(_) => return batch::by_key(db.read(), E::visible_to(viewer), E::KEY, &keys).await,
        scope => scope,
    };
    let found = db.by_key::<E, _>(E::KEY, keys.clone()).await?;
    let seen = |key: E::Key| {
        let row = found.get(&key).filter(|row| scope.admits(*row) == Some(true))?;
        Some((key, row.clone()))
    };
    Ok(keys.into_iter().filter_map(seen).collect())
}
