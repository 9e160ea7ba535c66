//! Links in messages. They start with the settings' URLs, never with what a request says.

use crate::{accounts::Realm, config::Server};

/// Where the recipient of a notary sign-up confirms it: the documented route, under the prefix that always answers.
pub(crate) fn confirm_sign_up(server: &Server, code: &str) -> String {
    format!("{}/notary/api/v1/auth/signup/confirm?code={code}", server.public_url)
}

/// Where a guest looks at an invitation: the notary's documented route, else the application's page.
pub(crate) fn open_invitation(server: &Server, realm: Realm, code: &str) -> String {
    match realm {
        Realm::Notary => format!("{}/notary/api/v1/invitation/open?code={code}", server.public_url),
        Realm::TalentsMapping | Realm::Apextrack | Realm::Scholarship | Realm::Staff => accept_invitation(server, code),
    }
}

/// The application's page on which a guest accepts an invitation.
pub(crate) fn accept_invitation(server: &Server, code: &str) -> String {
    format!("{}/invitation?code={code}", server.app_url)
}
