//! Questions that are asked often.

use gerbang_kernel::error::{Error, Result};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, ModelTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    content::{
        faq::row::{ActiveModel, Column, Entity, Model},
        reorder,
    },
    domain::Domain,
    input::validate::{LONG_TEXT, Violations},
    viewer::Viewer,
};

/// A new question.
#[derive(Clone, Debug)]
pub struct CreateFaq {
    /// The question, at most 5,000 characters.
    pub question: String,
    /// The answer, at most 5,000 characters.
    pub answer: String,
}

/// What changes of a question; `None` leaves a text as it is.
#[derive(Clone, Debug, Default)]
pub struct UpdateFaq {
    /// The question.
    pub question: Option<String>,
    /// The answer.
    pub answer: Option<String>,
}

/// All questions, in display order. For everybody.
pub async fn faqs(domain: &Domain) -> Result<Vec<Model>> {
    Ok(listed().all(domain.db.read()).await?)
}

/// Publishes a question, behind the others. For admins of the scholarship.
pub async fn create_faq(domain: &Domain, viewer: &Viewer, input: CreateFaq) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let CreateFaq { question, answer } = input;
    let mut violations = Violations::new();
    let question = violations.text("input.question", &question, LONG_TEXT);
    let answer = violations.text("input.answer", &answer, LONG_TEXT);
    violations.finish()?;
    let transaction = domain.db.begin().await?;
    let last = Entity::public().select_only().column_as(Column::Position.max(), "last");
    let last = last.into_tuple::<Option<i32>>().one(&transaction).await?.flatten();
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        question: Set(question),
        answer: Set(answer),
        position: Set(last.unwrap_or_default() + 1),
        ..Default::default()
    };
    let row = row.insert(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Changes a question. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_faq(domain: &Domain, viewer: &Viewer, id: TextUuid, input: UpdateFaq) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let mut row = find(&transaction, id).await?.into_active_model();
    let UpdateFaq { question, answer } = input;
    let mut violations = Violations::new();
    if let Some(question) = question {
        row.question = Set(violations.text("input.question", &question, LONG_TEXT));
    }
    if let Some(answer) = answer {
        row.answer = Set(violations.text("input.answer", &answer, LONG_TEXT));
    }
    violations.finish()?;
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Takes a question off the site. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_faq(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let row = find(&transaction, id).await?;
    row.clone().delete(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Shows the questions in this order; answers with all of them. For admins of the scholarship.
///
/// # Errors
/// `VALIDATION_FAILED` unless every question is named exactly once.
pub async fn reorder_faqs(domain: &Domain, viewer: &Viewer, ids: &[TextUuid]) -> Result<Vec<Model>> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let present: Vec<TextUuid> = listed().lock_exclusive().all(&transaction).await?.iter().map(|row| row.id).collect();
    let places = [Column::Position, Column::UpdatedAt];
    if let Some(update) = reorder::<Entity>(Column::Id, places, &present, ids, domain.clock.now())? {
        update.exec(&transaction).await?;
    }
    let rows = listed().all(&transaction).await?;
    transaction.commit().await?;
    Ok(rows)
}

fn listed() -> Select<Entity> {
    Entity::public().order_by_asc(Column::Position).order_by_asc(Column::Id)
}

async fn find(transaction: &impl ConnectionTrait, id: TextUuid) -> Result<Model> {
    let found = Entity::public().filter(Column::Id.eq(id)).one(transaction).await?;
    found.ok_or_else(|| Error::not_found("FAQ"))
}
