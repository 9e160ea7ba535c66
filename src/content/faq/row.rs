//! Questions that are asked often.

use crate::{constants::table::Table, content::ordered::Ordered, prelude::row::*};

/// A question that is asked often, with its answer.
#[row(table = "faqs", object = "Faq")]
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

impl Ordered for Entity {
    const POSITION: Column = Column::Position;
    const UPDATED_AT: Column = Column::UpdatedAt;
    const TABLE: Table = Table::Faqs;
}

impl Scoped for Entity {
    fn scope(_: &Viewer) -> Scope<Column> {
        Scope::All
    }
}
