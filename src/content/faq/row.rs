//! Questions that are asked often.

use async_graphql::SimpleObject;
use gerbang_graphql::{fields::Fields, timestamp::Timestamp};
use gerbang_platform::query::by_position::ByPosition;
use sea_orm::entity::prelude::*;

use crate::{
    constants::table::Table,
    content::ordered::Ordered,
    scope::{Scope, Scoped},
    viewer::Viewer,
};

/// A question that is asked often, with its answer.
#[derive(Clone, Debug, PartialEq, Eq, ByPosition, DeriveEntityModel, Fields, SimpleObject)]
#[sea_orm(table_name = "faqs")]
#[graphql(name = "Faq", complex)]
pub struct Model {
    /// Primary key, a version 7 UUID.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: TextUuid,
    /// The question.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// The answer.
    #[sea_orm(column_type = "Text")]
    pub answer: String,
    /// Place in the list; smaller numbers come first.
    pub position: i32,
    /// When it was published, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

gerbang_platform::no_relations!();
gerbang_platform::stamped!();

impl Ordered for Entity {
    const POSITION: Column = Column::Position;
    const UPDATED_AT: Column = Column::UpdatedAt;
    const TABLE: Table = Table::Faqs;
}

impl Scoped for Entity {
    type Key = TextUuid;
    const KEY: Column = Column::Id;

    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
