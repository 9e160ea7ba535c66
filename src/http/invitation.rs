//! `/invitation`: where a guest accepts an invitation, as long as the web application (`app_url`) is the gateway itself.

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
    routing::get,
};
use gerbang_kernel::error::Error;
use gerbang_rest::Route;
use gerbang_server::{extract::Query, page::Page};
use serde::Deserialize;

use super::notice::message_page;
use crate::{
    accounts::invitation::rules::{inviter_name, open_invitation},
    app::App,
    domain::Domain,
    outbox::language::{invited, language_of, sender},
};

/// The operation that accepts, which is known where only trusted documents are answered.
const OPERATION: &str = "AcceptInvitation";

#[derive(Clone)]
struct Guests {
    domain: Domain,
    operation: String,
}

#[derive(Deserialize)]
struct Parameters {
    code: Option<String>,
}

/// The page, unless invitations lead to an application elsewhere.
pub(super) fn router(app: &App, routes: &[Route]) -> Router {
    let server = &app.domain.config.server;
    let operation = routes.iter().find(|route| route.operation == OPERATION).map(Route::operation_text);
    match operation {
        Some(operation) if server.app_url == server.public_url => {
            let guests = Guests { domain: app.domain.clone(), operation };
            Router::new().route("/invitation", get(show)).with_state(guests)
        }
        _ => Router::new(),
    }
}

async fn show(State(guests): State<Guests>, Query(Parameters { code }): Query<Parameters>) -> Response {
    let code = code.unwrap_or_default();
    let mut response = match page(&guests, &code).await {
        Ok(Some(page)) => page.into_response(),
        Ok(None) => {
            let advice =
                "It may have been accepted, taken back or be too old. Whoever invited you can invite you again.";
            (StatusCode::NOT_FOUND, message_page("This invitation can't be accepted", advice)).into_response()
        }
        Err(error) => {
            tracing::error!(error = %error, cause = ?error.cause(), "an invitation could not be shown");
            let page = message_page("Something went wrong on our side", "Try again later.");
            (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn page(Guests { domain, operation }: &Guests, code: &str) -> Result<Option<Page>, Error> {
    let Some(invitation) = open_invitation(domain, code).await? else { return Ok(None) };
    let inviter = inviter_name(domain, &invitation).await?;
    let language = language_of(invitation.realm);
    let title = language.say("You are invited", "Undangan untuk bergabung");
    let ready = language.say(
        format!("Your account is ready. Log in with {} and your password.", invitation.email),
        format!("Akun Anda siap. Masuk dengan {} dan kata sandi Anda.", invitation.email),
    );
    let page = Page::new(include_str!("invitation.html"))
        .running(include_str!("invitation.js"))
        .in_language(language.tag())
        .titled(title)
        .with("title", title)
        .with("email label", language.say("E-mail address", "Alamat email"))
        .with("name label", language.say("Full name", "Nama lengkap"))
        .with("password label", language.say("Password, at least 8 characters", "Kata sandi, minimal 8 karakter"))
        .with("accept", language.say("Accept the invitation", "Terima undangan"))
        .with("explore", language.say("Open the explorer", "Buka penjelajah"))
        .with("failed", language.say("That did not work. Try again later.", "Gagal. Coba lagi nanti."))
        .with("operation", operation)
        .with("code", code)
        .with("ready", &ready)
        .with("email", &invitation.email)
        .with("invited", &invited(language, &inviter, &sender(&domain.config, invitation.realm), invitation.role));
    Ok(Some(page))
}
