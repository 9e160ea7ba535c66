//! Taking over what an assessment found.

use std::sync::Arc;

use crate::{
    prelude::schema::*,
    talents::{
        assessment::schema::AssessmentResult,
        client::schema::Client,
        import::rules::{self, ImportAssessmentResultInput},
    },
};

/// What was stored.
#[derive(SimpleObject)]
pub struct ImportAssessmentResultPayload {
    /// The client, now `ASSESSED`.
    client: Client,
    /// The result, with the ranks that follow from the scores.
    assessment_result: AssessmentResult,
}

/// Taking over results, for admins of talents mapping.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Stores the result of an assessment, which replaces an older one and makes the client `ASSESSED`. For admins.
    /// Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn import_assessment_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The result.")] input: ImportAssessmentResultInput,
    ) -> Result<ImportAssessmentResultPayload> {
        let (client, result) = Box::pin(rules::import_assessment_result(ctx.domain(), ctx.viewer(), input)).await?;
        Ok(ImportAssessmentResultPayload { client, assessment_result: AssessmentResult(Arc::new(result)) })
    }
}
