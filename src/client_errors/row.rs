//! Errors that front ends report. Kept for 30 days.

use crate::prelude::row::*;

/// An error that a front end reported. Kept for 30 days.
#[row(table = "client_errors", object = "ClientError")]
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

impl Scoped for Entity {
    /// All for the admins of Talents Mapping, whose API takes them.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins_of(viewer, Realm::TalentsMapping)
    }
}
