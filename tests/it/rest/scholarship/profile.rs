//! Profil Calon Beswan: made once, shown, changed.

use serde_json::json;

use super::{Yiss, invalid, missing, not_found, profile, text, with};

#[tokio::test]
async fn a_profile_names_its_user() {
    let api = Yiss::new().await;
    let (user, token, id) = api.applicant().await;
    let reply = api.get("/api/calon-beswan").token(&token).send().await;
    assert_eq!(
        (text(&reply, "/data/id"), text(&reply, "/data/user_id")),
        (id.as_str(), user.uuid.to_string().as_str())
    );
}

#[tokio::test]
async fn there_is_one_profile_each() {
    let api = Yiss::new().await;
    let (_, token, id) = api.applicant().await;
    let twice = invalid(json!({ "calon_beswan": ["Profil calon beswan sudah ada."] }));
    api.post("/api/calon-beswan").token(&token).json(profile()).await.is(422, &twice);
    let other = api.log_in(&api.newcomer().await).await;
    assert_ne!(api.make_profile(&other).await, id);
}

#[tokio::test]
async fn without_a_profile_showing_and_changing_it_answers_404() {
    let api = Yiss::new().await;
    let token = api.log_in(&api.newcomer().await).await;
    api.get("/api/calon-beswan").token(&token).send().await.is(404, not_found());
    let change = json!({ "nama_ayah": "Budi" });
    api.put("/api/calon-beswan").token(&token).json(&change).await.is(404, not_found());
}

#[tokio::test]
async fn every_mistake_is_named_in_the_order_of_the_fields() {
    let api = Yiss::new().await;
    let token = api.log_in(&api.newcomer().await).await;
    let all = missing(json!({
        "tempat_lahir": ["Tempat lahir wajib diisi."],
        "tanggal_lahir": ["Tanggal lahir wajib diisi."],
        "nama_ayah": ["Nama ayah wajib diisi."],
        "pekerjaan_ayah": ["Pekerjaan ayah wajib diisi."],
        "nama_ibu": ["Nama ibu wajib diisi."],
        "pekerjaan_ibu": ["Pekerjaan ibu wajib diisi."],
        "penghasilan_orang_tua": ["Penghasilan orang tua wajib diisi."],
        "alamat": ["Alamat wajib diisi."],
    }));
    api.post("/api/calon-beswan").token(&token).json(json!({})).await.is(400, &all);
    for (change, field, message) in [
        (json!({ "tempat_lahir": 7 }), "tempat_lahir", "Tempat lahir harus berupa teks."),
        (json!({ "tanggal_lahir": "15-05-2005" }), "tanggal_lahir", "Tanggal lahir bukan tanggal yang valid."),
        (json!({ "tanggal_lahir": "2005-02-29" }), "tanggal_lahir", "Tanggal lahir bukan tanggal yang valid."),
        (
            json!({ "penghasilan_orang_tua": "banyak" }),
            "penghasilan_orang_tua",
            "Penghasilan orang tua harus berupa bilangan bulat.",
        ),
        (json!({ "penghasilan_orang_tua": -1 }), "penghasilan_orang_tua", "Penghasilan orang tua harus minimal 0."),
        (
            json!({ "penghasilan_orang_tua": 9_007_199_254_740_992_i64 }),
            "penghasilan_orang_tua",
            "Penghasilan orang tua tidak boleh lebih dari 9007199254740991.",
        ),
        (json!({ "nama_ibu": "n".repeat(256) }), "nama_ibu", "Nama ibu tidak boleh lebih dari 255 karakter."),
        (json!({ "alamat": "a".repeat(5_001) }), "alamat", "Alamat tidak boleh lebih dari 5000 karakter."),
    ] {
        let wrong = invalid(json!({ field: [message] }));
        api.post("/api/calon-beswan").token(&token).json(with(profile(), change)).await.is(422, &wrong);
    }
    // What is missing and what is wrong are named together, and as missing.
    let both = json!({ "nama_ibu": "", "penghasilan_orang_tua": -1, "alamat": "a".repeat(5_001) });
    let named = missing(json!({
        "nama_ibu": ["Nama ibu wajib diisi."],
        "penghasilan_orang_tua": ["Penghasilan orang tua harus minimal 0."],
        "alamat": ["Alamat tidak boleh lebih dari 5000 karakter."],
    }));
    api.post("/api/calon-beswan").token(&token).json(with(profile(), both)).await.is(400, &named);
    // A numeric text passes for a number, as forms send it.
    let text = with(profile(), json!({ "penghasilan_orang_tua": "5000000" }));
    let reply = api.post("/api/calon-beswan").token(&token).json(&text).await;
    assert_eq!((reply.status.as_u16(), &reply.body["data"]["penghasilan_orang_tua"]), (201, &json!(5_000_000)));
    let most = json!({ "penghasilan_orang_tua": 9_007_199_254_740_991_i64 });
    let reply = api.put("/api/calon-beswan").token(&token).json(&most).await;
    assert_eq!(reply.body["data"]["penghasilan_orang_tua"].to_string(), "9007199254740991");
    let wrong = invalid(json!({ "penghasilan_orang_tua": ["Penghasilan orang tua harus minimal 0."] }));
    let change = json!({ "penghasilan_orang_tua": -5 });
    api.put("/api/calon-beswan").token(&token).json(&change).await.is(422, &wrong);
}
