//! What a value must be.

use gerbang_kernel::{error::Rule, text::is_blank};

use super::{
    Members,
    text::{bare_phone_key, is_email, is_name, is_url, is_word, matches, phone_key},
};

/// What a value must be. Lengths are in characters.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Anything.
    Any,
    /// A text.
    Text {
        /// At least this long.
        min: u64,
        /// At most this long.
        max: u64,
    },
    /// Somebody's name, which goes into mails.
    Name {
        /// At least this long.
        min: u64,
        /// At most this long.
        max: u64,
    },
    /// An e-mail address with a domain.
    Email {
        /// At most this long.
        max: u64,
    },
    /// A telephone number: `+` or a leading 0 and 8 to 15 digits.
    Phone,
    /// A telephone number whose leading 0 may be missing.
    BarePhone,
    /// A new password, at most 255 characters.
    Password {
        /// At least this long.
        min: u64,
    },
    /// The same as another member, which is then what breaks `CONFIRMED`.
    Repeats(&'static str),
    /// Three letters of ISO 4217.
    Currency,
    /// An absolute http or https URL.
    Url {
        /// At most this long.
        max: u64,
    },
    /// Letters and digits of ASCII, `.`, `_` and `-`.
    Word {
        /// At most this long.
        max: u64,
    },
    /// What a regular expression matches from end to end.
    Pattern {
        /// The expression.
        pattern: &'static str,
        /// At most this long.
        max: u64,
    },
    /// One of these words of an enum.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Number {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// What the other members say.
    By(fn(Members<'_>) -> Self),
}

impl Form {
    /// Characters of a password at most.
    pub const MAX_PASSWORD: u64 = 255;

    /// The form itself, where other members decide.
    #[must_use]
    pub fn among(self, members: &Members<'_>) -> Self {
        match self {
            Self::By(form) => form(*members),
            form => form,
        }
    }

    /// The rule that a text breaks.
    pub(super) fn broken_by_text(self, text: &str) -> Option<Rule> {
        if let Self::Password { min } = self {
            return password(text, min);
        }
        let text = text.trim();
        if is_blank(text) {
            return (!matches!(self, Self::Any | Self::Number { .. } | Self::Repeats(_))).then_some(Rule::Required);
        }
        match self {
            Self::Text { min, max } => sized(text, min, max),
            Self::Name { min, max } => sized(text, min, max).or_else(|| (!is_name(text)).then_some(Rule::Format)),
            Self::Email { max } => sized(text, 0, max).or_else(|| (!is_email(text)).then_some(Rule::Email)),
            Self::Phone => phone_key(text).is_none().then_some(Rule::Phone),
            Self::BarePhone => bare_phone_key(text).is_none().then_some(Rule::Phone),
            Self::Currency => {
                let letters = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
                (!letters).then_some(Rule::Format)
            }
            Self::Url { max } => sized(text, 0, max).or_else(|| (!is_url(text)).then_some(Rule::Url)),
            Self::Word { max } => sized(text, 0, max).or_else(|| (!is_word(text)).then_some(Rule::Format)),
            Self::Pattern { pattern, max } => {
                sized(text, 0, max).or_else(|| (!matches(pattern, text)).then_some(Rule::Format))
            }
            Self::OneOf(_) => self.broken_by_word(text),
            Self::Any | Self::Number { .. } | Self::Password { .. } | Self::Repeats(_) | Self::By(_) => None,
        }
    }

    /// The rule that a word of an enum breaks.
    pub(super) fn broken_by_word(self, word: &str) -> Option<Rule> {
        matches!(self, Self::OneOf(words) if !words.contains(&word)).then_some(Rule::In)
    }

    /// The rule that a number breaks.
    pub(super) const fn broken_by_number(self, number: i64) -> Option<Rule> {
        match self {
            Self::Number { min, .. } if number < min => Some(Rule::Min(min)),
            Self::Number { max, .. } if number > max => Some(Rule::Max(max)),
            _ => None,
        }
    }
}

fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

fn sized(text: &str, min: u64, max: u64) -> Option<Rule> {
    match length(text) {
        short if short < min => Some(Rule::MinLength(min)),
        long if long > max => Some(Rule::MaxLength(max)),
        _ => None,
    }
}

fn password(password: &str, min: u64) -> Option<Rule> {
    if password.trim().is_empty() { Some(Rule::Required) } else { sized(password, min, Form::MAX_PASSWORD) }
}
