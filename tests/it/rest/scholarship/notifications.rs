//! Notifikasi: everybody reads their own.

use gerbang::{accounts::user, notifications};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Yiss, at, not_found, text};
use crate::support::{app::PASSWORD, legacy::Legacy};

const ACCEPTED: (&str, &str) = ("Dokumen Diterima", "Dokumen Rapor Anda telah diterima dan diverifikasi.");
const PENDING: (&str, &str) =
    ("Status Aplikasi Diperbarui", "Status aplikasi beasiswa Anda telah diperbarui menjadi 'pending'.");

impl Yiss {
    /// Tells `user` something and gives it as the document shows it.
    async fn notify_user(
        &self,
        user: &user::row::Model,
        (title, message): (&str, &str),
        time: &str,
        read: Option<&str>,
    ) -> Value {
        let id = Uuid::now_v7();
        let row = notifications::row::Model {
            id: id.into(),
            user_id: user.id,
            title: title.to_owned(),
            message: message.to_owned(),
            read_at: read.map(at).map(Into::into),
            created_at: at(time).into(),
            updated_at: at(read.unwrap_or(time)).into(),
        };
        self.0.app.insert(row).await;
        json!({
            "id": id.to_string(),
            "user_id": user.uuid.to_string(),
            "title": title,
            "message": message,
            "is_read": read.is_some(),
            "created_at": time,
            "updated_at": read.unwrap_or(time),
        })
    }
}

fn meta(current: u32, last: u32, size: u32, total: u32) -> Value {
    json!({ "current_page": current, "last_page": last, "per_page": size, "total": total })
}

#[tokio::test]
async fn the_documented_notifications_are_listed_the_newest_first() {
    let api = Yiss::new().await;
    api.set_clock("2025-08-16T11:00:00Z");
    let (user, other) = (api.newcomer().await, api.newcomer().await);
    let token = api.log_in(&user).await;
    let list =
        |data: Value, meta: Value| json!({ "message": "Notifikasi berhasil diambil", "data": data, "meta": meta });
    let none = list(json!([]), meta(1, 1, 15, 0));
    api.get("/api/notifications").token(&token).send().await.is(200, &none);

    let accepted = api.notify_user(&user, ACCEPTED, "2025-08-16T09:45:00Z", None).await;
    let pending = api.notify_user(&user, PENDING, "2025-08-16T10:15:30Z", Some("2025-08-16T10:20:15Z")).await;
    api.notify_user(&other, ACCEPTED, "2025-08-16T09:45:00Z", None).await;
    let both = list(json!([pending, accepted]), meta(1, 1, 15, 2));
    api.get("/api/notifications").token(&token).send().await.is(200, &both);
    api.get("/api/notifications?page=1&per_page=15").token(&token).send().await.is(200, &both);
    let second = list(json!([accepted]), meta(2, 2, 1, 2));
    api.get("/api/notifications?page=2&per_page=1").token(&token).send().await.is(200, &second);
    let beyond = list(json!([]), meta(3, 2, 1, 2));
    api.get("/api/notifications?page=3&per_page=1").token(&token).send().await.is(200, &beyond);
}

#[tokio::test]
async fn the_documented_notification_is_marked_as_read_once() {
    let api = Yiss::new().await;
    api.set_clock("2025-08-16T11:20:00Z");
    let user = api.newcomer().await;
    let token = api.log_in(&user).await;
    let mut shown = api.notify_user(&user, ACCEPTED, "2025-08-16T09:45:00Z", None).await;
    shown["is_read"] = json!(true);
    shown["updated_at"] = json!("2025-08-16T11:20:00Z");
    let marked = json!({ "message": "Notifikasi ditandai sebagai sudah dibaca", "data": shown });
    let path = format!("/api/notifications/{}/read", shown["id"].as_str().unwrap());
    api.post(&path).token(&token).send().await.is(200, &marked);
    // Reading it again changes nothing.
    api.set_clock("2025-08-16T11:30:00Z");
    api.post(&path).token(&token).send().await.is(200, &marked);
    let list = api.get("/api/notifications").token(&token).send().await;
    assert_eq!(list.body["data"], json!([shown]));
}

#[tokio::test]
async fn the_notifications_of_others_answer_404() {
    let api = Yiss::new().await;
    let (user, other) = (api.newcomer().await, api.newcomer().await);
    let token = api.log_in(&user).await;
    let foreign = api.notify_user(&other, ACCEPTED, "2025-08-15T09:00:00Z", None).await;
    for id in [foreign["id"].as_str().unwrap(), "0190a5b0-0000-7000-8000-000000000001", "1", "uuid"] {
        let reply = api.post(&format!("/api/notifications/{id}/read")).token(&token).send().await;
        reply.is(404, not_found());
    }
    let theirs = api.get("/api/notifications").token(&api.log_in(&other).await).send().await;
    assert_eq!(theirs.body["data"], json!([foreign]));
}

#[tokio::test]
async fn the_demos_applicant_has_two_pages() {
    let legacy = Legacy::demo().await;
    let body = json!({ "email": "applicant@yiss.test", "password": PASSWORD });
    let login = legacy.post("/api/login").json(&body).await;
    let token = text(&login, "/data/token");
    let page = async |query: &str| legacy.get(&format!("/api/notifications{query}")).token(token).send().await;
    let (first, second) = (page("").await, page("?page=2").await);
    assert_eq!((&first.body["meta"], &second.body["meta"]), (&meta(1, 2, 15, 20), &meta(2, 2, 15, 20)));
    let mut rows = first.body["data"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 15);
    rows.extend(second.body["data"].as_array().unwrap().clone());
    let times: Vec<_> = rows.iter().map(|row| row["created_at"].as_str().unwrap()).collect();
    assert!(times.len() == 20 && times.is_sorted_by(|one, next| one >= next), "{times:?}");
    assert_eq!(rows.iter().filter(|row| row["is_read"] == false).count(), 8);
}
