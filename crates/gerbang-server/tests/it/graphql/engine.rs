//! What we rely on in the engine and other versions of it got wrong: an upgrade must not bring it back.

use crate::support::schema;

#[tokio::test]
async fn keys_come_in_the_order_of_the_selection_even_if_a_field_in_the_middle_is_slow() {
    let response = schema().execute("{ a: one thing { before: name slow after: name } z: hello }").await;
    let body = serde_json::to_string(&response).unwrap();
    assert_eq!(body, r#"{"data":{"a":1,"thing":{"before":"thing","slow":2,"after":"thing"},"z":"world"}}"#);
}

#[tokio::test]
async fn a_failed_nullable_field_is_null_and_its_siblings_stay() {
    let response = schema().execute("{ thing { name nullableFailure } }").await;
    assert_eq!(response.data.to_string(), r#"{thing: {name: "thing", nullableFailure: null}}"#);
    assert_eq!(
        serde_json::to_value(&response.errors[0].path).unwrap(),
        serde_json::json!(["thing", "nullableFailure"])
    );
}

#[tokio::test]
async fn a_failed_non_null_field_makes_the_nearest_nullable_parent_null() {
    let response = schema().execute("{ one maybe { name thing { failure } } }").await;
    assert_eq!(response.data.to_string(), "{one: 1, maybe: null}");
    assert_eq!(
        serde_json::to_value(&response.errors[0].path).unwrap(),
        serde_json::json!(["maybe", "thing", "failure"])
    );
}

#[tokio::test]
async fn a_failed_non_null_field_under_non_null_parents_leaves_no_data() {
    let response = schema().execute("{ one thing { failure } }").await;
    assert_eq!(response.data.to_string(), "null");
    assert_eq!(response.errors.len(), 1);
}
