//! What the office offers.

use gerbang_graphql::integer::Rupiah;
use serde::{Deserialize, Serialize};

use crate::prelude::row::*;

/// How legacy clients once sent the fees. Answers follow what was sent with the request itself; the column stays, since
/// SQLite drops none that a named check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum FeeForm {
    /// A list of named amounts.
    List,
    /// One amount.
    Number,
}

/// Whether a service can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "ServiceStatus")]
pub enum Status {
    /// Can be ordered.
    Open,
    /// Known to the office only.
    Closed,
    /// Hidden for good; kept for the orders that refer to it.
    Deleted,
}

/// One part of what a service costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct Fee {
    /// What it is for.
    pub name: String,
    /// What it costs.
    #[graphql(skip, derived(name = "amount", into = "Rupiah", owned))]
    pub amount: i64,
}

/// What a service costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Fees(pub Vec<Fee>);

/// What the office does for a service, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Tasks(pub Vec<String>);

/// Something that the notary office does for its customers.
#[row(table = "services", object = "Service")]
pub struct Model {
    /// Slug, chosen by the office.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// What it costs.
    #[sea_orm(column_type = "JsonBinary")]
    #[graphql(skip)]
    pub fees: Fees,
    /// What the office does for it, in order.
    #[sea_orm(column_type = "JsonBinary")]
    #[graphql(skip)]
    pub tasks: Tasks,
    /// How the fees were once sent.
    #[graphql(skip)]
    pub fee_form: FeeForm,
    /// Whether it can be ordered.
    pub status: Status,
    /// Place in the list.
    #[graphql(skip)]
    pub position: i64,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Entity {
    /// Whatever was ordered, closed and deleted ones too: who sees an order sees what it was for.
    pub fn ordered() -> Select<Self> {
        Self::find()
    }
}

impl Scoped for Entity {
    /// Open ones for everybody, closed ones too for the office's admins, deleted ones for nobody.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        if viewer.is_admin_of(Realm::Notary) {
            Scope::is_not(Column::Status, Status::Deleted)
        } else {
            Scope::is(Column::Status, Status::Open)
        }
    }
}
