//! Errors that front ends report. Kept for 30 days.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    accounts::Realm,
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};

/// An error that a front end reported. Kept for 30 days.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "client_errors")]
#[graphql(name = "ClientError", complex)]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// What happened.
    #[sea_orm(column_type = "Text")]
    pub message: String,
    /// How bad it is, in the front end's words; `error` if it didn't say.
    pub level: String,
    /// Where in the program it happened.
    #[sea_orm(column_type = "Text", nullable)]
    pub stack: Option<String>,
    /// The page it happened on.
    #[sea_orm(column_type = "Text", nullable)]
    pub url: Option<String>,
    /// Whatever else the front end sent, the text of some JSON: a column of JSON forgets the order of the members on one
    /// database, and takes fewer texts.
    #[sea_orm(column_type = "Text", nullable)]
    #[graphql(skip)]
    pub context: Option<String>,
    /// The address it was sent from.
    pub ip: Option<String>,
    /// The `User-Agent` it was sent by, at most 512 characters.
    pub user_agent: Option<String>,
    /// When it was reported, UTC.
    pub created_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!(created_at);

impl Scoped for Entity {
    type Key = i64;
    const KEY: Column = Column::Id;

    /// All for the admins of Talents Mapping, whose API takes them.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins_of(viewer, Realm::TalentsMapping)
    }
}
