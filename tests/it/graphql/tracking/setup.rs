//! Networks, offers and sub ids: who sees which and who may make them.

use gerbang::accounts::{Realm, Role};
use serde_json::json;

use super::Fixture;

#[tokio::test]
async fn a_network_gets_a_secret_that_is_shown_once_and_can_be_changed() {
    let fixture = Fixture::new().await;
    let admin = fixture.admin();
    let create = r#"mutation { createNetwork(input: { name: " Dua " }) { secret network { id legacyId name hasSecret allowUnsigned } } }"#;
    let mut created = admin.graphql(create).await.ok()["createNetwork"].take();
    let secret = created["secret"].as_str().unwrap().to_owned();
    assert_eq!(secret.len(), 64);
    assert_eq!(
        created["network"].take(),
        json!({ "id": "network_2", "legacyId": "2", "name": "Dua", "hasSecret": true, "allowUnsigned": false })
    );
    assert_eq!(admin.graphql(create).await.broken_rules(), ["name TAKEN"]);

    let rotate = |id| {
        format!(
            r#"mutation {{ rotateNetworkSecret(input: {{ id: "{id}" }}) {{ secret network {{ hasSecret allowUnsigned }} }} }}"#
        )
    };
    let rotated = admin.graphql(&rotate("2")).await.ok();
    assert_ne!(rotated["rotateNetworkSecret"]["secret"], json!(secret));
    let rotated = admin.graphql(&rotate("network_1")).await.ok();
    assert_eq!(rotated["rotateNetworkSecret"]["network"], json!({ "hasSecret": true, "allowUnsigned": false }));
    assert_eq!(admin.graphql(&rotate("network_9")).await.code(), "NOT_FOUND");
    assert_eq!(admin.graphql(&rotate("offer_1")).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn networks_are_for_admins() {
    let fixture = Fixture::new().await;
    let list = "{ networks { totalCount nodes { name } } }";
    assert_eq!(fixture.app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    assert_eq!(fixture.affiliate().graphql(list).await.code(), "FORBIDDEN");
    let gateway_admin = fixture.app.user(Realm::Staff, Role::Admin).await;
    let seen = fixture.app.as_user(&gateway_admin).graphql(list).await.ok();
    assert_eq!(seen["networks"], json!({ "totalCount": 1, "nodes": [{ "name": "Satu" }] }));
    let create = r#"mutation { createNetwork(input: { name: "Dua" }) { secret } }"#;
    assert_eq!(fixture.affiliate().graphql(create).await.code(), "FORBIDDEN");
    let node = r#"{ node(id: "network_1") { id } offer(id: 1) { network { name } } }"#;
    assert_eq!(fixture.affiliate().graphql(node).await.ok(), json!({ "node": null, "offer": { "network": null } }));
    assert_eq!(
        fixture.admin().graphql(node).await.ok(),
        json!({ "node": { "id": "network_1" }, "offer": { "network": { "name": "Satu" } } })
    );
}

#[tokio::test]
async fn an_admin_creates_and_changes_an_offer() {
    let fixture = Fixture::new().await;
    let admin = fixture.admin();
    let offer = r#"{ offer(id: "offer_1") { id legacyId name url payout currency active } }"#;
    assert_eq!(
        admin.graphql(offer).await.ok()["offer"],
        json!({
            "id": "offer_1", "legacyId": "1", "name": "Belanja", "url": "https://shop.test/?clickid={click_id}",
            "payout": "5.00", "currency": "USD", "active": true
        })
    );
    let change =
        "mutation { updateOffer(input: { id: 1, payout: 7.125, active: false }) { offer { name payout active } } }";
    assert_eq!(
        admin.graphql(change).await.ok()["updateOffer"]["offer"],
        json!({ "name": "Belanja", "payout": "7.125", "active": false })
    );
    assert_eq!(fixture.affiliate().graphql(offer).await.ok(), json!({ "offer": null }));
    assert_eq!(fixture.affiliate().graphql(change).await.code(), "FORBIDDEN");
    assert_eq!(fixture.app.anonymous().graphql(offer).await.code(), "UNAUTHENTICATED");
    let missing = r#"mutation { updateOffer(input: { id: 9, name: "x" }) { offer { id } } }"#;
    assert_eq!(admin.graphql(missing).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn an_offers_url_is_stored_as_it_was_parsed() {
    let fixture = Fixture::new().await;
    let change = "mutation($url: String!) { updateOffer(input: { id: 1, url: $url }) { offer { url } } }";
    for (given, kept) in [
        ("https://shop.test/?c={click_id}", "https://shop.test/?c={click_id}"),
        ("https://shop.test/{click_id}/go", "https://shop.test/{click_id}/go"),
        ("https://shop.test/a\r\nX-Evil: 1?c={click_id}", "https://shop.test/aX-Evil:%201?c={click_id}"),
        ("https://shop.test/\ta?c={click_id}", "https://shop.test/a?c={click_id}"),
        ("HTTPS://Shop.test?q=é", "https://shop.test/?q=%C3%A9"),
    ] {
        let changed = fixture.admin().graphql_with(change, json!({ "url": given })).await.ok();
        assert_eq!(changed["updateOffer"]["offer"]["url"], kept, "{given:?}");
    }
    // What only becomes too long by its escapes can't be kept, either.
    let long = format!("https://shop.test/{}", "é".repeat(1_000));
    let refused = fixture.admin().graphql_with(change, json!({ "url": long })).await;
    assert_eq!(refused.broken_rules(), ["url MAX_LENGTH"]);
}

#[tokio::test]
async fn all_broken_rules_of_an_offer_are_reported_together() {
    let fixture = Fixture::new().await;
    let create = "mutation($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } } }";
    let refused = async |input| fixture.admin().graphql_with(create, json!({ "input": input })).await.broken_rules();
    let input =
        json!({ "name": "", "url": "javascript:alert(1)", "payout": "-1", "currency": "dollar", "networkId": 1 });
    assert_eq!(refused(input).await, ["name REQUIRED", "url URL", "payout MIN", "currency FORMAT"]);
    let input = json!({ "name": "x", "url": "https://x.test", "payout": "1e3", "currency": "USD", "networkId": 1 });
    assert_eq!(refused(input).await, ["payout NUMERIC"]);
    let input =
        json!({ "name": "x", "url": "https://x.test", "payout": 1, "currency": "USD", "networkId": "network_9" });
    assert_eq!(refused(input).await, ["networkId EXISTS"]);
}

#[tokio::test]
async fn offers_are_paged_sorted_and_filtered() {
    let fixture = Fixture::new().await;
    for (name, payout) in [("Kursus", "7.5"), ("Dompet", "2.25"), ("Pinjaman", "12")] {
        fixture.offer(name, payout).await;
    }
    fixture.admin().graphql("mutation { updateOffer(input: { id: 4, active: false }) { offer { id } } }").await.ok();
    let names = async |arguments: &str| {
        let query = format!("{{ offers{arguments} {{ totalCount nodes {{ name }} pageInfo {{ hasNextPage }} }} }}");
        let offers = fixture.admin().graphql(&query).await.ok()["offers"].take();
        let names: Vec<_> =
            offers["nodes"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        (names.join(" "), offers["totalCount"].as_u64().unwrap(), offers["pageInfo"]["hasNextPage"].as_bool().unwrap())
    };
    let expect = |names: &str, total, next| (names.to_owned(), total, next);
    assert_eq!(names("").await, expect("Belanja Kursus Dompet Pinjaman", 4, false));
    assert_eq!(names("(orderBy: PAYOUT, direction: DESC, first: 2)").await, expect("Pinjaman Kursus", 4, true));
    assert_eq!(names("(page: 2, perPage: 3)").await, expect("Pinjaman", 4, false));
    assert_eq!(names(r#"(filter: { search: "OMP" })"#).await, expect("Dompet", 1, false));
    assert_eq!(names("(filter: { active: false })").await, expect("Pinjaman", 1, false));
    let seen = fixture.affiliate().graphql("{ offers { totalCount } }").await.ok();
    assert_eq!(seen["offers"]["totalCount"], 3);
    let stranger = fixture.app.user(Realm::Notary, Role::Admin).await;
    assert_eq!(fixture.app.as_user(&stranger).graphql("{ offers { totalCount } }").await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_sub_id_is_one_affiliates_link_to_one_offer() {
    let fixture = Fixture::new().await;
    let list = "{ subIds { totalCount nodes { id legacyId subId affiliateId trackingUrl offer { name } } } }";
    let id = format!("user_{}", fixture.affiliate.id);
    let mine = json!({
        "id": "subId_mine", "legacyId": "mine", "subId": "mine", "affiliateId": id, "trackingUrl": "http://gerbang.test/c/mine",
        "offer": { "name": "Belanja" }
    });
    let seen = fixture.affiliate().graphql(list).await.ok();
    assert_eq!(seen["subIds"], json!({ "totalCount": 1, "nodes": [mine] }));
    assert_eq!(fixture.admin().graphql(list).await.ok()["subIds"]["totalCount"], 2);
    assert_eq!(fixture.app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    let node = r#"{ mine: node(id: "subId_mine") { id } theirs: node(id: "subId_theirs") { id } }"#;
    let seen = fixture.affiliate().graphql(node).await.ok();
    assert_eq!(seen, json!({ "mine": { "id": "subId_mine" }, "theirs": null }));

    let create =
        "mutation($input: CreateSubIdInput!) { createSubId(input: $input) { subId { legacyId affiliateId } } }";
    let made = async |actor: super::Actor<'_>, input| actor.graphql_with(create, json!({ "input": input })).await;
    let taken = json!({ "subId": "theirs", "offerId": 1 });
    assert_eq!(made(fixture.affiliate(), taken).await.broken_rules(), ["subId TAKEN"]);
    let wrong = json!({ "subId": "a b", "offerId": "offer_9" });
    assert_eq!(made(fixture.affiliate(), wrong).await.broken_rules(), ["subId FORMAT", "offerId EXISTS"]);
    let another = json!({ "subId": "x", "offerId": 1, "affiliateId": format!("user_{}", fixture.other.id) });
    assert_eq!(made(fixture.affiliate(), another.clone()).await.code(), "FORBIDDEN");
    assert_eq!(
        made(fixture.admin(), another).await.ok()["createSubId"]["subId"],
        json!({ "legacyId": "x", "affiliateId": format!("user_{}", fixture.other.id) })
    );
    let nobody = json!({ "subId": "y", "offerId": 1 });
    assert_eq!(made(fixture.admin(), nobody).await.broken_rules(), ["affiliateId EXISTS"]);
}

#[tokio::test]
async fn an_affiliate_makes_links_to_active_offers_only() {
    let fixture = Fixture::new().await;
    fixture.admin().graphql("mutation { updateOffer(input: { id: 1, active: false }) { offer { id } } }").await.ok();
    let create = r#"mutation { createSubId(input: { subId: "late", offerId: 1 }) { subId { id } } }"#;
    assert_eq!(fixture.affiliate().graphql(create).await.broken_rules(), ["offerId EXISTS"]);
    let seen = fixture.affiliate().graphql("{ subIds { nodes { offer { name } } } }").await.ok();
    assert_eq!(seen["subIds"]["nodes"], json!([{ "offer": null }]));
}
