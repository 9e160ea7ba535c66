//! Questions that are asked often.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use gerbang_kernel::error::{Error, Result};
use sea_orm::prelude::TextUuid;

use crate::{
    content::faq::{row::Model, rules},
    graphql::{
        context::ContextExt,
        id::{Node, node, parse_id},
    },
};

pub use super::row::Model as Faq;

#[node("faq_0190a5f0-...", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Faq {}

/// Questions, for everybody.
#[derive(Default)]
pub struct FaqQuery;

#[Object]
impl FaqQuery {
    /// Questions that are asked often, in display order. For everybody.
    async fn faqs(&self, ctx: &Context<'_>) -> Result<Vec<Faq>> {
        Ok(rules::faqs(ctx.domain()).await?)
    }
}

/// A new question.
#[derive(Debug, InputObject)]
pub struct CreateFaqInput {
    /// The question, at most 5,000 characters.
    question: String,
    /// The answer, at most 5,000 characters.
    answer: String,
}

/// What changes of a question; what is absent stays as it is.
#[derive(Debug, InputObject)]
pub struct UpdateFaqInput {
    /// The question: `faq_0190a5f0-...` or the UUID alone.
    id: ID,
    /// The question, at most 5,000 characters.
    question: Option<String>,
    /// The answer, at most 5,000 characters.
    answer: Option<String>,
}

/// Which question is removed.
#[derive(Debug, InputObject)]
pub struct DeleteFaqInput {
    /// The question: `faq_0190a5f0-...` or the UUID alone.
    id: ID,
}

/// A new display order.
#[derive(Debug, InputObject)]
pub struct ReorderFaqsInput {
    /// Every question exactly once, the first to be shown first.
    ids: Vec<ID>,
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

impl From<Model> for FaqPayload {
    fn from(row: Model) -> Self {
        Self { faq: row.into() }
    }
}

fn key(id: &ID) -> Result<TextUuid> {
    parse_id(<Faq as Node>::KIND, id).ok_or_else(|| Error::not_found("FAQ"))
}

/// Changes to questions, for admins of the scholarship.
#[derive(Default)]
pub struct FaqMutation;

#[Object]
impl FaqMutation {
    /// Publishes a question, behind the others. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED`.
    async fn create_faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new question.")] input: CreateFaqInput,
    ) -> Result<FaqPayload> {
        let CreateFaqInput { question, answer } = input;
        let input = rules::CreateFaq { question, answer };
        Ok(rules::create_faq(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Changes a question. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED`.
    async fn update_faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateFaqInput,
    ) -> Result<FaqPayload> {
        let UpdateFaqInput { id, question, answer } = input;
        let changes = rules::UpdateFaq { question, answer };
        Ok(rules::update_faq(ctx.domain(), ctx.viewer(), key(&id)?, changes).await?.into())
    }

    /// Takes a question off the site. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`.
    async fn delete_faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question.")] input: DeleteFaqInput,
    ) -> Result<FaqPayload> {
        Ok(rules::delete_faq(ctx.domain(), ctx.viewer(), key(&input.id)?).await?.into())
    }

    /// Shows the questions in another order. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` unless every question is named exactly once.
    async fn reorder_faqs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new order.")] input: ReorderFaqsInput,
    ) -> Result<ReorderFaqsPayload> {
        // One that is no id names no question, so that the whole order is refused.
        let ids: Option<Vec<TextUuid>> = input.ids.iter().map(|id| parse_id(<Faq as Node>::KIND, id)).collect();
        let rows = rules::reorder_faqs(ctx.domain(), ctx.viewer(), &ids.unwrap_or_default()).await?;
        Ok(ReorderFaqsPayload { faqs: rows })
    }
}
