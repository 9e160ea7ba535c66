//! What people say about the scholarship.

use std::sync::Arc;

use gerbang_platform::query::page::held::page_of;

pub use super::row::Model as Testimonial;
use crate::{
    content::testimonial::rules::{
        self, CreateTestimonialInput, DeleteTestimonialInput, ReorderTestimonialsInput, UpdateTestimonialInput,
    },
    prelude::schema::*,
};

#[node("testimonial_0190a5f0-...", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Testimonial {}

/// Testimonials, for everybody.
#[derive(Default)]
pub struct TestimonialQuery;

#[lists]
#[Object]
impl TestimonialQuery {
    /// What people say about the scholarship, in display order. For everybody.
    #[graphql(deprecation = "Use `testimonialsConnection`, which gives them page by page.")]
    async fn testimonials(&self, ctx: &Context<'_>) -> Result<Arc<Vec<Testimonial>>> {
        rules::testimonials(ctx.domain()).await
    }

    /// What people say about the scholarship, in display order, page by page. For everybody. Errors: `VALIDATION_FAILED`.
    async fn testimonials_connection(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<Testimonial>> {
        let place = |testimonial: &Testimonial| (testimonial.position, testimonial.id.to_string());
        Ok(page_of(rules::testimonials(ctx.domain()).await?, place, &list.request)?.into())
    }
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

mutations! {
    /// Changes to testimonials, for admins of the scholarship.
    TestimonialMutation;

    /// Takes a testimonial off the site, with its photo. For admins of the scholarship. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`, `NOT_FOUND`.
    delete_testimonial("The testimonial.": DeleteTestimonialInput) -> TestimonialPayload { testimonial };

    /// Shows the testimonials in another order. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` unless every testimonial is named exactly once.
    reorder_testimonials("The new order.": ReorderTestimonialsInput) -> ReorderTestimonialsPayload { testimonials };

    @also {
        /// Publishes a testimonial, behind the others. For admins of the scholarship. Errors: `UNAUTHENTICATED`,
        /// `FORBIDDEN`, `VALIDATION_FAILED`.
        async fn create_testimonial(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The new testimonial.")] input: CreateTestimonialInput,
        ) -> Result<TestimonialPayload> {
            let photo = input.photo.value(ctx)?.content;
            let testimonial = rules::create_testimonial(ctx.domain(), ctx.viewer(), input, photo).await?;
            Ok(TestimonialPayload { testimonial })
        }

        /// Changes a testimonial. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
        /// `VALIDATION_FAILED`.
        async fn update_testimonial(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The changes.")] input: UpdateTestimonialInput,
        ) -> Result<TestimonialPayload> {
            let photo = input.photo.map(|photo| photo.value(ctx)).transpose()?.map(|photo| photo.content);
            let testimonial = rules::update_testimonial(ctx.domain(), ctx.viewer(), input, photo).await?;
            Ok(TestimonialPayload { testimonial })
        }
    }
}
