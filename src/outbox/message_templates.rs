//! The texts of mails and SMS: one function per occasion, in the language of the recipient's realm.

use gerbang_graphql::rules::text::is_name;

use super::{
    language::{code_lives, duration, greeting, invited, language_of, sender},
    letter::{Deed, Letter},
    links,
};
use crate::{
    accounts::{Realm, Role},
    config::Config,
    outbox::row::Channel,
};

/// A message, ready for the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// How it is sent.
    pub channel: Channel,
    /// The bare address or number.
    pub to: String,
    /// What the sender of a mail is called.
    pub sender: Option<String>,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// The same as HTML, of a mail.
    pub html: Option<String>,
    /// The code in the text.
    pub code: Option<String>,
    /// The link in the text.
    pub link: Option<String>,
}

impl OutgoingMessage {
    fn mail(to: &str, letter: Letter) -> Self {
        let (body, html) = (letter.text(), letter.html());
        let Letter { sender, subject, deed, .. } = letter;
        let (code, link) = match deed {
            Deed::Nothing => (None, None),
            Deed::Code(code) => (Some(code), None),
            Deed::Link(_, link) => (None, Some(link)),
        };
        Self {
            channel: Channel::Email,
            to: to.to_owned(),
            sender: Some(sender),
            subject: Some(subject),
            body,
            html: Some(html),
            code,
            link,
        }
    }

    fn sms(to: &str, body: String) -> Self {
        Self {
            channel: Channel::Sms,
            to: to.to_owned(),
            sender: None,
            subject: None,
            body,
            html: None,
            code: None,
            link: None,
        }
    }

