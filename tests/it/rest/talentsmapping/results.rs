//! Chapters 2.3 and 2.4: results as data, and the dictionary that explains them.

use serde_json::{Value, json};

use super::{Office, VOCABULARY, dewi};
use crate::support::legacy::STRING;

/// All typologies of the vocabulary with their clusters' codes, in order.
fn typologies() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    VOCABULARY
        .iter()
        .flat_map(|(cluster, _, typologies)| typologies.iter().map(|(code, name)| (*code, *name, *cluster)))
}

#[tokio::test]
async fn a_result_has_every_typology_by_rank_and_every_cluster() {
    let office = Office::new().await;
    let score = |rank: i32| f64::from(1_001 - 33 * rank) / 10.0;
    let typologies: Vec<Value> = (1..)
        .zip(typologies())
        .map(|(rank, (code, name, cluster))| {
            json!({ "code": code, "name": name, "cluster": cluster, "score": score(rank), "rank": rank })
        })
        .collect();
    assert_eq!(
        (&typologies[0], &typologies[29]),
        (
            &json!({ "code": "CMD", "name": "Commander", "cluster": "HM", "score": 96.8, "rank": 1 }),
            &json!({ "code": "RES", "name": "Restorer", "cluster": "TE", "score": 1.1, "rank": 30 })
        )
    );
    // The mean of each cluster's typologies.
    let clusters = json!([
        { "code": "HM", "name": "Headman", "score": 93.5 },
        { "code": "NW", "name": "Networking", "score": 77.0 },
        { "code": "SV", "name": "Servicing", "score": 60.5 },
        { "code": "GI", "name": "Generating Idea", "score": 49.0 },
        { "code": "TH", "name": "Thinking", "score": 35.8 },
        { "code": "RE", "name": "Reasoning", "score": 22.6 },
        { "code": "EL", "name": "Elementary", "score": 12.7 },
        { "code": "TE", "name": "Technical", "score": 4.4 }
    ]);
    let answer = office.get("/clients/1/raw").token(&office.partner().await).send().await;
    answer.is(
        200,
        json!({
            "data": {
                "client": dewi(),
                "typologies": typologies,
                "clusters": clusters,
                "assessed_at": "2025-08-17T08:05:00.000000Z",
                "version": "2.1"
            }
        }),
    );
}

#[tokio::test]
async fn a_client_without_a_result_answers_404() {
    let office = Office::new().await;
    let answer = office.get("/clients/2/raw").token(&office.partner().await).send().await;
    answer.says(404, "Assessment result not found.");
}

#[tokio::test]
async fn the_dictionary_explains_all_typologies_and_clusters() {
    let office = Office::new().await;
    let typology =
        |(code, name, cluster)| json!({ "code": code, "name": name, "cluster": cluster, "description": STRING });
    let cluster = |(code, name, _): &(&str, &str, _)| json!({ "code": code, "name": name, "description": STRING });
    let answer = office.get("/dictionaries/assessment-result").token(&office.partner().await).send().await;
    answer.is(
        200,
        json!({
            "data": {
                "typologies": typologies().map(typology).collect::<Vec<_>>(),
                "clusters": VOCABULARY.iter().map(cluster).collect::<Vec<_>>()
            }
        }),
    );
}

#[tokio::test]
async fn an_unchanged_dictionary_answers_304() {
    let office = Office::new().await;
    let token = office.partner().await;
    let get = || office.get("/dictionaries/assessment-result").token(&token);
    let first = get().send().await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.len() > 2, "{etag}");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let answer = get().header("if-none-match", &known).send().await;
        answer.is_empty(304);
        assert_eq!((answer.header("etag"), answer.header("cache-control")), (etag.as_str(), "private, no-cache"));
    }
    assert_eq!(get().header("if-none-match", "\"other\"").send().await.body, first.body);
    // Whoever has a copy must still log in.
    let anonymous = office.get("/dictionaries/assessment-result").header("if-none-match", &etag);
    anonymous.send().await.says(401, "Unauthenticated.");
}
