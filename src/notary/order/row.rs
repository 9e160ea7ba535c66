//! Services that customers ordered.

use gerbang_graphql::integer::Rupiah;

use crate::{
    accounts::{Role, user},
    prelude::row::*,
};

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "OrderStatus")]
pub enum Status {
    /// Not begun yet.
    Placed,
    /// The office works on it.
    InProgress,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
}

/// A service that a customer ordered.
#[row(table = "orders", object = "Order")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// What was ordered.
    #[graphql(skip)]
    pub service_id: String,
    /// Who ordered.
    #[graphql(skip)]
    pub customer_id: i64,
    /// How far it is.
    pub status: Status,
    /// What the customer added.
    #[sea_orm(column_type = "Text", nullable)]
    pub notes: Option<String>,
    /// What it costs: the service's fees when it was ordered.
    #[graphql(skip, derived(name = "total", into = "Rupiah", owned))]
    pub total: i64,
    /// When it was placed, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Entity {
    /// Those whose orders `viewer` may see: who sees an order sees who placed it.
    pub fn customers(viewer: &Viewer) -> Select<user::row::Entity> {
        user::row::Entity::find().filter(scope::among(
            user::row::Column::Id,
            Self::visible_to(viewer),
            Column::CustomerId,
        ))
    }
}

impl Scoped for Entity {
    /// All for the office (admins, notaries, PPAT), their own for customers.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Notary, |user| {
            Some(if matches!(user.role, Role::Notary | Role::Ppat) {
                Scope::All
            } else {
                Scope::is(Column::CustomerId, user.id)
            })
        })
    }
}