    fn with_code(self, code: String) -> Self {
        Self { code: Some(code), ..self }
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

/// The code that verifies an e-mail address.
pub(crate) fn verification(
    config: &Config,
    realm: Realm,
    name: &str,
    to: &str,
    code: String,
    minutes: i64,
) -> OutgoingMessage {
    let (language, sender) = (language_of(realm), sender(config, realm));
    let asked = language.say(
        format!("Type this code in to confirm that this is the address of your account at {sender}:"),
        format!("Masukkan kode ini untuk memastikan bahwa ini alamat email akun {sender} Anda:"),
    );
    let ignored = language.say(
        "If you did not sign up, ignore this mail and give the code to nobody.",
        "Abaikan email ini jika Anda tidak mendaftar, dan jangan berikan kode ini kepada siapa pun.",
    );
    let letter = Letter {
        language,
        subject: language.say("Verify your e-mail address", "Kode verifikasi email").to_owned(),
        greeting: greeting(language, Some(&shown(name))),
        purpose: asked,
        deed: Deed::Code(code),
        ending: vec![code_lives(language, minutes), ignored.to_owned()],
        sender,
    };
    OutgoingMessage::mail(to, letter)
}

/// The link that confirms a sign-up.
pub(crate) fn sign_up(
    config: &Config,
    realm: Realm,
    name: &str,
    to: &str,
    code: String,
    minutes: i64,
) -> OutgoingMessage {
    let (language, sender) = (language_of(realm), sender(config, realm));
    let link = links::confirm_sign_up(&config.server, &code);
    let asked = language.say(
        format!("Somebody, probably you, signed up at {sender} with this address. Confirm that it is yours."),
        format!(
            "Seseorang, mungkin Anda, mendaftar di {sender} dengan alamat ini. Konfirmasikan bahwa ini alamat Anda."
        ),
    );
    let once = language.say(
        format!("The link is valid for {} and can be used once.", duration(language, minutes)),
        format!("Tautan ini berlaku {} dan hanya dapat dipakai sekali.", duration(language, minutes)),
    );
    let ignored = language.say(
        "If you did not sign up, ignore this mail: nobody gets an account with your address.",
        "Abaikan email ini jika Anda tidak mendaftar: tidak ada akun yang dibuat dengan alamat Anda.",
    );
    let letter = Letter {
        language,
        subject: language.say("Confirm your account", "Konfirmasi akun Anda").to_owned(),
        greeting: greeting(language, Some(&shown(name))),
        purpose: asked,
        deed: Deed::Link(language.say("Confirm my account", "Konfirmasi akun saya"), link),
        ending: vec![once, ignored.to_owned()],
        sender,
    };
    OutgoingMessage::mail(to, letter).with_code(code)
}

/// The code that allows to set a new password, by mail.
pub(crate) fn password_reset_mail(
    config: &Config,
    realm: Realm,
    name: &str,
    to: &str,
    code: String,
    minutes: i64,
) -> OutgoingMessage {
    let (language, sender) = (language_of(realm), sender(config, realm));
    let asked = language.say(
        format!(
            "Somebody, probably you, wants to set a new password for your account at {sender}. This is the code for it:"
        ),
        format!("Seseorang, mungkin Anda, ingin mengatur ulang kata sandi akun {sender} Anda. Ini kodenya:"),
    );
    let ignored = language.say(
        "If you did not ask for it, ignore this mail: your password stays as it is. Give the code to nobody.",
        "Abaikan email ini jika Anda tidak memintanya: kata sandi Anda tidak berubah. Jangan berikan kode ini kepada siapa pun.",
    );
    let letter = Letter {
        language,
        subject: language.say("Set a new password", "Atur ulang kata sandi").to_owned(),
        greeting: greeting(language, Some(&shown(name))),
        purpose: asked,
        deed: Deed::Code(code),
        ending: vec![code_lives(language, minutes), ignored.to_owned()],
        sender,
    };
    OutgoingMessage::mail(to, letter)
}

/// The code that allows to set a new password, by SMS.
pub(crate) fn password_reset_sms(
    config: &Config,
    realm: Realm,
    to: &str,
    code: String,
    minutes: i64,
) -> OutgoingMessage {
    let (language, sender) = (language_of(realm), sender(config, realm));
    let lives = duration(language, minutes);
    let body = language.say(
        format!("{sender}: Your password reset token is {code}. It is valid for {lives}. Give it to nobody."),
        format!("{sender}: Token reset kata sandi Anda {code}. Berlaku {lives}. Jangan berikan kepada siapa pun."),
    );
    OutgoingMessage::sms(to, body).with_code(code)
}

/// Tells the old address that it is not the account's any more.
pub(crate) fn address_changed(config: &Config, realm: Realm, name: &str, old: &str) -> OutgoingMessage {
    let (language, sender) = (language_of(realm), sender(config, realm));
    let told = language.say(
        format!("The e-mail address of your account at {sender} was changed, and this address is no longer used."),
        format!("Alamat email akun {sender} Anda telah diganti dan alamat ini tidak lagi digunakan."),
    );
    let not_you = language.say(
        "If it was you, there is nothing to do. If it was not, tell an administrator at once.",
        "Jika Anda yang menggantinya, abaikan email ini. Jika bukan, segera hubungi administrator.",
    );
    let letter = Letter {
        language,
        subject: language.say("Your e-mail address was changed", "Alamat email Anda telah diganti").to_owned(),
        greeting: greeting(language, Some(&shown(name))),
        purpose: told,
        deed: Deed::Nothing,
        ending: vec![not_you.to_owned()],
        sender,
    };
    OutgoingMessage::mail(old, letter)
}

/// The link that accepts an invitation of somebody of this name.
pub(crate) fn invitation(
    config: &Config,
    realm: Realm,
    inviter: &str,
    role: Role,
    to: &str,
    code: String,
    minutes: i64,
) -> OutgoingMessage {
    let (language, sender) = (language_of(realm), sender(config, realm));
    let told = invited(language, &shown(inviter), &sender, role);
    let once = language.say(
        format!("The invitation is valid for {} and can be accepted once.", duration(language, minutes)),
        format!("Undangan ini berlaku {} dan hanya dapat diterima sekali.", duration(language, minutes)),
    );
    let ignored = language.say(
        "If you do not know who invites you, ignore this mail.",
        "Abaikan email ini jika Anda tidak mengenal pengundangnya.",
    );
    let letter = Letter {
        language,
        subject: language.say("You are invited", "Undangan untuk bergabung").to_owned(),
        greeting: greeting(language, None),
        purpose: told,
        deed: Deed::Link(
            language.say("Look at the invitation", "Lihat undangan"),
            links::open_invitation(&config.server, realm, &code),
        ),
        ending: vec![once, ignored.to_owned()],
        sender,
    };
    OutgoingMessage::mail(to, letter).with_code(code)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use gerbang_kernel::text::escape_html;

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
        let message = &messages("A\nB www.evil.test")[0];
        assert!(message.body.starts_with("Halo A B www. evil. test,\n"), "{}", message.body);
    }

    /// One of each, in both languages, to and about somebody of this name.
    fn messages(name: &str) -> Vec<OutgoingMessage> {
        let nowhere = Path::new("nowhere");
        let config = Config::demo(nowhere, nowhere, ([127, 0, 0, 1], 8080).into()).unwrap();
        let (to, code) = ("a@b.test", || "123456".to_owned());
        let of = |realm| {
            [
                verification(&config, realm, name, to, code(), 10),
                sign_up(&config, realm, name, to, code(), 60),
                password_reset_mail(&config, realm, name, to, code(), 10),
                address_changed(&config, realm, name, to),
                invitation(&config, realm, name, Role::Ppat, to, code(), 2880),
            ]
        };
        [Realm::Scholarship, Realm::Notary].into_iter().flat_map(of).collect()
    }

    #[test]
    fn text_and_html_say_the_same() {
        for message in messages("Ani & \"Budi\"") {
            let html = message.html.unwrap();
            let (head, body) = html.split_once("<body>").unwrap();
            assert!(head.contains(&format!("<title>{}</title>", message.subject.as_deref().unwrap())), "{head}");
            let paragraphs = message.body.lines().filter(|line| !matches!(*line, "" | "-- "));
            for line in paragraphs.map(|line| line.trim_end_matches(':')) {
                assert!(body.contains(&escape_html(line)), "{line} in {body}");
            }
            // Nothing from elsewhere, and no link but the one.
            let links: Vec<&str> = body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert_eq!(links, message.link.as_deref().into_iter().map(escape_html).collect::<Vec<_>>());
            assert!(
                !html.contains("<table") && !html.contains("src=") && !html.contains("url(") && !html.contains("{{")
            );
        }
    }

    #[test]
    fn mails_tell_who_writes_why_until_when_and_what_to_do_if_it_was_not_expected() {
        let expected = [
            ("Beasiswa YISS", "alamat email akun Beasiswa YISS", "berlaku 10 menit", "Abaikan email ini jika"),
            ("Beasiswa YISS", "mendaftar di Beasiswa YISS", "berlaku 1 jam", "Abaikan email ini jika"),
            ("Beasiswa YISS", "kata sandi akun Beasiswa YISS", "berlaku 10 menit", "Abaikan email ini jika"),
            ("Beasiswa YISS", "telah diganti", "", "abaikan email ini"),
            (
                "Beasiswa YISS",
                "Ani mengundang Anda untuk bergabung dengan Beasiswa YISS sebagai pejabat pembuat akta tanah (PPAT).",
                "berlaku 2 hari",
                "Abaikan email ini jika",
            ),
            ("Notary Office", "your account at Notary Office", "valid for 10 minutes", "ignore this mail"),
            ("Notary Office", "signed up at Notary Office", "valid for 1 hour", "ignore this mail"),
            ("Notary Office", "your account at Notary Office", "valid for 10 minutes", "ignore this mail"),
            ("Notary Office", "was changed", "", "nothing to do"),
            (
                "Notary Office",
                "Ani invites you to join Notary Office as a land deed official (PPAT).",
                "valid for 2 days",
                "ignore this mail",
            ),
        ];
        for (message, (sender, purpose, end, ignore)) in messages("Ani").iter().zip(expected) {
            assert_eq!(message.sender.as_deref(), Some(sender));
            assert!(message.body.ends_with(&format!("\n\n-- \n{sender}\n")), "{}", message.body);
            for words in [purpose, end, ignore] {
                assert!(message.body.contains(words), "{words} in {}", message.body);
            }
        }
    }
}
