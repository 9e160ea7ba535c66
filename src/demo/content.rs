//! What the scholarship's website says: the texts of its documentation.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;

use super::seeder::Seeder;
use crate::content::{faq, setting, testimonial};

const SETTINGS: [(&str, &str); 11] = [
    ("company_name", "Yayasan Inspirasi Semangat Sekolah"),
    ("company_address", "Jl. Pendidikan No. 123, Jakarta Pusat"),
    ("company_phone", "+6221123456789"),
    ("company_email", "info@yiss.or.id"),
    ("hero_title", "Wujudkan Mimpi Pendidikan Anda"),
    ("hero_subtitle", "Program beasiswa untuk siswa SMP & SMA berprestasi"),
    ("hero_cta", "Daftar Sekarang"),
    ("about_title", "Tentang Yayasan Inspirasi Semangat Sekolah"),
    (
        "about_description",
        "Yayasan Inspirasi Semangat Sekolah didirikan pada tahun 2015 dengan misi membantu siswa-siswi berprestasi namun kurang mampu untuk melanjutkan pendidikan mereka.",
    ),
    (
        "about_vision",
        "Menjadi yayasan terdepan dalam memberikan akses pendidikan berkualitas bagi seluruh anak Indonesia.",
    ),
    (
        "about_mission",
        "Memberikan dukungan finansial dan mentoring kepada siswa berprestasi dari keluarga kurang mampu.",
    ),
];

const FAQS: [(&str, &str); 5] = [
    (
        "Bagaimana cara mendaftar beasiswa?",
        "Silakan membuat akun dan mengisi formulir pendaftaran online di website kami.",
    ),
    (
        "Apa saja persyaratan untuk mendaftar beasiswa?",
        "Persyaratan meliputi nilai akademik, kondisi ekonomi keluarga, dan prestasi non-akademik.",
    ),
    ("Kapan pendaftaran beasiswa dibuka?", "Pendaftaran beasiswa dibuka setiap bulan November setiap tahunnya."),
    ("Dokumen apa saja yang harus diunggah?", "Kartu keluarga dan rapor terakhir dalam format PDF, JPG atau PNG."),
    (
        "Apakah saya boleh mendaftar lebih dari satu kali?",
        "Satu kali untuk setiap periode. Anda boleh mendaftar lagi pada periode berikutnya.",
    ),
];

/// Name, photo, and what they say.
const TESTIMONIALS: [(&str, &str, &[u8], &str); 3] = [
    (
        "Budi Santoso",
        "testimonials/budi_santoso.jpg",
        include_bytes!("files/budi_santoso.jpg"),
        "Beasiswa ini telah membantu saya fokus belajar tanpa memikirkan biaya pendidikan.",
    ),
    (
        "Siti Rahayu",
        "testimonials/siti_rahayu.jpg",
        include_bytes!("files/siti_rahayu.jpg"),
        "Berkat beasiswa dari YISS, saya bisa mengejar impian saya untuk kuliah di universitas terbaik.",
    ),
    (
        "Ahmad Rizki",
        "testimonials/ahmad_rizki.jpg",
        include_bytes!("files/ahmad_rizki.jpg"),
        "Program mentoring dari YISS tidak hanya membantu secara finansial tapi juga membentuk karakter dan kepemimpinan saya.",
    ),
];

/// Adds settings, questions with answers, and testimonials.
pub(crate) async fn fill(seeder: &mut Seeder) -> Result<()> {
    let created_at = seeder.days_ago(180);
    let settings = (0..).zip(SETTINGS).map(|(second, (key, value))| {
        // Settings are shown in the order in which they were added, which is the document's.
        let added_at = created_at + TimeDelta::seconds(second);
        setting::row::Model {
            key: key.to_owned(),
            value: value.to_owned(),
            created_at: added_at.into(),
            updated_at: added_at.into(),
        }
    });
    seeder.insert::<setting::row::Entity>(settings.collect()).await?;

    let faqs = (1..).zip(FAQS).map(|(position, (question, answer))| faq::row::Model {
        id: seeder.uuid(created_at),
        question: question.to_owned(),
        answer: answer.to_owned(),
        position,
        created_at: created_at.into(),
        updated_at: created_at.into(),
    });
    let faqs = faqs.collect();
    seeder.insert::<faq::row::Entity>(faqs).await?;

    let mut testimonials = Vec::new();
    for (position, (name, photo_path, photo, content)) in (1..).zip(TESTIMONIALS) {
        seeder.store(photo_path, photo).await?;
        testimonials.push(testimonial::row::Model {
            id: seeder.uuid(created_at),
            name: name.to_owned(),
            photo_path: photo_path.to_owned(),
            content: content.to_owned(),
            position,
            created_at: created_at.into(),
            updated_at: created_at.into(),
        });
    }
    seeder.insert::<testimonial::row::Entity>(testimonials).await
}
