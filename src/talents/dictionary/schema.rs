//! The dictionary that explains assessment results.

use std::sync::Arc;

pub use super::{cluster_row::Model as Cluster, rules::Entry as Typology};
use crate::{
    prelude::schema::*,
    talents::dictionary::rules::{self, Dictionary},
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

impl Language {
    const fn of<'text>(self, indonesian: &'text str, english: &'text str) -> &'text str {
        match self {
            Self::Id => indonesian,
            Self::En => english,
        }
    }
}

#[ComplexObject]
impl Cluster {
    /// What it stands for, in one sentence.
    async fn description(
        &self,
        #[graphql(desc = "The language of the sentence.", default_with = "Some(Language::default())")] language: Option<
            Language,
        >,
    ) -> &str {
        language.unwrap_or_default().of(&self.description_id, &self.description_en)
    }
}

#[ComplexObject]
impl Typology {
    /// Short code, such as `CMD`.
    async fn code(&self) -> &str {
        &self.typology.code
    }

    /// Proper name, the same in every language.
    async fn name(&self) -> &str {
        &self.typology.name
    }

    /// What it stands for, in one sentence.
    async fn description(
        &self,
        #[graphql(desc = "The language of the sentence.", default_with = "Some(Language::default())")] language: Option<
            Language,
        >,
    ) -> &str {
        language.unwrap_or_default().of(&self.typology.description_id, &self.typology.description_en)
    }
}

/// The dictionary, for everybody.
#[derive(Default)]
pub struct DictionaryQuery;

#[Object]
impl DictionaryQuery {
    /// What assessments measure, and how that is grouped. For everybody.
    async fn assessment_dictionary(&self, ctx: &Context<'_>) -> Result<Arc<Dictionary>> {
        rules::dictionary(ctx.domain()).await
    }
}
