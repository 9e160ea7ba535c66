//! Ids as callers name them.

use std::{borrow::Cow, fmt, hash, marker::PhantomData, str::FromStr};

use async_graphql::{Context, ID, InputType, InputValueError, InputValueResult, Value, registry::Registry};
use gerbang_graphql::{
    engine::InProcess,
    id::{Key, Node, parse_id},
};
use gerbang_kernel::error::{Error, Result, Rule, Violation};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, QueryFilter, QuerySelect, sea_query::IntoCondition,
};

use crate::{
    audit::notes::note_subject,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// The id of a row of `E` (`ID`): the global id, such as `client_17`, or the legacy id alone. Also the key by which a
/// request loads the row (`ctx.load`).
pub struct IdOf<E: Scoped> {
    /// `None` if what came can be nobody's.
    key: Option<E::Key>,
    entity: PhantomData<fn() -> E>,
}

impl<E: Scoped> IdOf<E> {
    /// The row with this primary key.
    pub const fn new(key: E::Key) -> Self {
        Self { key: Some(key), entity: PhantomData }
    }

    /// The primary key; `None` if no row can have this id.
    pub const fn known(&self) -> Option<&E::Key> {
        self.key.as_ref()
    }
}

impl<E: Scoped<Model: Node, Key: Into<sea_orm::Value>>> IdOf<E> {
    /// The primary key.
    ///
    /// # Errors
    /// `NOT_FOUND` if no row can have this id.
    pub fn key(&self) -> Result<E::Key> {
        self.key.clone().ok_or_else(|| Error::not_found(E::Model::NAME))
    }

    /// The primary key for a column that refers to it. Nobody has the default key, so the database refuses it as one that
    /// is not there.
    pub fn foreign_key(&self) -> E::Key
    where
        E::Key: Default,
    {
        self.key.clone().unwrap_or_default()
    }

    /// The row, if the viewer may see it.
    pub async fn find(&self, db: &impl ConnectionTrait, viewer: &Viewer) -> Result<Option<E::Model>> {
        let Some(key) = self.key.clone() else { return Ok(None) };
        Ok(E::visible_to(viewer).filter(E::KEY.eq(key)).one(db).await?)
    }

    /// The row, which nobody else changes until the transaction ends.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none that the viewer may see.
    pub async fn find_for_update(&self, transaction: &DatabaseTransaction, viewer: &Viewer) -> Result<E::Model>
    where
        for<'k> Key: From<&'k E::Key>,
    {
        note_subject::<E::Model>(&self.key()?);
        let row = E::visible_to(viewer).filter(E::KEY.eq(self.key()?)).lock_exclusive().one(transaction).await?;
        row.ok_or_else(|| Error::not_found(E::Model::NAME))
    }

    /// The rows whose `column` is this.
    pub fn is(&self, column: impl ColumnTrait) -> Condition {
        self.key.clone().map_or_else(scope::nothing, |key| column.eq(key).into_condition())
    }
}

/// Refuses an id in a filter that can be nobody's, such as one of another kind, which would look like an empty list. The
/// legacy APIs know no kinds and show the empty list.
///
/// # Errors
/// `VALIDATION_FAILED` (`FORMAT`) at `path`.
pub fn check_id<E: Scoped<Key: FromStr, Model: Node>>(
    ctx: &Context<'_>,
    id: Option<&IdOf<E>>,
    path: &'static str,
) -> Result<()> {
    if id.is_none_or(|id| id.known().is_some()) || ctx.data_opt::<InProcess>().is_some() {
        return Ok(());
    }
    let key = if "17".parse::<E::Key>().is_ok() { "17" } else { "0190a5f0-7a3c-7c1e-9a52-0d8f5b8a3c11" };
    let example = format!("{}_{key}", E::Model::KIND);
    Err(Error::invalid(vec![Violation::new(path, Rule::Format).like(example)]))
}

impl<E: Scoped<Key: FromStr, Model: Node>> From<&ID> for IdOf<E> {
    fn from(id: &ID) -> Self {
        Self { key: parse_id(E::Model::KIND, id), entity: PhantomData }
    }
}

impl<E: Scoped<Key: FromStr + fmt::Display, Model: Node>> InputType for IdOf<E> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        ID::parse(value).map(|id| Self::from(&id)).map_err(InputValueError::propagate)
    }

    fn to_value(&self) -> Value {
        self.key.as_ref().map_or(Value::Null, |key| Value::from(key.to_string()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<E: Scoped> Clone for IdOf<E> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), entity: PhantomData }
    }
}

impl<E: Scoped> PartialEq for IdOf<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<E: Scoped> Eq for IdOf<E> {}

impl<E: Scoped> hash::Hash for IdOf<E> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl<E: Scoped> fmt::Debug for IdOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdOf").finish_non_exhaustive()
    }
}
