//! What every route of Apextrack does.

use axum::http::{Method, StatusCode};
use gerbang_kernel::{
    error::{ErrorCode, Rule},
    messages::{Language, violation_message},
};
use gerbang_rest::{Answer, Blank, Claim, Condition, Dialect, Failure, Ids, Paging, Times, TokenType};

use crate::{
    accounts::Realm,
    apis::{files, laravel::resource_page},
};

/// The API.
pub fn dialect() -> Dialect {
    Dialect {
        slug: "apextrack",
        title: "Apextrack",
        sections: &[
            "Modul Akun",
            "Modul Verifikasi Email",
            "Modul Dashboard & Laporan",
            "Modul Notifikasi Pembayaran & Postback (Rute Publik)",
        ],
        hosts: &["www3.apextrack.site"],
        bases: &["/api"],
        claims: CLAIMS,
        realm: Realm::Apextrack.name(),
        tokens: &[TokenType::Sanctum],
        ids: Ids::Integer,
        times: Times::Micros,
        blank: Blank::Null,
        paging: Paging { default_size: 15, max_size: 100, envelope: resource_page },
        limits: &[],
        rule_message,
        answer,
        files: files("apextrack"),
    }
}

/// The scholarship documents the first three paths, too, and Talents Mapping the last.
const CLAIMS: &[Claim] = &[
    Claim { method: Method::POST, path: "/api/register", when: Condition::Otherwise },
    Claim { method: Method::POST, path: "/api/login", when: Condition::BodyHas("device_name") },
    Claim { method: Method::POST, path: "/api/logout", when: Condition::Otherwise },
    Claim { method: Method::GET, path: "/api/user", when: Condition::OwnToken },
];

/// English, as the document shows them.
fn rule_message(rule: &Rule, field: &str) -> String {
    violation_message(Language::English, rule, field)
}

fn answer(failure: &Failure) -> Answer {
    match failure.code {
        ErrorCode::Unauthenticated => Answer::message(StatusCode::UNAUTHORIZED, "Unauthenticated."),
        ErrorCode::Forbidden => Answer::message(StatusCode::FORBIDDEN, "Akses ditolak."),
        ErrorCode::NotFound | ErrorCode::ResultNotFound => {
            Answer::message(StatusCode::NOT_FOUND, "Data tidak ditemukan.")
        }
        ErrorCode::ValidationFailed => Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "The given data was invalid.")
            .with("errors", failure.messages(rule_message)),
        ErrorCode::InvalidCode => {
            Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "Kode verifikasi tidak valid atau sudah kadaluarsa.")
        }
        ErrorCode::InvalidToken => {
            Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "Token tidak valid atau sudah kadaluarsa.")
        }
        ErrorCode::AlreadyConfirmed => {
            Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "Email Anda sudah diverifikasi.")
        }
        ErrorCode::Gone => Answer::message(StatusCode::GONE, "Endpoint ini sudah tidak tersedia."),
        ErrorCode::RateLimited => {
            Answer::message(StatusCode::TOO_MANY_REQUESTS, "Terlalu banyak percobaan. Silakan coba beberapa saat lagi.")
        }
        ErrorCode::BadRequest => Answer::message(StatusCode::BAD_REQUEST, "Permintaan tidak dapat dibaca."),
        ErrorCode::MethodNotAllowed => Answer::message(StatusCode::METHOD_NOT_ALLOWED, "Metode tidak diizinkan."),
        ErrorCode::PayloadTooLarge => {
            Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Data yang dikirim terlalu besar.")
        }
        ErrorCode::UnsupportedMediaType => Answer::message(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Jenis konten tidak didukung. Kirim JSON atau formulir.",
        ),
        ErrorCode::Unavailable => {
            Answer::message(StatusCode::SERVICE_UNAVAILABLE, "Server sedang sibuk. Silakan coba beberapa saat lagi.")
        }
        ErrorCode::Internal => Answer::message(StatusCode::INTERNAL_SERVER_ERROR, "Terjadi kesalahan pada server."),
    }
}
