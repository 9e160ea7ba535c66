//! Questions that are asked often.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use gerbang_graphql::id::node;
use gerbang_kernel::error::Result;

pub use super::row::Model as Faq;
use crate::{
    content::faq::rules::{self, CreateFaqInput, DeleteFaqInput, ReorderFaqsInput, UpdateFaqInput},
    graphql::context::ContextExt,
};

#[node("faq_0190a5f0-...", legacy = "The id in the legacy API, a UUID.", name = "FAQ")]
#[ComplexObject]
impl Faq {}

/// Questions, for everybody.
#[derive(Default)]
pub struct FaqQuery;

#[Object]
impl FaqQuery {
    /// Questions that are asked often, in display order. For everybody.
    async fn faqs(&self, ctx: &Context<'_>) -> Result<Vec<Faq>> {
        rules::faqs(ctx.domain()).await
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
        Ok(FaqPayload { faq: rules::create_faq(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Changes a question. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED`.
    async fn update_faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateFaqInput,
    ) -> Result<FaqPayload> {
        Ok(FaqPayload { faq: rules::update_faq(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Takes a question off the site. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`.
    async fn delete_faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question.")] input: DeleteFaqInput,
    ) -> Result<FaqPayload> {
        Ok(FaqPayload { faq: rules::delete_faq(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Shows the questions in another order. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` unless every question is named exactly once.
    async fn reorder_faqs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new order.")] input: ReorderFaqsInput,
    ) -> Result<ReorderFaqsPayload> {
        Ok(ReorderFaqsPayload { faqs: rules::reorder_faqs(ctx.domain(), ctx.viewer(), input).await? })
    }
}
