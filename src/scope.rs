//! Who sees which rows of a table.
//!
//! A query for somebody starts at `Entity::visible_to(&viewer)`; what another may not see is then simply
//! not found. Tables that are everybody's have `Entity::public()` besides. Rows that nobody is shown
//! (codes, counters, the outbox) have neither: only rules of the domain touch them.

use gerbang_platform::{query::by_position::ByPosition, rows::Keyed};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ModelTrait, QueryFilter, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Expr, IntoCondition},
};

use crate::{
    accounts::{Realm, user},
    viewer::Viewer,
};

/// A table whose rows are shown to those who may see them.
pub trait Scoped: Keyed<Model: ByPosition + Sync> {
    /// Which rows `viewer` may see.
    fn scope(viewer: &Viewer) -> Scope<Self::Column>;

    /// The rows that `viewer` may see. Every query for somebody starts here.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(Self::scope(viewer))
    }
}

/// Some of the rows of a table, by its columns `C`.
#[derive(Clone, Debug)]
pub enum Scope<C> {
    /// Every row.
    All,
    /// No row at all.
    Nothing,
    /// Rows with this value.
    Is(C, Value),
    /// Rows with another value.
    IsNot(C, Value),
    /// Rows that only the database can tell.
    Matching(Condition),
}

impl<C: ColumnTrait> Scope<C> {
    /// Rows whose `column` has this value.
    pub fn is(column: C, value: impl Into<Value>) -> Self {
        Self::Is(column, value.into())
    }

    /// Rows whose `column` has another value.
    pub fn is_not(column: C, value: impl Into<Value>) -> Self {
        Self::IsNot(column, value.into())
    }

    /// Whether a row is among them; `None` if only the database can tell.
    pub fn admits<M: ModelTrait<Entity: EntityTrait<Column = C>>>(&self, row: &M) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Nothing => Some(false),
            Self::Is(column, value) => Some(row.get(*column) == *value),
            Self::IsNot(column, value) => Some(row.get(*column) != *value),
            Self::Matching(_) => None,
        }
    }
}

impl<C: ColumnTrait> From<Scope<C>> for Condition {
    fn from(scope: Scope<C>) -> Self {
        match scope {
            Scope::All => Self::all(),
            Scope::Nothing => nothing(),
            Scope::Is(column, value) => column.eq(value).into_condition(),
            Scope::IsNot(column, value) => column.ne(value).into_condition(),
            Scope::Matching(condition) => condition,
        }
    }
}

/// The condition that no row meets.
pub(crate) fn nothing() -> Condition {
    Expr::cust("1 = 0").into_condition()
}

/// Every row for those who administer `realm`, what `own` allows for its other users, none for anybody else.
pub(crate) fn admin_or<C>(
    viewer: &Viewer,
    realm: Realm,
    own: impl FnOnce(&user::row::Model) -> Option<Scope<C>>,
) -> Scope<C> {
    if viewer.is_admin_of(realm) {
        return Scope::All;
    }
    viewer.user().filter(|user| user.realm == realm).and_then(own).unwrap_or(Scope::Nothing)
}

/// Every row for those who administer `realm`, none for anybody else.
pub(crate) fn admins_of<C>(viewer: &Viewer, realm: Realm) -> Scope<C> {
    if viewer.is_admin_of(realm) { Scope::All } else { Scope::Nothing }
}

/// Rows for admins only: those of their `realm`, or all for gateway admins.
pub(crate) fn admins<C: ColumnTrait>(viewer: &Viewer, realm: C) -> Scope<C> {
    match viewer.realm() {
        Some(_) if viewer.is_gateway_admin() => Scope::All,
        Some(own) if viewer.is_admin_of(own) => Scope::is(realm, own),
        _ => Scope::Nothing,
    }
}

/// The caller's own rows.
pub(crate) fn own<C: ColumnTrait>(viewer: &Viewer, user_id: C) -> Scope<C> {
    viewer.user().map_or(Scope::Nothing, |user| Scope::is(user_id, user.id))
}

/// Rows whose `column` is the `key` of one of `rows`.
pub(crate) fn among<E: EntityTrait, C: ColumnTrait>(column: C, rows: Select<E>, key: impl ColumnTrait) -> Scope<C> {
    Scope::Matching(column.in_subquery(rows.select_only().column(key).into_query()).into_condition())
}
