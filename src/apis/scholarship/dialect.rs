//! What every route of the scholarship does.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use gerbang_kernel::{
    error::{ErrorCode, Rule},
    messages::{Language, violation_message},
};
use gerbang_rest::{Answer, Blank, Claim, Condition, Dialect, Failure, Ids, Limit, Page, Paging, Times, TokenType};
use serde_json::{Value as Json, json};

use crate::{accounts::Realm, apis::files};

/// The API.
pub fn dialect() -> Dialect {
    Dialect {
        slug: "scholarship",
        title: "Scholarship (YISS)",
        sections: &[
            "Autentikasi",
            "Profil Calon Beswan",
            "Manajemen Dokumen",
            "Dokumen Pendukung Tambahan",
            "Pendaftaran Beasiswa",
            "Notifikasi",
            "Konten Website",
        ],
        hosts: &[],
        // The document says `/v1` in one place and shows paths without it in all others.
        bases: &["/api", "/api/v1"],
        claims: CLAIMS,
        realm: Realm::Scholarship.name(),
        tokens: &[TokenType::Jwt],
        ids: Ids::Uuid,
        times: Times::Seconds,
        blank: Blank::Null,
        paging: Paging { default_size: 15, max_size: 100, envelope: page_data },
        limits: LIMITS,
        rule_message,
        answer,
        files: files("scholarship"),
    }
}

/// "60 permintaan per menit, 1000 permintaan per jam"
const LIMITS: &[Limit] = &[
    Limit { requests: 60, window: Duration::from_mins(1) },
    Limit { requests: 1_000, window: Duration::from_hours(1) },
];

/// Apextrack documents the same paths.
const CLAIMS: &[Claim] = &[
    Claim { method: Method::POST, path: "/api/register", when: Condition::BodyHas("phone") },
    Claim { method: Method::POST, path: "/api/login", when: Condition::Otherwise },
    Claim { method: Method::POST, path: "/api/logout", when: Condition::OwnToken },
];

fn page_data(page: &Page<'_>) -> Vec<(&'static str, Json)> {
    let meta = json!({
        "current_page": page.number,
        "last_page": page.last(),
        "per_page": page.size,
        "total": page.total,
    });
    vec![("meta", meta)]
}

fn rule_message(rule: &Rule, field: &str) -> String {
    violation_message(Language::Indonesian, rule, field)
}

fn answer(failure: &Failure) -> Answer {
    let one = |status, message: &str, key: &str, text: &str| {
        Answer::message(status, message).with("errors", json!({ key: [text] }))
    };
    match failure.code {
        ErrorCode::Unauthenticated => one(
            StatusCode::UNAUTHORIZED,
            "Tidak terautentikasi",
            "auth",
            "Anda tidak terautentikasi. Silakan login terlebih dahulu.",
        ),
        ErrorCode::Forbidden => one(
            StatusCode::FORBIDDEN,
            "Akses ditolak",
            "permission",
            "Anda tidak memiliki izin untuk mengakses sumber daya ini.",
        ),
        ErrorCode::NotFound | ErrorCode::ResultNotFound => one(
            StatusCode::NOT_FOUND,
            "Sumber daya tidak ditemukan",
            "resource",
            "Sumber daya yang diminta tidak dapat ditemukan.",
        ),
        ErrorCode::ValidationFailed => invalid(failure),
        ErrorCode::InvalidCode | ErrorCode::InvalidToken => one(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Data yang diberikan tidak valid",
            "token",
            "Token salah, sudah dipakai, atau kedaluwarsa.",
        ),
        ErrorCode::AlreadyConfirmed => {
            one(StatusCode::CONFLICT, "Sudah dikonfirmasi", "resource", "Sumber daya ini sudah dikonfirmasi.")
        }
        ErrorCode::Gone => {
            one(StatusCode::GONE, "Sudah tidak tersedia", "resource", "Sumber daya yang diminta sudah tidak tersedia.")
        }
        ErrorCode::RateLimited => one(
            StatusCode::TOO_MANY_REQUESTS,
            "Terlalu banyak permintaan",
            "rate_limit",
            "Batas permintaan terlampaui. Silakan coba lagi nanti.",
        ),
        ErrorCode::BadRequest => {
            one(StatusCode::BAD_REQUEST, "Permintaan tidak valid", "request", "Permintaan tidak dapat dipahami.")
        }
        ErrorCode::MethodNotAllowed => one(
            StatusCode::METHOD_NOT_ALLOWED,
            "Metode tidak diizinkan",
            "method",
            "Metode ini tidak didukung untuk sumber daya yang diminta.",
        ),
        ErrorCode::PayloadTooLarge => {
            one(StatusCode::PAYLOAD_TOO_LARGE, "Permintaan terlalu besar", "file", "Ukuran permintaan terlalu besar.")
        }
        ErrorCode::UnsupportedMediaType => one(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Tipe konten tidak didukung",
            "content_type",
            "Tipe konten permintaan tidak didukung.",
        ),
        ErrorCode::Unavailable => one(
            StatusCode::SERVICE_UNAVAILABLE,
            "Layanan tidak tersedia",
            "server",
            "Server sedang sibuk. Silakan coba lagi nanti.",
        ),
        ErrorCode::Internal => one(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Kesalahan server",
            "server",
            "Terjadi kesalahan yang tidak terduga. Silakan coba lagi nanti.",
        ),
    }
}

/// 400 as soon as a required value is missing, else 422.
fn invalid(failure: &Failure) -> Answer {
    let missing = failure.violations.iter().any(|violation| violation.rule == Rule::Required);
    let (status, message) = if missing {
        (StatusCode::BAD_REQUEST, "Validasi gagal")
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, "Data yang diberikan tidak valid")
    };
    Answer::message(status, message).with("errors", failure.messages(rule_message))
}
