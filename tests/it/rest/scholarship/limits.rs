//! Batasan Rate: 60 requests a minute, 1,000 an hour; each user's own, or each address's without a token.

use chrono::TimeDelta;

use super::{Yiss, too_many};
use crate::support::protocol::Reply;

/// What the headers say: the limit and what is left of it.
fn counts(reply: &Reply) -> (&str, &str) {
    (reply.header("x-ratelimit-limit"), reply.header("x-ratelimit-remaining"))
}

#[tokio::test]
async fn a_users_61st_request_in_a_minute_answers_429() {
    let api = Yiss::new().await;
    let (one, other) = (api.log_in(&api.newcomer().await).await, api.log_in(&api.newcomer().await).await);
    for left in (0..60).rev() {
        let reply = api.get("/api/notifications").token(&one).send().await;
        assert_eq!((reply.status.as_u16(), counts(&reply)), (200, ("60", left.to_string().as_str())));
    }
    let reply = api.get("/api/notifications").token(&one).send().await;
    reply.is(429, too_many());
    assert_eq!((counts(&reply), reply.header("retry-after")), (("60", "0"), "60"));
    // All routes count together, each user for themselves.
    api.get("/api/faqs").token(&one).send().await.is(429, too_many());
    let reply = api.get("/api/notifications").token(&other).send().await;
    assert_eq!((reply.status.as_u16(), counts(&reply)), (200, ("60", "59")));
    // An error counts and says what is left as well.
    let reply = api.get("/api/calon-beswan").token(&other).send().await;
    assert_eq!((reply.status.as_u16(), counts(&reply)), (404, ("60", "58")));
    api.0.app.clock.advance(TimeDelta::seconds(60));
    assert_eq!(api.get("/api/notifications").token(&one).send().await.status, 200);
}

#[tokio::test]
async fn without_a_token_requests_are_counted_by_address() {
    let api = Yiss::new().await;
    for left in (0..60).rev() {
        let reply = api.get("/api/settings").from([203, 0, 113, 1]).send().await;
        assert_eq!((reply.status.as_u16(), counts(&reply)), (200, ("60", left.to_string().as_str())));
    }
    api.get("/api/settings").from([203, 0, 113, 1]).send().await.is(429, too_many());
    assert_eq!(api.get("/api/settings").from([203, 0, 113, 2]).send().await.status, 200);
}

#[tokio::test]
async fn the_1001st_request_in_an_hour_answers_429() {
    let api = Yiss::new().await;
    let mut done = 0;
    while done < 1_000 {
        if done > 0 && done % 50 == 0 {
            api.0.app.clock.advance(TimeDelta::seconds(60));
        }
        assert_eq!(api.get("/api/settings").send().await.status, 200, "request {done}");
        done += 1;
    }
    let reply = api.get("/api/settings").send().await;
    reply.is(429, too_many());
    assert_eq!((counts(&reply), reply.header("retry-after")), (("1000", "0"), (60 * 41).to_string().as_str()));
}
