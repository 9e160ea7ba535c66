//! Pendaftaran Beasiswa: periods, applying, and how the application stands.

use futures_util::future::join_all;
use gerbang::{accounts::user, scholarship::application};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{Yiss, invalid, missing, not_found, profile_required, text, uuid_in};
use crate::support::protocol::Reply;

const APPLY: &str = "/api/beasiswa/apply";
const MINE: &str = "/api/beasiswa/my-application";

impl Yiss {
    async fn apply(&self, token: &str, period: &str) -> Reply {
        self.post(APPLY).token(token).json(json!({ "beasiswa_period_id": period })).await
    }

    /// An admin gives an application a status.
    async fn decide(&self, admin: &user::row::Model, application: &str, status: &str) {
        let decide = "mutation($input: DecideApplicationInput!) {
            decideApplication(input: $input) { scholarshipApplication { id } }
        }";
        let input = json!({ "input": { "id": application, "status": status } });
        self.0.app.as_user(admin).graphql_with(decide, input).await.ok();
    }
}

#[tokio::test]
async fn without_periods_the_list_is_empty() {
    let api = Yiss::new().await;
    let token = api.log_in(&api.newcomer().await).await;
    let none = json!({ "message": "Periode beasiswa berhasil diambil", "data": [] });
    api.get("/api/beasiswa/periods").token(&token).send().await.is(200, &none);
}

#[tokio::test]
async fn an_application_is_followed_to_the_decision() {
    let api = Yiss::new().await;
    let period = api.period(2025).await;
    api.set_clock("2025-11-15T16:30:00Z");
    let (user, token, profile) = api.applicant().await;
    api.get(MINE).token(&token).send().await.is(404, not_found());
    let reply = api.apply(&token, &period).await;
    let id = uuid_in(&reply, "/data/id");
    let of = |reply: &Reply| ["id", "beasiswa_period_id", "calon_beswan_id"].map(|key| reply.body["data"][key].clone());
    let ids = [&id, &period, &profile].map(|id| json!(id));
    assert_eq!(of(&reply), ids);

    api.set_clock("2025-11-16T10:15:30Z");
    let admin = api.admin().await;
    let token = api.log_in(&user).await;
    for (word, status) in [("PENDING", "pending"), ("ACCEPTED", "accepted"), ("REJECTED", "rejected")] {
        api.decide(&admin, &id, word).await;
        let mine = api.get(MINE).token(&token).send().await;
        assert_eq!(of(&mine), ids);
        let data = &mine.body["data"];
        assert_eq!((&data["status"], &data["beasiswa_period"]["id"]), (&json!(status), &json!(period)));
        let times = (text(&mine, "/data/created_at"), text(&mine, "/data/updated_at"));
        assert_eq!(times, ("2025-11-15T16:30:00Z", "2025-11-16T10:15:30Z"));
    }
}

#[tokio::test]
async fn applications_are_accepted_in_the_window_only() {
    let api = Yiss::new().await;
    let period = api.period(2025).await;
    let closed = invalid(json!({ "beasiswa_period_id": ["Pendaftaran untuk periode ini tidak sedang dibuka."] }));
    let user = api.newcomer().await;
    for time in ["2025-10-31T23:59:59Z", "2025-12-01T00:00:00Z"] {
        api.set_clock(time);
        let token = api.log_in(&user).await;
        if time.starts_with("2025-10") {
            api.make_profile(&token).await;
        }
        api.apply(&token, &period).await.is(422, &closed);
    }
    api.set_clock("2025-11-01T00:00:00Z");
    let token = api.log_in(&user).await;
    assert_eq!(api.apply(&token, &period).await.status, 201);
}

#[tokio::test]
async fn everybody_applies_once_for_each_period() {
    let api = Yiss::new().await;
    let (first, second) = (api.period(2024).await, api.period(2025).await);
    api.set_clock("2024-11-10T00:00:00Z");
    let (user, token, _) = api.applicant().await;
    assert_eq!(api.apply(&token, &first).await.status, 201);
    let twice = invalid(json!({ "beasiswa_period_id": ["Anda sudah mendaftar pada periode ini."] }));
    api.apply(&token, &first).await.is(422, &twice);
    let (_, other, _) = api.applicant().await;
    assert_eq!(api.apply(&other, &first).await.status, 201);
    // A year later again; the newest is the one that is shown.
    api.set_clock("2025-11-10T00:00:00Z");
    let token = api.log_in(&user).await;
    assert_eq!(api.apply(&token, &second).await.status, 201);
    let mine = api.get(MINE).token(&token).send().await;
    assert_eq!(text(&mine, "/data/beasiswa_period_id"), second);
}

#[tokio::test]
async fn an_application_needs_a_profile_and_a_period() {
    let api = Yiss::new().await;
    let period = api.period(2025).await;
    api.set_clock("2025-11-10T00:00:00Z");
    let newcomer = api.log_in(&api.newcomer().await).await;
    api.apply(&newcomer, &period).await.is(422, profile_required());
    let (_, token, _) = api.applicant().await;
    let unknown = invalid(json!({ "beasiswa_period_id": ["Beasiswa period id yang dipilih tidak ditemukan."] }));
    for id in ["0190a5b0-0000-7000-8000-000000000001", "2025"] {
        api.apply(&token, id).await.is(422, &unknown);
    }
    let needed = missing(json!({ "beasiswa_period_id": ["Beasiswa period id wajib diisi."] }));
    api.post(APPLY).token(&token).json(json!({ "beasiswa_period_id": Value::Null })).await.is(400, &needed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_concurrent_applications_one_is_stored() {
    let api = Yiss::busy().await;
    let period = api.period(2025).await;
    api.set_clock("2025-11-10T00:00:00Z");
    let (_, token, _) = api.applicant().await;
    let replies = join_all((0..16).map(|_| api.apply(&token, &period))).await;
    let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(made.len(), 1);
    let twice = invalid(json!({ "beasiswa_period_id": ["Anda sudah mendaftar pada periode ini."] }));
    for reply in refused {
        reply.is(422, &twice);
    }
    let rows = application::row::Entity::find().count(api.0.app.domain.db.read()).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn the_last_second_of_the_window_is_inside() {
    let api = Yiss::new().await;
    let period = api.period(2025).await;
    api.set_clock("2025-11-30T23:59:59Z");
    let (_, token, _) = api.applicant().await;
    assert_eq!(api.apply(&token, &period).await.status, 201);
}

#[tokio::test]
async fn a_decision_is_among_the_notifications() {
    let api = Yiss::new().await;
    let period = api.period(2025).await;
    api.set_clock("2025-11-15T16:30:00Z");
    let (_, token, _) = api.applicant().await;
    let id = uuid_in(&api.apply(&token, &period).await, "/data/id");
    api.decide(&api.admin().await, &id, "PENDING").await;
    let told = api.get("/api/notifications").token(&token).send().await.body["data"].clone();
    assert_eq!((told.as_array().unwrap().len(), &told[0]["title"]), (1, &json!("Status Aplikasi Diperbarui")));
    let message = "Status aplikasi beasiswa Anda telah diperbarui menjadi 'pending'.";
    assert_eq!((&told[0]["message"], &told[0]["is_read"]), (&json!(message), &json!(false)));
}
