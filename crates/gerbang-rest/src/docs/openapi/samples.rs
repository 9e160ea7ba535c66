//! The schema of values that were seen, for what is data in a dialect: its answers to failures and its page data.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

/// The schema of these samples of one value. What is the same in all of them is constant; objects without a common
/// member are maps.
pub(super) fn schema_of(samples: &[Json]) -> Json {
    if let [first, rest @ ..] = samples
        && rest.iter().all(|other| other == first)
        && !first.is_array()
        && !first.is_object()
    {
        return match first {
            Json::Null => json!({ "type": "null" }),
            first => json!({ "type": kind(first), "const": first }),
        };
    }
    let mut kinds: Vec<&str> = Vec::new();
    for kind in samples.iter().map(kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.contains(&"number") {
        kinds.retain(|kind| *kind != "integer");
    }
    // Null last, as one reads it.
    kinds.sort_by_key(|kind| *kind == "null");
    let mut schema = Map::new();
    let types = if let [only] = kinds.as_slice() { json!(only) } else { json!(kinds) };
    schema.insert("type".to_owned(), types);
    let items: Vec<Json> = samples.iter().filter_map(Json::as_array).flatten().cloned().collect();
    if !items.is_empty() {
        schema.insert("items".to_owned(), schema_of(&items));
    }
    let objects: Vec<&Map<String, Json>> = samples.iter().filter_map(Json::as_object).collect();
    if !objects.is_empty() {
        members(&objects, &mut schema);
    }
    Json::Object(schema)
}

fn members(objects: &[&Map<String, Json>], schema: &mut Map<String, Json>) {
    let mut values: IndexMap<&str, Vec<Json>> = IndexMap::new();
    for (key, value) in objects.iter().copied().flatten() {
        values.entry(key).or_default().push(value.clone());
    }
    let required: Vec<&str> =
        values.iter().filter(|(_, seen)| seen.len() == objects.len()).map(|(key, _)| *key).collect();
    if required.is_empty() && !values.is_empty() {
        let all: Vec<Json> = values.into_values().flatten().collect();
        schema.insert("additionalProperties".to_owned(), schema_of(&all));
        return;
    }
    let properties: Map<String, Json> = values.iter().map(|(key, seen)| ((*key).to_owned(), schema_of(seen))).collect();
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("required".to_owned(), json!(required));
    schema.insert("additionalProperties".to_owned(), false.into());
}

/// What a schema calls a value's type.
pub(super) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_samples_are_a_constant() {
        let samples = [json!({ "message": "No.", "wait": 7 }), json!({ "message": "No.", "wait": 60 })];
        let expected = json!({
            "type": "object",
            "properties": { "message": { "type": "string", "const": "No." }, "wait": { "type": "integer" } },
            "required": ["message", "wait"],
            "additionalProperties": false,
        });
        assert_eq!(schema_of(&samples), expected);
    }

    #[test]
    fn objects_without_a_common_member_are_maps() {
        let samples = [json!({ "email": ["a"] }), json!({ "name": ["b", "c"] })];
        let texts = json!({ "type": "array", "items": { "type": "string" } });
        assert_eq!(schema_of(&samples), json!({ "type": "object", "additionalProperties": texts }));
    }

    #[test]
    fn several_types_stand_beside_each_other() {
        assert_eq!(schema_of(&[json!(null), json!(1)]), json!({ "type": ["integer", "null"] }));
        assert_eq!(schema_of(&[json!(1.5), json!(1)]), json!({ "type": "number" }));
        assert_eq!(schema_of(&[json!(null), json!(null)]), json!({ "type": "null" }));
    }
}
