//! Subscriptions: everybody sees what they may see, as it happens.

use gerbang::{
    domain::events::Event,
    entity::accounts::{Realm, Role},
};
use serde_json::json;

use super::Ground;

const CLICKS: &str = "subscription { clickRecorded { id subId offer { name } } }";
const LEADS: &str = "subscription { leadUpdated { id status click { clickId } } }";

#[tokio::test]
async fn clicks_reach_their_affiliate_and_admins() {
    let ground = Ground::new().await;
    let (mut mine, mut all) = (ground.affiliate().subscribe(CLICKS), ground.admin().subscribe(CLICKS));
    ground.click("theirs").await;
    assert!(mine.is_silent());
    ground.click("mine").await;
    let click = |id: &str, sub_id: &str| json!({ "clickRecorded": { "id": id, "subId": sub_id, "offer": { "name": "Belanja" } } });
    assert_eq!(mine.next().await.unwrap().ok(), click("click_2", "mine"));
    assert_eq!(all.next().await.unwrap().ok(), click("click_1", "theirs"));
    assert_eq!(all.next().await.unwrap().ok(), click("click_2", "mine"));
    assert!(mine.is_silent());
}

#[tokio::test]
async fn leads_are_told_when_they_change_and_only_then() {
    let ground = Ground::new().await;
    let (mut mine, mut other) = (ground.affiliate().subscribe(LEADS), ground.other().subscribe(LEADS));
    let click_id = ground.click("mine").await;
    let lead =
        |status: &str| json!({ "leadUpdated": { "id": "lead_1", "status": status, "click": { "clickId": click_id } } });
    ground.convert(json!({ "clickId": click_id, "status": "pending" })).await;
    assert_eq!(mine.next().await.unwrap().ok(), lead("PENDING"));
    ground.convert(json!({ "clickId": click_id, "status": "pending" })).await;
    assert!(mine.is_silent());
    ground.convert(json!({ "clickId": click_id, "status": "approved" })).await;
    assert_eq!(mine.next().await.unwrap().ok(), lead("APPROVED"));
    ground.admin().graphql("mutation { setLeadStatus(input: { id: 1, status: REJECTED }) { lead { id } } }").await.ok();
    assert_eq!(mine.next().await.unwrap().ok(), lead("REJECTED"));
    assert!(other.is_silent());
}

#[tokio::test]
async fn nobody_watches_without_the_right_to() {
    let ground = Ground::new().await;
    let stranger = ground.app.user(Realm::Notary, Role::Customer).await;
    for subscription in [CLICKS, LEADS] {
        let mut nobody = ground.app.anonymous().subscribe(subscription);
        assert_eq!(nobody.next().await.unwrap().code(), "UNAUTHENTICATED");
        let mut stranger = ground.app.as_user(&stranger).subscribe(subscription);
        assert_eq!(stranger.next().await.unwrap().code(), "FORBIDDEN");
    }
}

#[tokio::test]
async fn a_watcher_that_falls_behind_is_let_go() {
    let ground = Ground::new().await;
    ground.click("mine").await;
    let mut slow = ground.affiliate().subscribe(CLICKS);
    for _ in 0..2_000 {
        ground.app.domain.events.publish(Event::ClickRecorded { id: 1, affiliate_id: ground.affiliate.id });
    }
    assert_eq!(slow.next().await.unwrap().code(), "UNAVAILABLE");
    assert!(slow.next().await.is_none());
}
