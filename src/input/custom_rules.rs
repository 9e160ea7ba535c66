//! Rules that several nouns have beside those of the kernel.

use chrono::DateTime;
use gerbang_graphql::date::Date;
use gerbang_kernel::{clock::Clock, error::Rule};

gerbang_kernel::custom_rule! {
    /// A period does not end before it begins.
    pub(crate) BEFORE_START: "The period ends before it begins.", "Periode berakhir sebelum dimulai."
}

gerbang_kernel::custom_rule! {
    /// What is listed is listed once.
    pub(crate) DUPLICATE: "It is given more than once.", "Diberikan lebih dari sekali."
}

gerbang_kernel::custom_rule! {
    /// The date does not lie in the future.
    pub(crate) FUTURE: "The date lies in the future.", "Tanggal berada di masa depan."
}

gerbang_kernel::custom_rule! {
    /// A status can be reached from the one before.
    pub(crate) TRANSITION: "It can't go there from where it stands.", "Status tidak dapat diubah ke situ."
}

/// Whether a day, or a time, lies in the [`FUTURE`].
pub(crate) fn future(text: &str) -> Option<Rule> {
    let now = Clock::current().now();
    let is_later = match Date::read(text) {
        Some(day) => day.0 > now.date_naive(),
        None => DateTime::parse_from_rfc3339(text).is_ok_and(|time| time > now),
    };
    is_later.then_some(FUTURE)
}
