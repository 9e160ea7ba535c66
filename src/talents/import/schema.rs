//! Taking over what an assessment found.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    talents::{
        assessment::schema::AssessmentResult,
        client::schema::{Client, key},
        import::rules,
    },
};

/// What an assessment found.
#[derive(Debug, InputObject)]
pub struct ImportAssessmentResultInput {
    /// The client who was assessed: `client_17` or `17`.
    client_id: ID,
    /// Version of the assessment, at most 20 characters.
    version: String,
    /// When it was made, not in the future.
    assessed_at: DateTime<Utc>,
    /// Exactly one score for each typology of the dictionary.
    scores: Vec<TypologyScoreInput>,
}

/// What an assessment found about one typology.
#[derive(Debug, InputObject)]
pub struct TypologyScoreInput {
    /// Code of the typology, such as `CMD`.
    typology: String,
    /// 0 to 100 with at most one decimal.
    score: f64,
}

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
        let ImportAssessmentResultInput { client_id, version, assessed_at, scores } = input;
        let score = |TypologyScoreInput { typology, score }| rules::ImportScore { typology, score };
        let scores = scores.into_iter().map(score).collect();
        let input = rules::ImportAssessment { version, assessed_at, scores };
        let (client, result) =
            rules::import_assessment_result(ctx.domain(), ctx.viewer(), key(&client_id)?, input).await?;
        let assessment_result = AssessmentResult(Arc::new(result));
        Ok(ImportAssessmentResultPayload { client: client.into(), assessment_result })
    }
}
