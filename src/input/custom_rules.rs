//! Rules that several nouns have beside those of the kernel.

use chrono::DateTime;
use gerbang_graphql::date::Date;
use gerbang_kernel::{
    clock::Clock,
    error::{CustomRule, Rule},
};

/// What is listed is listed once.
pub(crate) const DUPLICATE: Rule = Rule::Custom(&CustomRule {
    name: "DUPLICATE",
    english: "It is given more than once.",
    indonesian: "Diberikan lebih dari sekali.",
});

/// The date does not lie in the future.
pub(crate) const FUTURE: Rule = Rule::Custom(&CustomRule {
    name: "FUTURE",
    english: "The date lies in the future.",
    indonesian: "Tanggal berada di masa depan.",
});

/// A status can be reached from the one before.
pub(crate) const TRANSITION: Rule = Rule::Custom(&CustomRule {
    name: "TRANSITION",
    english: "It can't go there from where it stands.",
    indonesian: "Status tidak dapat diubah ke situ.",
});

/// Whether a day, or a time, lies in the [`FUTURE`].
pub(crate) fn future(text: &str) -> Option<Rule> {
    let now = Clock::current().now();
    let is_later = match Date::read(text) {
        Some(day) => day.0 > now.date_naive(),
        None => DateTime::parse_from_rfc3339(text).is_ok_and(|time| time > now),
    };
    is_later.then_some(FUTURE)
}
