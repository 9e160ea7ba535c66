//! The dictionary that explains assessment results.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    talents::dictionary::{
        self,
        rules::{self as rules, Dictionary, Entry},
    },
};

/// A language of the dictionary's descriptions.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum Language {
    /// Indonesian.
    Id,
    /// English.
    #[default]
    En,
}

/// A group of typologies.
#[derive(Clone, Debug)]
pub struct Cluster(pub(crate) Arc<dictionary::cluster_row::Model>);

/// A group of typologies.
#[Object]
impl Cluster {
    /// Short code, such as `HM`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Proper name, the same in every language.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it stands for, in one sentence.
    async fn description(
        &self,
        #[graphql(desc = "The language of the sentence; `EN` by default.")] language: Option<Language>,
    ) -> &str {
        match language.unwrap_or_default() {
            Language::Id => &self.0.description_id,
            Language::En => &self.0.description_en,
        }
    }
}

/// A talent that an assessment measures.
#[derive(Clone, Debug)]
pub struct Typology(Arc<Entry>);

/// A talent that an assessment measures.
#[Object]
impl Typology {
    /// Short code, such as `CMD`.
    async fn code(&self) -> &str {
        &self.0.typology.code
    }

    /// Proper name, the same in every language.
    async fn name(&self) -> &str {
        &self.0.typology.name
    }

    /// The group it belongs to.
    async fn cluster(&self) -> Cluster {
        Cluster(Arc::clone(&self.0.cluster))
    }

    /// What it stands for, in one sentence.
    async fn description(
        &self,
        #[graphql(desc = "The language of the sentence; `EN` by default.")] language: Option<Language>,
    ) -> &str {
        match language.unwrap_or_default() {
            Language::Id => &self.0.typology.description_id,
            Language::En => &self.0.typology.description_en,
        }
    }
}

/// What assessments measure, and how that is grouped.
pub struct AssessmentDictionary(Dictionary);

/// What assessments measure, and how that is grouped.
#[Object]
impl AssessmentDictionary {
    /// All typologies, cluster by cluster.
    async fn typologies(&self) -> Vec<Typology> {
        self.0.typologies.iter().map(|entry| Typology(Arc::clone(entry))).collect()
    }

    /// All clusters.
    async fn clusters(&self) -> Vec<Cluster> {
        self.0.clusters.iter().map(|cluster| Cluster(Arc::clone(cluster))).collect()
    }
}

/// The dictionary, for everybody.
#[derive(Default)]
pub struct DictionaryQuery;

#[Object]
impl DictionaryQuery {
    /// What assessments measure, and how that is grouped. For everybody.
    async fn assessment_dictionary(&self, ctx: &Context<'_>) -> Result<AssessmentDictionary> {
        rules::dictionary(ctx.domain()).await.map(AssessmentDictionary)
    }
}
