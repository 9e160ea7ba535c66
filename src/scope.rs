//! Who sees which rows of a table.
//!
//! A query for somebody starts at `Entity::visible_to(&viewer)`; what another may not see is then simply
//! not found. Tables that are everybody's have `Entity::public()` besides. Rows that nobody is shown
//! (codes, counters, the outbox) have neither: only rules of the domain touch them.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, IntoCondition},
};

use crate::{
    accounts::{Realm, user},
    viewer::Viewer,
};

/// A table whose rows are shown to those who may see them.
pub trait Scoped: EntityTrait<Model: Sync> {
    /// The primary key's type.
    type Key: Clone + Eq + std::hash::Hash + Send + Sync + 'static;
    /// The primary key.
    const KEY: Self::Column;

    /// The rows that `viewer` may see. Every query for somebody starts here.
    fn visible_to(viewer: &Viewer) -> Select<Self>;
}

/// Every row.
pub(crate) fn everything() -> Condition {
    Condition::all()
}

/// No row at all.
pub(crate) fn nothing() -> Condition {
    Expr::cust("1 = 0").into_condition()
}

/// Every row for those who administer `realm`, what `own` allows for its other users, none for anybody else.
pub(crate) fn admin_or<C: IntoCondition>(
    viewer: &Viewer,
    realm: Realm,
    own: impl FnOnce(&user::row::Model) -> Option<C>,
) -> Condition {
    if viewer.is_admin_of(realm) {
        return everything();
    }
    viewer.user().filter(|user| user.realm == realm).and_then(own).map_or_else(nothing, IntoCondition::into_condition)
}

/// Every row for those who administer `realm`, none for anybody else.
pub(crate) fn admins_of(viewer: &Viewer, realm: Realm) -> Condition {
    if viewer.is_admin_of(realm) { everything() } else { nothing() }
}

/// Rows for admins only: those of their `realm`, or all for gateway admins.
pub(crate) fn admins(viewer: &Viewer, realm: impl ColumnTrait) -> Condition {
    match viewer.realm() {
        Some(_) if viewer.is_gateway_admin() => everything(),
        Some(own) if viewer.is_admin_of(own) => realm.eq(own).into_condition(),
        _ => nothing(),
    }
}

/// The caller's own rows.
pub(crate) fn own(viewer: &Viewer, user_id: impl ColumnTrait) -> Condition {
    viewer.user().map_or_else(nothing, |user| user_id.eq(user.id).into_condition())
}

/// Rows whose `column` is the `key` of one of `rows`.
pub(crate) fn among<E: EntityTrait>(column: impl ColumnTrait, rows: Select<E>, key: impl ColumnTrait) -> Condition {
    column.in_subquery(rows.select_only().column(key).into_query()).into_condition()
}
