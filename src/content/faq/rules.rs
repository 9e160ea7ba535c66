//! Questions that are asked often. Everybody reads them, admins of the scholarship publish them.

use std::sync::Arc;

use crate::{
    constants::{table::Table, transaction::ConstantTransaction},
    content::{
        faq::row::{ActiveModel, Entity, Model},
        ordered,
    },
    prelude::rules::*,
};

/// A new question.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateFaqInput {
    /// The question.
    #[rule(text, max = 5_000)]
    pub question: String,
    /// The answer.
    #[rule(text, max = 5_000)]
    pub answer: String,
}

/// What changes of a question; what is absent stays as it is.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateFaqInput {
    /// The question: `faq_0190a5f0-...` or the UUID alone.
    pub id: IdOf<Entity>,
    /// The question.
    #[rule(text, max = 5_000)]
    pub question: Option<String>,
    /// The answer.
    #[rule(text, max = 5_000)]
    pub answer: Option<String>,
}

/// Which question is removed.
#[derive(Debug, InputObject)]
pub struct DeleteFaqInput {
    /// The question: `faq_0190a5f0-...` or the UUID alone.
    pub id: IdOf<Entity>,
}

/// A new display order.
#[derive(Debug, InputObject)]
pub struct ReorderFaqsInput {
    /// Every question exactly once, the first to be shown first.
    pub ids: Vec<IdOf<Entity>>,
}

/// All questions, in display order. For everybody.
pub async fn faqs(domain: &Domain) -> Result<Arc<Vec<Model>>> {
    ordered::listed::<Entity>(domain).await
}

/// Publishes a question, behind the others. For admins of the scholarship.
pub async fn create_faq(domain: &Domain, viewer: &Viewer, input: CreateFaqInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let CreateFaqInput { question, answer } = input.check()?;
    let row = ActiveModel { question: Set(question), answer: Set(answer), ..Default::default() };
    ordered::append::<Entity>(domain, row).await
}

/// Changes a question. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn update_faq(domain: &Domain, viewer: &Viewer, input: UpdateFaqInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = ConstantTransaction::begin(domain, Table::Faqs).await?;
    let mut row = input.id.find_for_update(transaction.db(), viewer).await?.into_active_model();
    let UpdateFaqInput { id: _, question, answer } = input.check()?;
    row.question.change(question);
    row.answer.change(answer);
    let row = row.update(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Takes a question off the site. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_faq(domain: &Domain, viewer: &Viewer, input: DeleteFaqInput) -> Result<Model> {
    ordered::delete(domain, viewer, &input.id).await
}

/// Shows the questions in this order; answers with all of them. For admins of the scholarship.
///
/// # Errors
/// `VALIDATION_FAILED` unless every question is named exactly once.
pub async fn reorder_faqs(domain: &Domain, viewer: &Viewer, input: ReorderFaqsInput) -> Result<Vec<Model>> {
    ordered::reorder(domain, viewer, &input.ids).await
}
