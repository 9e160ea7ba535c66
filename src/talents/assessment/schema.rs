//! Results of assessments.

use std::{any::Any, collections::HashMap, sync::Arc};

use gerbang_graphql::{fields::fields, id::Node, links::Linked, rows::Rows, timestamp::Timestamp};
use gerbang_platform::query::by_position::ColumnSet;

use crate::{
    prelude::schema::*,
    talents::{
        assessment::{
            result_row,
            rules::{Assessment, RatedCluster, RatedTypology, assessments_of},
        },
        client::{self, schema::Client},
        dictionary::schema::{Cluster, Language},
        result_report::schema::{AssessmentMap, AssessmentReport, MapKind, ReportVersion},
    },
};

/// What the assessment of a client found.
#[derive(Clone, Debug)]
pub struct AssessmentResult(pub(crate) Arc<Assessment>);

/// By the client, with scores where something is selected that needs them.
impl Linked for AssessmentResult {
    type Key = i64;

    async fn find(ctx: &Context<'_>, clients: Vec<i64>) -> Result<HashMap<Self::Key, Self>> {
        let (scores, columns) = Self::selected(ctx);
        let found = assessments_of(ctx.domain(), ctx.viewer(), &clients, scores, columns).await?;
        Ok(found.into_iter().map(|(client, assessment)| (client, Self(assessment))).collect())
    }

    fn beside(ctx: &Context<'_>) -> Option<Box<dyn Any + Send>> {
        let (scores, columns) = Self::selected(ctx);
        let of_row = |result| Self(Assessment::without_scores(result));
        let client = result_row::Column::ClientId;
        (!scores).then(|| ctx.joined::<Self, result_row::Entity>(client, columns, of_row))
    }
}

impl AssessmentResult {
    /// Whether something is selected that needs its scores, and what of its row is needed.
    fn selected(ctx: &Context<'_>) -> (bool, ColumnSet) {
        let selected = ctx.look_ahead();
        let scores = ["typologies", "clusters", "report", "map"].iter().any(|field| selected.field(field).exists());
        (scores, ctx.columns_within::<Self, result_row::Model>("0.result"))
    }
}

impl Node for AssessmentResult {
    const KIND: &'static str = "assessmentResult";
    const NAME: &'static str = "Assessment result";
}

/// What the assessment of a client found.
#[fields]
#[Object]
impl AssessmentResult {
    /// The global id, such as `assessmentResult_12`.
    pub async fn id(&self) -> GlobalId {
        global_id::<Self>(&self.0.result.id)
    }

    /// Who was assessed.
    async fn client(&self, ctx: &Context<'_>) -> Result<Row<Client>> {
        ctx.referred::<client::row::Entity>(self.0.result.client_id).await
    }

    /// Version of the assessment, such as `2.1`.
    async fn version(&self) -> &str {
        &self.0.result.version
    }

    /// When the assessment was made, UTC.
    async fn assessed_at(&self) -> Timestamp {
        self.0.result.assessed_at.into()
    }

    /// The score of each typology, the highest first.
    async fn typologies(&self) -> Rows<&[RatedTypology]> {
        Rows(&self.0.typologies)
    }

    /// The score of each cluster, in the dictionary's order.
    async fn clusters(&self) -> Rows<&[RatedCluster]> {
        Rows(&self.0.clusters)
    }

    /// The report on it as a PDF file.
    async fn report(
        &self,
        #[graphql(desc = "How much it tells.", default_with = "Some(ReportVersion::default())")] version: Option<
            ReportVersion,
        >,
        #[graphql(desc = "The language it is written in.", default_with = "Some(Language::Id)")] language: Option<
            Language,
        >,
    ) -> AssessmentReport {
        AssessmentReport::new(self, version, language)
    }

    /// A picture of it.
    async fn map(
        &self,
        #[graphql(desc = "What the picture shows.")] kind: MapKind,
        #[graphql(desc = "The language of its words.", default_with = "Some(Language::Id)")] language: Option<Language>,
    ) -> AssessmentMap {
        AssessmentMap::new(self, kind, language)
    }

    /// When it was imported, UTC.
    async fn created_at(&self) -> Timestamp {
        self.0.result.created_at.into()
    }

    /// When it was last changed, UTC.
    async fn updated_at(&self) -> Timestamp {
        self.0.result.updated_at.into()
    }
}

/// How strong one talent of a client is.
#[fields]
#[Object(name = "TypologyScore")]
impl RatedTypology {
    /// Short code of the typology, such as `CMD`.
    async fn code(&self) -> &str {
        &self.entry.typology.code
    }

    /// Proper name of the typology.
    async fn name(&self) -> &str {
        &self.entry.typology.name
    }

    /// The group that the typology belongs to.
    async fn cluster(&self) -> &Cluster {
        &self.entry.cluster
    }

    /// 0 to 100, with one decimal.
    async fn score(&self) -> f64 {
        self.score.to_f64()
    }

    /// Place among all typologies of the result: 1 is the highest score, equal scores in the dictionary's order.
    async fn rank(&self) -> i32 {
        self.rank
    }
}

/// How strong a group of talents is.
#[fields]
#[Object(name = "ClusterScore")]
impl RatedCluster {
    /// Short code of the cluster, such as `HM`.
    async fn code(&self) -> &str {
        &self.cluster.code
    }

    /// Proper name of the cluster.
    async fn name(&self) -> &str {
        &self.cluster.name
    }

    /// The mean of its typologies' scores: 0 to 100, rounded to one decimal.
    async fn score(&self) -> f64 {
        self.score.to_f64()
    }
}
