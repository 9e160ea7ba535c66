//! Errors that front ends report. Kept for 30 days.

use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scoped},
    viewer::Viewer,
};

/// One row of `client_errors`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_errors")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// What happened.
    #[sea_orm(column_type = "Text")]
    pub message: String,
    /// How bad it is, in the front end's words.
    pub level: String,
    /// Where it happened.
    #[sea_orm(column_type = "Text", nullable)]
    pub stack: Option<String>,
    /// The page it happened on.
    #[sea_orm(column_type = "Text", nullable)]
    pub url: Option<String>,
    /// Whatever else the front end sent.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub context: Option<Json>,
    /// Address of the sender.
    pub ip: Option<String>,
    /// The `User-Agent` header, at most 512 characters.
    pub user_agent: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// What a row refers to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for the admins of Talents Mapping, whose API takes them.
    fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find().filter(scope::admins_of(viewer, Realm::TalentsMapping))
    }
}
