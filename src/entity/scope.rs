//! The pieces that scoped finders are made of.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, IntoCondition},
};

use crate::entity::{
    Viewer,
    accounts::{Realm, user},
};

/// Every row.
pub(super) fn everything() -> Condition {
    Condition::all()
}

/// No row at all.
pub(super) fn nothing() -> Condition {
    Expr::cust("1 = 0").into_condition()
}

/// Every row for those who administer `realm`, what `own` allows for its other users, none for anybody else.
pub(super) fn admin_or<C: IntoCondition>(
    viewer: &Viewer,
    realm: Realm,
    own: impl FnOnce(&user::Model) -> Option<C>,
) -> Condition {
    if viewer.is_admin_of(realm) {
        return everything();
    }
    viewer.user().filter(|user| user.realm == realm).and_then(own).map_or_else(nothing, IntoCondition::into_condition)
}

/// Every row for those who administer `realm`, none for anybody else.
pub(super) fn admins_of(viewer: &Viewer, realm: Realm) -> Condition {
    if viewer.is_admin_of(realm) { everything() } else { nothing() }
}

/// Rows for admins only: those of their `realm`, or all for gateway admins.
pub(super) fn admins(viewer: &Viewer, realm: impl ColumnTrait) -> Condition {
    match viewer.realm() {
        Some(_) if viewer.is_gateway_admin() => everything(),
        Some(own) if viewer.is_admin_of(own) => realm.eq(own).into_condition(),
        _ => nothing(),
    }
}

/// The caller's own rows.
pub(super) fn own(viewer: &Viewer, user_id: impl ColumnTrait) -> Condition {
    viewer.user().map_or_else(nothing, |user| user_id.eq(user.id).into_condition())
}

/// Rows whose `column` is the `key` of one of `rows`.
pub(super) fn among<E: EntityTrait>(column: impl ColumnTrait, rows: Select<E>, key: impl ColumnTrait) -> Condition {
    column.in_subquery(rows.select_only().column(key).into_query()).into_condition()
}
