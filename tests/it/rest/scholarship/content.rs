//! Konten Website: what everybody reads.

use serde_json::{Value, json};

use super::{Yiss, text};
use crate::support::legacy::Legacy;

#[tokio::test]
async fn the_demos_testimonials_have_photos() {
    let legacy = Legacy::demo().await;
    let testimonials = legacy.get("/api/testimonials").send().await;
    for place in 0..3 {
        let photo = format!("/storage/{}", text(&testimonials, &format!("/data/{place}/photo_path")));
        let photo = legacy.call("HEAD", &photo).send().await;
        assert_eq!((photo.status.as_u16(), photo.header("content-type")), (200, "image/jpeg"));
    }
}

#[tokio::test]
async fn an_empty_website_is_empty() {
    let api = Yiss::new().await;
    for (path, message, data) in [
        ("/api/settings", "Pengaturan berhasil diambil", json!({})),
        ("/api/faqs", "FAQ berhasil diambil", json!([])),
        ("/api/testimonials", "Testimonial berhasil diambil", json!([])),
    ] {
        let expected: Value = json!({ "message": message, "data": data });
        api.get(path).send().await.is(200, &expected);
        // A token that is none is nobody's business here.
        api.get(path).token("nonsense").send().await.is(200, &expected);
    }
}
