//! The texts of mails and SMS: one function per occasion, in the language of the recipient's realm.

use super::links;
use crate::{
    accounts::{Realm, Role},
    config::Server,
    outbox::row::Channel,
};
use gerbang_graphql::rules::text::is_name;

/// A message, ready for the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// How it is sent.
    pub channel: Channel,
    /// The bare address or number.
    pub to: String,
    /// The subject of a mail.
    pub subject: Option<&'static str>,
    /// The text.
    pub body: String,
    /// The code in the text.
    pub code: Option<String>,
    /// The link in the text.
    pub link: Option<String>,
}

impl OutgoingMessage {
    fn mail(to: &str, subject: &'static str, body: String) -> Self {
        Self { channel: Channel::Email, to: to.to_owned(), subject: Some(subject), body, code: None, link: None }
    }

    fn sms(to: &str, body: String) -> Self {
        Self { channel: Channel::Sms, to: to.to_owned(), subject: None, body, code: None, link: None }
    }

    fn with_code(self, code: String) -> Self {
        Self { code: Some(code), ..self }
    }

    fn with_link(self, link: String) -> Self {
        Self { link: Some(link), ..self }
    }
}

/// Characters of a name that a message shows.
const MAX_NAME_LENGTH: usize = 60;

/// A name as a message may show it. Anybody may sign somebody else up, and names come from elsewhere, too: what the
/// recipient reads is no text of a stranger's, breaks no line, and holds nothing that a mail program makes a link of,
/// which is also a bare domain, in whatever width it is written.
fn shown(name: &str) -> String {
    let mut shown = String::new();
    let mut characters = name.chars().filter_map(narrow).take(MAX_NAME_LENGTH).peekable();
    while let Some(character) = characters.next() {
        let follows = characters.peek().is_some_and(|next| !next.is_whitespace() && *next != ',');
        match character {
            '/' | '\\' | '<' | '>' | '[' | ']' | '@' | ':' => shown.push(' '),
            unprintable if !is_name(unprintable.encode_utf8(&mut [0; 4])) => shown.push(' '),
            // `S.Si` reads as well in two words.
            '.' if follows => shown.push_str(". "),
            other => shown.push(other),
        }
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A character as programs read it that look for links: full-width ones are ASCII, every full stop is a dot, and what
/// has no width is not there.
fn narrow(character: char) -> Option<char> {
    match character {
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => None,
        '\u{2024}' | '\u{3002}' | '\u{fe52}' | '\u{ff61}' => Some('.'),
        '\u{fe55}' => Some(':'),
        '\u{fe6b}' => Some('@'),
        '\u{2044}' | '\u{2215}' => Some('/'),
        // The full-width forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0),
        other => Some(other),
    }
}

/// Whether people of this realm are written to in Indonesian, as their API speaks to them.
const fn speaks_indonesian(realm: Realm) -> bool {
    match realm {
        Realm::Apextrack | Realm::Scholarship | Realm::Staff => true,
        Realm::TalentsMapping | Realm::Notary => false,
    }
}

/// The code that verifies an e-mail address.
pub(crate) fn verification(realm: Realm, name: &str, to: &str, code: String, minutes: i64) -> OutgoingMessage {
    let name = shown(name);
    let message = if speaks_indonesian(realm) {
        let body = format!(
            "Halo {name},\n\nKode verifikasi email Anda: {code}\nKode ini berlaku {minutes} menit dan hanya dapat dipakai sekali.\n"
        );
        OutgoingMessage::mail(to, "Kode verifikasi email", body)
    } else {
        let body = format!(
            "Hello {name},\n\nYour verification code is {code}\nIt is valid for {minutes} minutes and can be used once.\n"
        );
        OutgoingMessage::mail(to, "Verify your e-mail address", body)
    };
    message.with_code(code)
}

/// The link that confirms a sign-up.
pub(crate) fn sign_up(server: &Server, name: &str, to: &str, code: String, minutes: i64) -> OutgoingMessage {
    let name = shown(name);
    let link = links::confirm_sign_up(server, &code);
    let body = format!(
        "Hello {name},\n\nPlease confirm your account:\n{link}\n\nThe link is valid for {minutes} minutes and can be used once.\nIf you did not sign up, ignore this mail.\n"
    );
    OutgoingMessage::mail(to, "Confirm your account", body).with_code(code).with_link(link)
}

/// The code that allows to set a new password, by mail.
pub(crate) fn password_reset_mail(realm: Realm, to: &str, code: String, minutes: i64) -> OutgoingMessage {
    let message = if speaks_indonesian(realm) {
        let body = format!(
            "Kode untuk mengatur ulang kata sandi Anda: {code}\nKode ini berlaku {minutes} menit. Abaikan email ini jika Anda tidak memintanya.\n"
        );
        OutgoingMessage::mail(to, "Atur ulang kata sandi", body)
    } else {
        let body = format!(
            "Your code to set a new password is {code}\nIt is valid for {minutes} minutes. If you did not ask for it, ignore this mail.\n"
        );
        OutgoingMessage::mail(to, "Set a new password", body)
    };
    message.with_code(code)
}

/// The code that allows to set a new password, by SMS.
pub(crate) fn password_reset_sms(realm: Realm, to: &str, code: String, minutes: i64) -> OutgoingMessage {
    let body = if speaks_indonesian(realm) {
        format!("Token reset kata sandi Anda: {code}. Berlaku {minutes} menit. Jangan berikan kepada siapa pun.")
    } else {
        format!("Your password reset token is {code}. It is valid for {minutes} minutes. Give it to nobody.")
    };
    OutgoingMessage::sms(to, body).with_code(code)
}

/// Tells the old address that it is not the account's any more.
pub(crate) fn address_changed(realm: Realm, name: &str, old: &str) -> OutgoingMessage {
    let name = shown(name);
    if speaks_indonesian(realm) {
        let body = format!(
            "Halo {name},\n\nAlamat email akun Anda telah diganti dan alamat ini tidak lagi digunakan.\nJika bukan Anda yang menggantinya, segera hubungi administrator.\n"
        );
        OutgoingMessage::mail(old, "Alamat email Anda telah diganti", body)
    } else {
        let body = format!(
            "Hello {name},\n\nThe e-mail address of your account was changed, and this address is no longer used.\nIf it was not you, tell an administrator at once.\n"
        );
        OutgoingMessage::mail(old, "Your e-mail address was changed", body)
    }
}

/// The link that accepts an invitation.
pub(crate) fn invitation(server: &Server, realm: Realm, role: Role, to: &str, code: String) -> OutgoingMessage {
    let link = links::open_invitation(server, realm, &code);
    let role = format!("{role:?}").to_uppercase();
    let message = if speaks_indonesian(realm) {
        let body = format!("Halo,\n\nAnda diundang untuk bergabung sebagai {role}:\n{link}\n");
        OutgoingMessage::mail(to, "Undangan untuk bergabung", body)
    } else {
        let body = format!("Hello,\n\nYou are invited to join as {role}:\n{link}\n");
        OutgoingMessage::mail(to, "You are invited", body)
    };
    message.with_code(code).with_link(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_message_holds_nothing_that_could_be_a_link() {
        for (name, expected) in [
            ("Dr. Siti Aminah, S.Si", "Dr. Siti Aminah, S. Si"),
            ("Ani\r\n\r\nKlik", "Ani Klik"),
            ("http://evil.test/x", "http evil. test x"),
            ("hadiah.com", "hadiah. com"),
            ("<a href=evil.test>x</a>", "a href=evil. test x a"),
            ("ani@evil.test", "ani evil. test"),
            ("Klik evil.com sekarang", "Klik evil. com sekarang"),
            ("//evil.com", "evil. com"),
            ("https:evil.com", "https evil. com"),
            ("[x](evil.id)", "x (evil. id)"),
            ("ｗｗｗ．evil．com", "www. evil. com"),
            ("evil。com", "evil. com"),
            ("evil\u{2024}com", "evil. com"),
            ("a＠b.co", "a b. co"),
            ("192.168.1.1", "192. 168. 1. 1"),
            ("ht\u{200b}tp：／／evil.\u{200b}com", "http evil. com"),
            ("dr. A. B., S.Kom, M.Kn.", "dr. A. B., S. Kom, M. Kn."),
        ] {
            assert_eq!(shown(name), expected);
        }
        assert_eq!(shown(&"a".repeat(255)).len(), MAX_NAME_LENGTH);
        let message = verification(Realm::Apextrack, "A\nB www.evil.test", "a@b.test", "123456".to_owned(), 10);
        assert!(message.body.starts_with("Halo A B www. evil. test,\n"), "{}", message.body);
    }
}
