//! Rows that are shown to everybody in an order that admins of the scholarship choose.

use std::{collections::HashSet, sync::Arc};

use gerbang_graphql::id::Node;
use sea_orm::{
    ActiveModelBehavior, ModelTrait, Select,
    prelude::TextUuid,
    sea_query::{CaseStatement, Expr},
};
use uuid::Uuid;

use crate::{
    constants::{table::Table, transaction::ConstantTransaction},
    prelude::rules::*,
};

gerbang_kernel::custom_rule! {
    /// A new order names each row once.
    ORDER: "Every row must be named exactly once.", "Setiap baris harus disebut tepat satu kali."
}

/// A table of such rows.
pub(crate) trait Ordered:
    Scoped<
        Key = TextUuid,
        Model: Node + Clone + IntoActiveModel<Self::ActiveModel>,
        ActiveModel: ActiveModelBehavior + Send,
    >
{
    /// Place in the order.
    const POSITION: Self::Column;
    /// When a row was last changed.
    const UPDATED_AT: Self::Column;
    /// Which table it is.
    const TABLE: Table;
}

fn select<E: Ordered>(viewer: &Viewer) -> Select<E> {
    E::visible_to(viewer).order_by_asc(E::POSITION).order_by_asc(E::KEY)
}

/// All rows in their order.
pub(crate) async fn listed<E: Ordered>(domain: &Domain) -> Result<Arc<Vec<E::Model>>> {
    let read = || async { Ok(select::<E>(&Viewer::anonymous()).all(domain.db.read()).await?) };
    domain.constants.get(E::TABLE, read).await
}

/// Adds a row behind the others, with a key of its own.
pub(crate) async fn append<E: Ordered>(domain: &Domain, mut row: E::ActiveModel) -> Result<E::Model> {
    let transaction = ConstantTransaction::begin(domain, E::TABLE).await?;
    let last = E::find().select_only().column_as(E::POSITION.max(), "last");
    let last = last.into_tuple::<Option<i32>>().one(transaction.db()).await?.flatten();
    row.set(E::KEY, TextUuid::from(Uuid::now_v7()).into());
    row.set(E::POSITION, (last.unwrap_or_default() + 1).into());
    let row = row.insert(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Removes a row.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub(crate) async fn delete<E: Ordered>(domain: &Domain, viewer: &Viewer, id: &IdOf<E>) -> Result<E::Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = ConstantTransaction::begin(domain, E::TABLE).await?;
    let row = id.find_for_update(transaction.db(), viewer).await?;
    row.clone().delete(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Moves the rows to the places at which `ids` name them; answers with all of them.
///
/// # Errors
/// `VALIDATION_FAILED` unless every row is named exactly once.
pub(crate) async fn reorder<E: Ordered>(domain: &Domain, viewer: &Viewer, ids: &[IdOf<E>]) -> Result<Vec<E::Model>> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = ConstantTransaction::begin(domain, E::TABLE).await?;
    let keys = select::<E>(viewer).select_only().column(E::KEY);
    let present: HashSet<TextUuid> =
        keys.lock_exclusive().into_tuple().all(transaction.db()).await?.into_iter().collect();
    // One that is no id names no row, so that the whole order is refused.
    let wanted: HashSet<TextUuid> = ids.iter().filter_map(IdOf::known).copied().collect();
    if ids.len() != present.len() || present != wanted {
        return Err(Error::violation("input.ids", ORDER));
    }
    if !ids.is_empty() {
        let places = (1i32..).zip(ids.iter().filter_map(IdOf::known));
        let places = places.fold(CaseStatement::new(), |case, (place, id)| case.case(E::KEY.eq(*id), place));
        E::update_many()
            .col_expr(E::POSITION, places.finally(Expr::col(E::POSITION)).into())
            .col_expr(E::UPDATED_AT, Expr::value(domain.clock.now()))
            .exec(transaction.db())
            .await?;
    }
    let rows = select::<E>(viewer).all(transaction.db()).await?;
    transaction.commit().await?;
    Ok(rows)
}
