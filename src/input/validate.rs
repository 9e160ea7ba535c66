//! Rules of an input's values, collected so that a caller learns of all of them at once.

use std::{borrow::Cow, str::FromStr, sync::LazyLock};

use email_address::EmailAddress;
use gerbang_kernel::{
    error::{Error, Result, Rule, Violation},
    number::MAX_SAFE_INTEGER,
    text::is_blank,
};
use regex::Regex;

/// Characters of a text without a documented length.
pub const TEXT: u64 = 255;
/// Characters of descriptions, addresses, notes and messages.
pub const LONG_TEXT: u64 = 5_000;

/// Collects violations under a common path.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Nothing found yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes a broken rule.
    pub fn add(&mut self, path: impl Into<Cow<'static, str>>, rule: Rule) {
        self.0.push(Violation::new(path, rule));
    }

    /// A text that must be there: trimmed, not blank, at most `longest` characters.
    pub fn text(&mut self, path: impl Into<Cow<'static, str>>, value: &str, max_length: u64) -> String {
        let value = value.trim();
        if is_blank(value) {
            self.add(path, Rule::Required);
        } else if length(value) > max_length {
            self.add(path, Rule::MaxLength(max_length));
        }
        value.to_owned()
    }

    /// A text that may be missing; blank counts as missing.
    pub fn optional_text(
        &mut self,
        path: impl Into<Cow<'static, str>>,
        value: Option<&str>,
        max_length: u64,
    ) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !is_blank(value))?;
        if length(value) > max_length {
            self.add(path, Rule::MaxLength(max_length));
        }
        Some(value.to_owned())
    }

    /// An e-mail address that must be there; as sent, trimmed.
    pub fn email(&mut self, path: impl Into<Cow<'static, str>>, value: &str) -> String {
        let path = path.into();
        let value = self.text(path.clone(), value, TEXT);
        if !is_blank(&value) && !is_email(&value) {
            self.add(path, Rule::Email);
        }
        value
    }

    /// A telephone number that may be missing; as sent, trimmed.
    pub fn optional_phone(&mut self, path: impl Into<Cow<'static, str>>, value: Option<&str>) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !is_blank(value))?;
        if phone_key(value).is_none() {
            self.add(path, Rule::Phone);
        }
        Some(value.to_owned())
    }

    /// A telephone number that must be there; as sent, trimmed.
    pub fn phone(&mut self, path: impl Into<Cow<'static, str>>, value: &str) -> String {
        let path = path.into();
        self.optional_phone(path.clone(), Some(value)).unwrap_or_else(|| {
            self.add(path, Rule::Required);
            String::new()
        })
    }

    /// A currency that must be there: the three letters of ISO 4217, as capitals.
    pub fn currency(&mut self, path: impl Into<Cow<'static, str>>, value: &str) -> String {
        let value = value.trim().to_ascii_uppercase();
        if value.is_empty() {
            self.add(path, Rule::Required);
        } else if value.len() != 3 || !value.bytes().all(|letter| letter.is_ascii_uppercase()) {
            self.add(path, Rule::Format);
        }
        value
    }

    /// An amount in whole rupiah.
    pub fn rupiah(&mut self, path: impl Into<Cow<'static, str>>, amount: i64, min: i64) {
        if amount < min {
            self.add(path, Rule::Min(min));
        } else if amount > MAX_SAFE_INTEGER {
            self.add(path, Rule::Max(MAX_SAFE_INTEGER));
        }
    }

    /// A new password: not trimmed, at least `shortest` and at most 255 characters.
    pub fn password(&mut self, path: impl Into<Cow<'static, str>>, value: &str, min_length: u64) {
        if value.trim().is_empty() {
            self.add(path, Rule::Required);
        } else if length(value) < min_length {
            self.add(path, Rule::MinLength(min_length));
        } else if length(value) > TEXT {
            self.add(path, Rule::MaxLength(TEXT));
        }
    }

    /// The violations found so far.
    pub fn into_inner(self) -> Vec<Violation> {
        self.0
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with everything found.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid(self.0)) }
    }
}

fn length(value: &str) -> u64 {
    value.chars().count() as u64
}

/// Whether this is an e-mail address with a domain.
pub fn is_email(value: &str) -> bool {
    EmailAddress::from_str(value).is_ok_and(|address| address.display_part().is_empty() && address.domain().len() > 1)
}

/// Whether this can be somebody's name: it goes into mails, so it can't break a line, change the direction of what
/// follows, or lead somewhere. Degrees (`Siti, S.Si, M.Kom`) have dots and are names.
pub fn is_name(value: &str) -> bool {
    let breaks = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !value.contains(breaks) && !LINK.is_match(value)
}

/// A scheme, `www.`, or a host with a port, path or query.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[a-z][a-z0-9+.-]*:/|\b(?:mailto|javascript|data|tel):|\bwww\d*\.|[\w-]+(?:\.[\w-]{2,})+[/?#]|[\w-]+(?:\.[\w-]{2,})+:\d")
        .expect("the pattern is constant")
});

/// How e-mail addresses and user names are compared: without regard to case.
pub fn fold(value: &str) -> String {
    value.trim().to_lowercase()
}

/// How telephone numbers are compared: `08...` and `+628...` are the same number. `None` if it isn't one
/// (`+` or a leading 0 and 8 to 15 digits; spaces, dots and hyphens between them don't count).
pub fn phone_key(value: &str) -> Option<String> {
    let compact: String = value.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    let (digits, key) = if let Some(digits) = compact.strip_prefix('+') {
        (digits, format!("+{digits}"))
    } else {
        (compact.as_str(), format!("+62{}", compact.strip_prefix('0')?))
    };
    let plausible = (8..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    plausible.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_line_break_or_a_link_is_refused() {
        for name in [
            "Dr. Siti Aminah, S.Si, M.Kom",
            "H. Moh.Ali / Ani",
            "O'Neill-Łukasz",
            "Budi S.H., M.Kn.",
            "王小明",
            "A/B: C",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "Ani\r\nBcc: a@b.c",
            "Ani\nKlik",
            "Ani\tB",
            "A\u{85}B",
            "A\u{2028}B",
            "\u{202e}inA",
            "http://evil.test",
            "HTTPS://evil.test/x",
            "klik www.evil.test",
            "bit.ly/hadiah",
            "evil.com?x=1",
            "evil.com:8080",
            "mailto:a@b.c",
            "javascript:alert(1)",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
