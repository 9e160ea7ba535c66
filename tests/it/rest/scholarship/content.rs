//! Konten Website: what everybody reads, with the demo's data, which is the document's.

use serde_json::{Value, json};

use super::{Yiss, at, uuid_in};
use crate::support::legacy::{Legacy, STRING};

#[tokio::test]
async fn the_demos_website_is_the_documented_one() {
    let legacy = Legacy::demo().await;
    let settings = json!({
        "message": "Pengaturan berhasil diambil",
        "data": {
            "company_name": "Yayasan Inspirasi Semangat Sekolah",
            "company_address": "Jl. Pendidikan No. 123, Jakarta Pusat",
            "company_phone": "+6221123456789",
            "company_email": "info@yiss.or.id",
            "hero_title": "Wujudkan Mimpi Pendidikan Anda",
            "hero_subtitle": "Program beasiswa untuk siswa SMP & SMA berprestasi",
            "hero_cta": "Daftar Sekarang",
            "about_title": "Tentang Yayasan Inspirasi Semangat Sekolah",
            "about_description": "Yayasan Inspirasi Semangat Sekolah didirikan pada tahun 2015 dengan misi membantu siswa-siswi berprestasi namun kurang mampu untuk melanjutkan pendidikan mereka.",
            "about_vision": "Menjadi yayasan terdepan dalam memberikan akses pendidikan berkualitas bagi seluruh anak Indonesia.",
            "about_mission": "Memberikan dukungan finansial dan mentoring kepada siswa berprestasi dari keluarga kurang mampu.",
        },
    });
    legacy.get("/api/settings").send().await.is(200, &settings);

    let faqs = legacy.get("/api/faqs").send().await;
    let documented = [
        (
            "Bagaimana cara mendaftar beasiswa?",
            "Silakan membuat akun dan mengisi formulir pendaftaran online di website kami.",
        ),
        (
            "Apa saja persyaratan untuk mendaftar beasiswa?",
            "Persyaratan meliputi nilai akademik, kondisi ekonomi keluarga, dan prestasi non-akademik.",
        ),
        ("Kapan pendaftaran beasiswa dibuka?", "Pendaftaran beasiswa dibuka setiap bulan November setiap tahunnya."),
    ];
    let faq = |question: &str, answer: &str| json!({ "id": STRING, "pertanyaan": question, "jawaban": answer, "created_at": STRING, "updated_at": STRING });
    let mut data: Vec<_> = documented.map(|(question, answer)| faq(question, answer)).into();
    // The demo asks two more.
    data.extend([faq(STRING, STRING), faq(STRING, STRING)]);
    faqs.is(200, json!({ "message": "FAQ berhasil diambil", "data": data }));
    uuid_in(&faqs, "/data/0/id");

    let testimonials = legacy.get("/api/testimonials").send().await;
    let data = [
        (
            "Budi Santoso",
            "testimonials/budi_santoso.jpg",
            "Beasiswa ini telah membantu saya fokus belajar tanpa memikirkan biaya pendidikan.",
        ),
        (
            "Siti Rahayu",
            "testimonials/siti_rahayu.jpg",
            "Berkat beasiswa dari YISS, saya bisa mengejar impian saya untuk kuliah di universitas terbaik.",
        ),
        (
            "Ahmad Rizki",
            "testimonials/ahmad_rizki.jpg",
            "Program mentoring dari YISS tidak hanya membantu secara finansial tapi juga membentuk karakter dan kepemimpinan saya.",
        ),
    ]
    .map(|(name, photo, content)| json!({ "id": STRING, "name": name, "photo_path": photo, "content": content, "created_at": STRING, "updated_at": STRING }));
    testimonials.is(200, json!({ "message": "Testimonial berhasil diambil", "data": data }));
    uuid_in(&testimonials, "/data/0/id");
    for row in faqs.body["data"].as_array().unwrap().iter().chain(testimonials.body["data"].as_array().unwrap()) {
        for time in [&row["created_at"], &row["updated_at"]] {
            let time = time.as_str().unwrap();
            assert_eq!(time, at(time).format("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
    }

    // The photos are there.
    for photo in ["budi_santoso", "siti_rahayu", "ahmad_rizki"] {
        let photo = legacy.call("HEAD", &format!("/storage/testimonials/{photo}.jpg")).send().await;
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
