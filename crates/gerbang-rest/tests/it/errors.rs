//! Which failure speaks, in whose words, under which names.

use serde_json::{Value as Json, json};

use super::shim::Shim;

#[tokio::test]
async fn errors_of_the_route_override_those_of_the_dialect() {
    let shim = Shim::new(&[(
        "fail",
        r#"query Fail($kode: String!) @rest(method: GET, path: "/fail", auth: NONE)
        @error(code: VALIDATION_FAILED, field: "kode", rule: TAKEN, status: 400, message: "Taken!")
        @error(code: [NOT_FOUND, RESULT_NOT_FOUND], message: "Tidak ada")
        @error(code: RATE_LIMITED, body: { message: "Tunggu {retryAfter} detik", retry_after: "{retryAfter}", at: ["{app_url}/help"] })
        @error(code: FORBIDDEN, status: 418) {
            data: fail(code: $kode)
        }"#,
    )]);
    let fail = async |code: &str| shim.get(&format!("/api/fail?kode={code}")).send().await;
    let both = json!({ "kode": ["kode TAKEN", "kode MIN_LENGTH"] });
    fail("VALIDATION_FAILED").await.is(400, &json!({ "message": "Taken!", "errors": both }));
    fail("NOT_FOUND").await.is(404, &json!({ "message": "Tidak ada" }));
    fail("RESULT_NOT_FOUND").await.is(404, &json!({ "message": "Tidak ada" }));
    fail("FORBIDDEN").await.is(418, &json!({ "message": "FORBIDDEN" }));
    fail("UNAVAILABLE").await.is(503, &json!({ "message": "UNAVAILABLE" }));
    let reply = fail("RATE_LIMITED").await;
    reply.is(429, &json!({ "message": "Tunggu 42 detik", "retry_after": 42, "at": ["http://app.test/help"] }));
    assert_eq!(reply.header("retry-after"), "42");
}

#[tokio::test]
async fn internal_errors_show_no_details() {
    let shim = Shim::new(&[(
        "fail",
        r#"query Fail($kode: String!) @rest(method: GET, path: "/fail", auth: NONE) { data: fail(code: $kode) }"#,
    )]);
    // UNNAMED breaks a rule at a place that no variable of the route goes to.
    for code in ["INTERNAL", "UNNAMED"] {
        shim.get(&format!("/api/fail?kode={code}")).send().await.is(500, &json!({ "message": "INTERNAL" }));
    }
}

#[tokio::test]
async fn the_failure_of_highest_precedence_is_answered_not_the_first() {
    let shim = Shim::new(&[(
        "fail",
        r#"query Fail @rest(method: GET, path: "/fail", auth: NONE) {
            name: whoami
            a: failSoftly(code: "INTERNAL")
            b: failSoftly(code: "RATE_LIMITED")
            c: failSoftly(code: "NOT_FOUND")
            d: failSoftly(code: "VALIDATION_FAILED")
        }"#,
    )]);
    // Any error drops the data that is there.
    shim.get("/api/fail").send().await.is(404, &json!({ "message": "NOT_FOUND" }));
}

#[tokio::test]
async fn violations_are_reported_together_under_their_legacy_names() {
    let shim = Shim::new(&[(
        "make",
        r#"mutation Make($nama: String!, $surel: String, $biaya: [FeeInput!]) @rest(method: POST, path: "/make", auth: NONE) {
            make(input: { name: $nama, email: $surel, fees: $biaya }) @spread { created }
        }"#,
    )]);
    let errors = async |body: Json| {
        let reply = shim.post("/api/make").json(&body).send().await;
        assert_eq!(reply.status, 422);
        reply.json()["errors"].take()
    };
    // The domain's violations.
    assert_eq!(
        errors(json!({ "nama": "taken", "surel": "x", "biaya": [{ "name": "a", "amount": 1 }, { "name": "b", "amount": -1 }] })).await,
        json!({ "nama": ["nama TAKEN"], "surel": ["surel EMAIL"], "biaya.1.amount": ["biaya.1.amount MIN"] })
    );
    // Where something is missing, the domain's rules for what is there join in.
    assert_eq!(errors(json!({ "surel": "x" })).await, json!({ "nama": ["nama REQUIRED"], "surel": ["surel EMAIL"] }));
    assert_eq!(
        errors(json!({ "nama": 5, "surel": 5 })).await,
        json!({ "nama": ["nama STRING"], "surel": ["surel STRING"] })
    );
    assert_eq!(shim.runs.count(), 1);
}
