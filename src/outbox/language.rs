//! The languages that people are written to in, and the words that messages share.

use gerbang_kernel::messages::Language;

use crate::{
    accounts::{Realm, Role},
    config::Config,
};

/// What people of a realm know as the sender: the name of its API in the settings.
pub(crate) fn sender(config: &Config, realm: Realm) -> String {
    let slug = match realm {
        Realm::TalentsMapping => "talentsmapping",
        Realm::Apextrack => "apextrack",
        Realm::Notary => "notary",
        Realm::Scholarship => "scholarship",
        Realm::Staff => "staff",
    };
    config.apis.get(slug).map(|api| api.name.clone()).unwrap_or_default()
}

/// The language that the realm's API speaks.
pub(crate) const fn language_of(realm: Realm) -> Language {
    match realm {
        Realm::Apextrack | Realm::Scholarship | Realm::Staff => Language::Indonesian,
        Realm::TalentsMapping | Realm::Notary => Language::English,
    }
}

/// What stands over a link that is also a button.
pub(crate) fn copy_the_link(language: Language) -> &'static str {
    language.say("If the button does not work, open this address:", "Jika tombol tidak berfungsi, buka alamat ini:")
}

/// The greeting of a mail, by name where there is one.
pub(crate) fn greeting(language: Language, name: Option<&str>) -> String {
    let hello = language.say("Hello", "Halo");
    name.filter(|name| !name.is_empty()).map_or_else(|| format!("{hello},"), |name| format!("{hello} {name},"))
}

/// So many minutes, in the largest unit that is even.
pub(crate) fn duration(language: Language, minutes: i64) -> String {
    let (count, english, indonesian) = match minutes {
        days if days % 1440 == 0 => (days / 1440, "day", "hari"),
        hours if hours % 60 == 0 => (hours / 60, "hour", "jam"),
        minutes => (minutes, "minute", "menit"),
    };
    let plural = if count == 1 { "" } else { "s" };
    language.say(format!("{count} {english}{plural}"), format!("{count} {indonesian}"))
}

/// Until when a code can be used.
pub(crate) fn code_lives(language: Language, minutes: i64) -> String {
    let duration = duration(language, minutes);
    language.say(
        format!("The code is valid for {duration} and can be used once."),
        format!("Kode ini berlaku {duration} dan hanya dapat dipakai sekali."),
    )
}

/// Who invites, to what and as what.
pub(crate) fn invited(language: Language, inviter: &str, sender: &str, role: Role) -> String {
    let role = role_name(language, role);
    language.say(
        format!("{inviter} invites you to join {sender} as {role}."),
        format!("{inviter} mengundang Anda untuk bergabung dengan {sender} sebagai {role}."),
    )
}

/// A role as one would say it, with the article where the language has one.
fn role_name(language: Language, role: Role) -> &'static str {
    match role {
        Role::Admin => language.say("an administrator", "administrator"),
        Role::Partner => language.say("a partner", "mitra"),
        Role::Affiliate => language.say("an affiliate", "afiliasi"),
        Role::Notary => language.say("a notary", "notaris"),
        Role::Ppat => language.say("a land deed official (PPAT)", "pejabat pembuat akta tanah (PPAT)"),
        Role::Customer => language.say("a customer", "pelanggan"),
        Role::Applicant => language.say("an applicant", "calon beswan"),
        Role::Employee => language.say("an employee", "karyawan"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Language::{English, Indonesian},
        duration,
    };

    #[test]
    fn durations_are_told_in_the_largest_unit_that_is_even() {
        for (minutes, english, indonesian) in [
            (1, "1 minute", "1 menit"),
            (10, "10 minutes", "10 menit"),
            (60, "1 hour", "1 jam"),
            (90, "90 minutes", "90 menit"),
            (2880, "2 days", "2 hari"),
        ] {
            assert_eq!(
                (duration(English, minutes), duration(Indonesian, minutes)),
                (english.into(), indonesian.into())
            );
        }
    }
}
