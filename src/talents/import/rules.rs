//! Taking over what an assessment found.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::{
    input::custom_rules::{DUPLICATE, future},
    prelude::rules::*,
    talents::{
        assessment::{
            self,
            rules::{Assessment, assemble},
        },
        client::{self, row::Status},
        dictionary::rules::{Dictionary, dictionary},
    },
};

gerbang_kernel::custom_rule! {
    /// Each typology has its score.
    SCORES: "Every typology needs exactly one score.", "Setiap tipologi harus memiliki tepat satu skor."
}

/// What an assessment found.
#[rules]
#[derive(Debug, InputObject)]
pub struct ImportAssessmentResultInput {
    /// The client who was assessed: `client_17` or `17`.
    pub client_id: IdOf<client::row::Entity>,
    /// Version of the assessment.
    #[rule(text, max = 20)]
    pub version: String,
    /// When it was made, not in the future.
    #[rule(check = future)]
    pub assessed_at: DateTime<Utc>,
    /// Exactly one score for each typology of the dictionary.
    pub scores: Vec<TypologyScoreInput>,
}

/// What an assessment found about one typology.
#[derive(Debug, InputObject)]
pub struct TypologyScoreInput {
    /// Code of the typology, such as `CMD`.
    pub typology: String,
    /// 0 to 100 with at most one decimal.
    pub score: f64,
}

/// Stores a result, which replaces an older one and makes the client assessed, an archived one too. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is no such client, `VALIDATION_FAILED` unless every typology has exactly one score.
pub async fn import_assessment_result(
    domain: &Domain,
    viewer: &Viewer,
    input: ImportAssessmentResultInput,
) -> Result<(client::row::Model, Assessment)> {
    viewer.require_admin(Realm::TalentsMapping)?;
    let dictionary = dictionary(domain).await?;
    let transaction = domain.db.begin().await?;
    let client = input.client_id.find_for_update(&transaction, viewer).await?;
    let (input, mut found) = input.examine();
    let ImportAssessmentResultInput { client_id: _, version, assessed_at, scores } = input;
    let tenths = check_scores(&dictionary, &scores, &mut found);
    found.finish()?;

    let older = assessment::result_row::Column::ClientId.eq(client.id);
    assessment::result_row::Entity::delete_many().filter(older).exec(&transaction).await?;
    let result = assessment::result_row::ActiveModel {
        client_id: Set(client.id),
        version: Set(version),
        assessed_at: Set(assessed_at),
        ..Default::default()
    };
    let result = result.insert(&transaction).await?;
    let scores = ranked(&dictionary, result.id, &tenths);
    let rows = scores.iter().cloned().map(IntoActiveModel::into_active_model);
    assessment::score_row::Entity::insert_many(rows.map(assessment::score_row::ActiveModel::reset_all))
        .exec(&transaction)
        .await?;
    let mut client = client.into_active_model();
    client.status = Set(Status::Assessed);
    client.assessed_at = Set(Some(assessed_at.into()));
    let client = client.update(&transaction).await?;
    transaction.commit().await?;
    Ok((client, assemble(&dictionary, result, &scores)?))
}

/// The scores in tenths by typology.
fn check_scores<'input>(
    dictionary: &Dictionary,
    scores: &'input [TypologyScoreInput],
    violations: &mut Violations,
) -> HashMap<&'input str, i32> {
    let mut tenths = HashMap::new();
    if scores.len() > dictionary.typologies.len() {
        violations.add("input.scores", SCORES);
        return tenths;
    }
    for (place, TypologyScoreInput { typology, score }) in scores.iter().enumerate() {
        let code = typology.trim();
        if dictionary.typology(code).is_none() {
            violations.add(format!("input.scores.{place}.typology"), Rule::Exists);
        }
        let found = to_tenths(*score).unwrap_or_else(|rule| {
            violations.add(format!("input.scores.{place}.score"), rule);
            0
        });
        if tenths.insert(code, found).is_some() {
            violations.add(format!("input.scores.{place}.typology"), DUPLICATE);
        }
    }
    if tenths.len() != dictionary.typologies.len() {
        violations.add("input.scores", SCORES);
    }
    tenths
}

fn to_tenths(score: f64) -> Result<i32, Rule> {
    match score {
        ..0.0 => Err(Rule::Min(0)),
        0.0..=100.0 => {
            let tenths = Decimal::try_from(score).map_err(|_| Rule::Numeric)? * Decimal::TEN;
            if tenths.is_integer() { i32::try_from(tenths).map_err(|_| Rule::Numeric) } else { Err(Rule::Format) }
        }
        _ => Err(Rule::Max(100)),
    }
}

/// The rows, the highest first; equal scores stand in the dictionary's order.
fn ranked(dictionary: &Dictionary, result_id: i64, tenths: &HashMap<&str, i32>) -> Vec<assessment::score_row::Model> {
    let codes = dictionary.typologies.iter().map(|entry| &entry.typology.code);
    let mut scores: Vec<(&String, i32)> = codes.filter_map(|code| Some((code, *tenths.get(code.as_str())?))).collect();
    scores.sort_by_key(|(_, tenths)| std::cmp::Reverse(*tenths));
    (1..)
        .zip(scores)
        .map(|(rank, (code, score_tenths))| assessment::score_row::Model {
            result_id,
            typology_code: code.clone(),
            score_tenths,
            rank,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_have_one_decimal_at_most() {
        for (score, tenths) in [(0.0, 0), (0.1, 1), (57.3, 573), (99.9, 999), (100.0, 1000)] {
            assert_eq!(to_tenths(score), Ok(tenths), "{score}");
        }
        assert_eq!(to_tenths(12.34), Err(Rule::Format));
        assert_eq!(to_tenths(-0.1), Err(Rule::Min(0)));
        assert_eq!(to_tenths(100.1), Err(Rule::Max(100)));
    }
}
