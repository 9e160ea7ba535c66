//! What templates are given: plain values, of which nothing can become markup.

use bytes::Bytes;
use chrono::{Datelike, NaiveDate};
use gerbang_kernel::{
    error::{Error, Result},
    messages::Language,
};
use serde::Serialize;

use super::subject::Subject;
use crate::talents::{
    assessment::rules::{RatedCluster, RatedTypology},
    client::row::Gender,
};

/// What templates read as `/data.json`; `templates/report/sample.json` is one.
#[derive(Serialize)]
struct Data<'a> {
    language: &'static str,
    person: Person,
    partner: Partner,
    assessment: Assessment,
    typologies: Vec<Typology<'a>>,
    clusters: Vec<Cluster<'a>>,
}

#[derive(Serialize)]
struct Person {
    name: String,
    email: Option<String>,
    phone: Option<String>,
    gender: Option<&'static str>,
    birth_date: Option<NaiveDate>,
    age: Option<i32>,
}

#[derive(Serialize)]
struct Partner {
    name: String,
}

#[derive(Serialize)]
struct Assessment {
    assessed_at: NaiveDate,
    version: String,
    reference: String,
}

#[derive(Serialize)]
struct Typology<'a> {
    code: &'a str,
    name: String,
    cluster: &'a str,
    score: f64,
    rank: i32,
    description: String,
}

#[derive(Serialize)]
struct Cluster<'a> {
    code: &'a str,
    name: String,
    score: f64,
    description: String,
}

impl<'a> Typology<'a> {
    fn of(RatedTypology { entry, score, rank }: &'a RatedTypology, language: Language) -> Self {
        Self {
            code: &entry.typology.code,
            name: printable(&entry.typology.name),
            cluster: &entry.cluster.code,
            score: score.to_f64(),
            rank: *rank,
            description: in_words(language, &entry.typology.description_id, &entry.typology.description_en),
        }
    }
}

impl<'a> Cluster<'a> {
    fn of(RatedCluster { cluster, score }: &'a RatedCluster, language: Language) -> Self {
        Self {
            code: &cluster.code,
            name: printable(&cluster.name),
            score: score.to_f64(),
            description: in_words(language, &cluster.description_id, &cluster.description_en),
        }
    }
}

fn in_words(language: Language, indonesian: &str, english: &str) -> String {
    printable(match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    })
}

/// The data of a document. The same result gives the same bytes.
pub(crate) fn of(subject: Subject<'_>, language: Language) -> Result<Bytes> {
    let Subject { client, partner, assessment } = subject;
    let assessed_on = assessment.result.assessed_at.date_naive();
    let data = Data {
        language: match language {
            Language::Indonesian => "id",
            Language::English => "en",
        },
        person: Person {
            name: printable(&client.name),
            email: Some(printable(&client.email)),
            phone: client.phone.as_deref().map(printable),
            gender: client.gender.map(|gender| match gender {
                Gender::Male => "male",
                Gender::Female => "female",
            }),
            birth_date: client.birth_date.map(Into::into),
            age: client.birth_date.and_then(|born| age(born.into(), assessed_on)),
        },
        partner: Partner { name: printable(&partner.name) },
        assessment: Assessment {
            assessed_at: assessed_on,
            version: printable(&assessment.result.version),
            reference: format!("TM-{:06}", assessment.result.id),
        },
        typologies: assessment.typologies.iter().map(|rated| Typology::of(rated, language)).collect(),
        clusters: assessment.clusters.iter().map(|rated| Cluster::of(rated, language)).collect(),
    };
    Ok(serde_json::to_vec(&data).map_err(Error::internal)?.into())
}

/// Whole years on a day, if that day is not before the birth.
fn age(born: NaiveDate, day: NaiveDate) -> Option<i32> {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    let years = day.year() - born.year() - i32::from(!had_birthday);
    (years >= 0).then_some(years)
}

/// Without control characters and without those that turn the direction of what stands around them.
fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    let text = text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c });
    text.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_years() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(age(day("1994-04-21"), day("2026-02-01")), Some(31));
        assert_eq!(age(day("1994-02-01"), day("2026-02-01")), Some(32));
        assert_eq!(age(day("2004-02-29"), day("2026-02-28")), Some(21));
        assert_eq!(age(day("2026-02-02"), day("2026-02-01")), None);
    }

    #[test]
    fn names_keep_their_letters_and_lose_invisible_characters() {
        assert_eq!(printable(" #import \"x\" *_$\\ "), "#import \"x\" *_$\\");
        assert_eq!(printable("Éva\u{202E}\tO\u{0}ng 李"), "Éva O ng 李");
    }
}
