//! Questions that are asked often.

use std::sync::Arc;

use gerbang_platform::query::page::held::page_of;

pub use super::row::Model as Faq;
use crate::{
    content::faq::rules::{self, CreateFaqInput, DeleteFaqInput, ReorderFaqsInput, UpdateFaqInput},
    prelude::schema::*,
};

#[node("faq_0190a5f0-...", legacy = "The id in the legacy API, a UUID.", name = "FAQ")]
#[ComplexObject]
impl Faq {}

/// Questions, for everybody.
#[derive(Default)]
pub struct FaqQuery;

#[lists]
#[Object]
impl FaqQuery {
    /// Questions that are asked often, in display order. For everybody.
    #[graphql(deprecation = "Use `faqsConnection`, which gives them page by page.")]
    async fn faqs(&self, ctx: &Context<'_>) -> Result<Arc<Vec<Faq>>> {
        rules::faqs(ctx.domain()).await
    }

    /// Questions that are asked often, in display order, page by page. For everybody. Errors: `VALIDATION_FAILED`.
    async fn faqs_connection(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<Faq>> {
        let place = |faq: &Faq| (faq.position, faq.id.to_string());
        Ok(page_of(rules::faqs(ctx.domain()).await?, place, &list.request)?.into())
    }
}

/// The question after the change.
#[derive(SimpleObject)]
pub struct FaqPayload {
    /// The question; after a deletion, as it was.
    faq: Faq,
}

/// The questions after the change.
#[derive(SimpleObject)]
pub struct ReorderFaqsPayload {
    /// All questions, in display order.
    faqs: Vec<Faq>,
}

mutations! {
    /// Changes to questions, for admins of the scholarship.
    FaqMutation;

    /// Publishes a question, behind the others. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED`.
    create_faq("The new question.": CreateFaqInput) -> FaqPayload { faq };

    /// Changes a question. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED`.
    update_faq("The changes.": UpdateFaqInput) -> FaqPayload { faq };

    /// Takes a question off the site. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`.
    delete_faq("The question.": DeleteFaqInput) -> FaqPayload { faq };

    /// Shows the questions in another order. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` unless every question is named exactly once.
    reorder_faqs("The new order.": ReorderFaqsInput) -> ReorderFaqsPayload { faqs };
}
