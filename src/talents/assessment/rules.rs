//! Results of assessments.

use std::{collections::HashMap, sync::Arc};

use gerbang_platform::query::{
    batch::{all_by_key, columns_by_key},
    by_position::ColumnSet,
};
use sea_orm::Select;

use crate::{
    prelude::rules::*,
    talents::{
        assessment,
        dictionary::{
            self,
            rules::{Dictionary, Entry, dictionary},
        },
    },
};

/// A score of 0 to 100 with one decimal, exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(i32);

impl Score {
    /// So many tenths.
    pub const fn from_tenths(tenths: i32) -> Self {
        Self(tenths)
    }

    /// The mean, rounded half up; nothing has none.
    pub fn mean(scores: &[Self]) -> Option<Self> {
        let count = i32::try_from(scores.len()).ok().filter(|count| *count > 0)?;
        let sum: i32 = scores.iter().map(|score| score.0).sum();
        Some(Self((2 * sum + count) / (2 * count)))
    }

    /// The number as people write it.
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

/// A result with its scores.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The result itself.
    pub result: assessment::result_row::Model,
    /// What was measured, the highest first.
    pub typologies: Vec<RatedTypology>,
    /// The means, in the dictionary's order.
    pub clusters: Vec<RatedCluster>,
}

impl Assessment {
    /// A result for who does not ask for its scores.
    pub(crate) fn without_scores(result: assessment::result_row::Model) -> Arc<Self> {
        Arc::new(Self { result, typologies: Vec::new(), clusters: Vec::new() })
    }
}

/// The score of one typology.
#[derive(Clone, Debug)]
pub struct RatedTypology {
    /// What was measured.
    pub entry: Arc<Entry>,
    /// What was found.
    pub score: Score,
    /// Place among the typologies of the result; 1 is the highest.
    pub rank: i32,
}

/// The score of one cluster: the mean of its typologies'.
#[derive(Clone, Debug)]
pub struct RatedCluster {
    /// What the typologies are grouped in.
    pub cluster: Arc<dictionary::cluster_row::Model>,
    /// The mean.
    pub score: Score,
}

/// The results of these clients, as far as the viewer may see them, these columns of them at least, with their scores or
/// without any. One statement, and three more for the scores, however many there are.
pub async fn assessments_of(
    domain: &Domain,
    viewer: &Viewer,
    clients: &[i64],
    scores: bool,
    columns: ColumnSet,
) -> Result<HashMap<i64, Arc<Assessment>>> {
    let results = assessment::result_row::Entity::visible_to(viewer);
    let scores = scores.then(|| assessment::score_row::Entity::visible_to(viewer));
    read(domain, results, scores, clients, columns).await
}

/// The result of this client, for whoever holds a signed link to it.
pub(crate) async fn linked_assessment_of(domain: &Domain, client: i64) -> Result<Option<Arc<Assessment>>> {
    let (results, scores) = (assessment::result_row::Entity::linked(), assessment::score_row::Entity::linked());
    Ok(read(domain, results, Some(scores), &[client], ColumnSet::ALL).await?.remove(&client))
}

async fn read(
    domain: &Domain,
    results: Select<assessment::result_row::Entity>,
    scores: Option<Select<assessment::score_row::Entity>>,
    clients: &[i64],
    columns: ColumnSet,
) -> Result<HashMap<i64, Arc<Assessment>>> {
    let db = domain.db.read();
    // Scores are found by the result.
    let columns = columns.and(ColumnSet::of::<assessment::result_row::Model>(["id"]));
    let results = columns_by_key(db, results, assessment::result_row::Column::ClientId, clients, columns).await?;
    if results.is_empty() {
        return Ok(HashMap::new());
    }
    let Some(scores) = scores else {
        return Ok(results.into_iter().map(|(client, row)| (client, Assessment::without_scores(row))).collect());
    };
    let ids: Vec<i64> = results.values().map(|result| result.id).collect();
    let mut scores = all_by_key(db, scores, assessment::score_row::Column::ResultId, &ids).await?;
    let dictionary = dictionary(domain).await?;
    results
        .into_iter()
        .map(|(client, result)| {
            let scores = scores.remove(&result.id).unwrap_or_default();
            Ok((client, Arc::new(assemble(&dictionary, result, &scores)?)))
        })
        .collect()
}

/// Reads a result with its scores in the words of the dictionary.
pub(crate) fn assemble(
    dictionary: &Dictionary,
    result: assessment::result_row::Model,
    scores: &[assessment::score_row::Model],
) -> Result<Assessment> {
    let typologies = scores.iter().map(|row| {
        let entry = dictionary.typology(&row.typology_code).ok_or_else(|| Error::unavailable(1))?;
        Ok(RatedTypology { entry: Arc::clone(entry), score: Score::from_tenths(row.score_tenths), rank: row.rank })
    });
    let mut typologies = typologies.collect::<Result<Vec<_>>>()?;
    typologies.sort_unstable_by_key(|typology| typology.rank);
    let clusters = dictionary.clusters.iter().filter_map(|cluster| {
        let scores: Vec<Score> = typologies
            .iter()
            .filter(|typology| typology.entry.cluster.code == cluster.code)
            .map(|typology| typology.score)
            .collect();
        Some(RatedCluster { cluster: Arc::clone(cluster), score: Score::mean(&scores)? })
    });
    let clusters = clusters.collect();
    Ok(Assessment { result, typologies, clusters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_rounded_half_up() {
        let mean = |tenths: &[i32]| Score::mean(&tenths.iter().copied().map(Score).collect::<Vec<_>>());
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[805]), Some(Score(805)));
        assert_eq!(mean(&[800, 801]), Some(Score(801)));
        assert_eq!(mean(&[800, 800, 801]), Some(Score(800)));
        assert_eq!(mean(&[1000, 0, 0]).map(Score::to_f64), Some(33.3));
    }
}
