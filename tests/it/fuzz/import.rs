//! Results of assessments that are taken over.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    Target,
    inputs::{reshaped, text},
    request::Sent,
};

const IMPORT: &str = include_str!("import.graphql");

#[test]
fn any_result_is_answered() {
    let target = Target::new();
    let ask = |query: &str, variables: Value, token: Option<String>| {
        let body = json!({ "query": query, "variables": variables }).to_string();
        Sent::new("POST", "/graphql").token(token).body("application/json", body)
    };
    let dictionary = ask("{ assessmentDictionary { typologies { code } } }", json!({}), None);
    let dictionary = target.runtime.block_on(target.answer(&dictionary)).unwrap();
    let typologies = dictionary.body["data"]["assessmentDictionary"]["typologies"].as_array().unwrap();
    let codes: Vec<_> = typologies.iter().map(|typology| typology["code"].as_str().unwrap().to_owned()).collect();
    let score = prop_oneof![
        12 => (0..=1_000_i32).prop_map(|tenths| json!(f64::from(tenths) / 10.0)),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![json!(-0.0), json!(1e-300), json!(99.95), json!(100.000_000_01), json!(100), json!(0.1 + 0.2)]),
    ];
    let exact = vec((0..=1_000_i32).prop_map(|tenths| json!(f64::from(tenths) / 10.0)), codes.len());
    let scores = prop_oneof![1 => exact, 2 => vec(score, codes.len())];
    let time = prop_oneof![
        6 => Just("2026-02-01T10:00:00Z".to_owned()),
        1 => text(),
        1 => select(vec!["-262143-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1500-01-01T00:00:00+23:59", "2026-02-01T23:59:60Z"])
            .prop_map(str::to_owned),
    ];
    let version = prop_oneof![6 => Just("2.1".to_owned()), 1 => text()];
    let inputs = (scores, time, version, 0..4_i64).prop_flat_map(move |(scores, time, version, client)| {
        let scores: Vec<_> =
            codes.iter().zip(scores).map(|(code, score)| json!({ "typology": code, "score": score })).collect();
        let input = json!({ "clientId": client.to_string(), "version": version, "assessedAt": time, "scores": scores });
        prop_oneof![2 => Just(input.clone()), 1 => reshaped(input)]
    });
    let tokens = target.tokens["talentsmapping"].clone();
    let requests = (inputs, prop_oneof![9 => Just(tokens.first().cloned()), 1 => select(tokens).prop_map(Some)]);
    let taken = std::cell::Cell::new(0);
    let requests = requests.prop_map(|(input, token)| ask(IMPORT, json!({ "input": input }), token));
    target.fuzz_and_check(300, requests, |_, reply| {
        taken.set(taken.get() + u32::from(reply.body["data"]["importAssessmentResult"].is_object()));
        Ok(())
    });
    assert!(taken.get() > 0, "nothing was taken over");
}
