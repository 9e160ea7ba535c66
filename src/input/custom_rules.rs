//! Rules that several nouns have beside those of the kernel.

use gerbang_kernel::error::{CustomRule, Rule};

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

/// A list has its bound.
pub(crate) const TOO_MANY: Rule = Rule::Custom(&CustomRule {
    name: "TOO_MANY",
    english: "These are too many at once.",
    indonesian: "Terlalu banyak sekaligus.",
});

/// A status can be reached from the one before.
pub(crate) const TRANSITION: Rule = Rule::Custom(&CustomRule {
    name: "TRANSITION",
    english: "It can't go there from where it stands.",
    indonesian: "Status tidak dapat diubah ke situ.",
});
