//! What people say about the scholarship.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, Upload};
use gerbang_kernel::error::{Error, Result};
use sea_orm::prelude::TextUuid;

use crate::{
    content::testimonial::{row::Model, rules},
    graphql::{
        context::ContextExt,
        id::{Node, node, parse_id},
    },
};

pub use super::row::Model as Testimonial;

#[node("testimonial_0190a5f0-...", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Testimonial {}

/// Testimonials, for everybody.
#[derive(Default)]
pub struct TestimonialQuery;

#[Object]
impl TestimonialQuery {
    /// What people say about the scholarship, in display order. For everybody.
    async fn testimonials(&self, ctx: &Context<'_>) -> Result<Vec<Testimonial>> {
        Ok(rules::testimonials(ctx.domain()).await?)
    }
}

/// A new testimonial.
#[derive(InputObject)]
pub struct CreateTestimonialInput {
    /// Who says it, at most 255 characters.
    name: String,
    /// What they say, at most 5,000 characters.
    content: String,
    /// Their photo: JPEG or PNG, at most 5 MB (5,242,880 bytes).
    photo: Upload,
}

/// What changes of a testimonial; what is absent stays as it is.
#[derive(InputObject)]
pub struct UpdateTestimonialInput {
    /// The testimonial: `testimonial_0190a5f0-...` or the UUID alone.
    id: ID,
    /// Who says it, at most 255 characters.
    name: Option<String>,
    /// What they say, at most 5,000 characters.
    content: Option<String>,
    /// Their photo: JPEG or PNG, at most 5 MB (5,242,880 bytes). It takes the place of the old one.
    photo: Option<Upload>,
}

/// Which testimonial is removed.
#[derive(Debug, InputObject)]
pub struct DeleteTestimonialInput {
    /// The testimonial: `testimonial_0190a5f0-...` or the UUID alone.
    id: ID,
}

/// A new display order.
#[derive(Debug, InputObject)]
pub struct ReorderTestimonialsInput {
    /// Every testimonial exactly once, the first to be shown first.
    ids: Vec<ID>,
}

/// The testimonial after the change.
#[derive(SimpleObject)]
pub struct TestimonialPayload {
    /// The testimonial; after a deletion, as it was.
    testimonial: Testimonial,
}

/// The testimonials after the change.
#[derive(SimpleObject)]
pub struct ReorderTestimonialsPayload {
    /// All testimonials, in display order.
    testimonials: Vec<Testimonial>,
}

impl From<Model> for TestimonialPayload {
    fn from(row: Model) -> Self {
        Self { testimonial: row.into() }
    }
}

fn key(id: &ID) -> Result<TextUuid> {
    parse_id(<Testimonial as Node>::KIND, id).ok_or_else(|| Error::not_found("Testimonial"))
}

/// Changes to testimonials, for admins of the scholarship.
#[derive(Default)]
pub struct TestimonialMutation;

#[Object]
impl TestimonialMutation {
    /// Publishes a testimonial, behind the others. For admins of the scholarship. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn create_testimonial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new testimonial.")] input: CreateTestimonialInput,
    ) -> Result<TestimonialPayload> {
        let CreateTestimonialInput { name, content, photo } = input;
        let photo = photo.value(ctx)?.content;
        let input = rules::CreateTestimonial { name, content, photo };
        Ok(rules::create_testimonial(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Changes a testimonial. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED`.
    async fn update_testimonial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateTestimonialInput,
    ) -> Result<TestimonialPayload> {
        let UpdateTestimonialInput { id, name, content, photo } = input;
        let photo = photo.map(|photo| photo.value(ctx)).transpose()?.map(|photo| photo.content);
        let changes = rules::UpdateTestimonial { name, content, photo };
        Ok(rules::update_testimonial(ctx.domain(), ctx.viewer(), key(&id)?, changes).await?.into())
    }

    /// Takes a testimonial off the site, with its photo. For admins of the scholarship. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`, `NOT_FOUND`.
    async fn delete_testimonial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The testimonial.")] input: DeleteTestimonialInput,
    ) -> Result<TestimonialPayload> {
        Ok(rules::delete_testimonial(ctx.domain(), ctx.viewer(), key(&input.id)?).await?.into())
    }

    /// Shows the testimonials in another order. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` unless every testimonial is named exactly once.
    async fn reorder_testimonials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new order.")] input: ReorderTestimonialsInput,
    ) -> Result<ReorderTestimonialsPayload> {
        // One that is no id names no testimonial, so that the whole order is refused.
        let ids: Option<Vec<TextUuid>> = input.ids.iter().map(|id| parse_id(<Testimonial as Node>::KIND, id)).collect();
        let rows = rules::reorder_testimonials(ctx.domain(), ctx.viewer(), &ids.unwrap_or_default()).await?;
        Ok(ReorderTestimonialsPayload { testimonials: rows })
    }
}
