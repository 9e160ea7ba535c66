//! Forms of texts: addresses, names, numbers.

use std::{
    collections::HashMap,
    str::FromStr,
    sync::{LazyLock, Mutex, PoisonError},
};

use email_address::EmailAddress;
use regex::Regex;
use url::Url;

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

/// Whether this is an absolute http or https URL with a host.
pub fn is_url(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Whether this has nothing but letters and digits of ASCII, `.`, `_` and `-`.
pub fn is_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Whether the regular expression matches all of the text. Each is compiled once.
pub(super) fn matches(pattern: &'static str, value: &str) -> bool {
    static COMPILED: LazyLock<Mutex<HashMap<&'static str, Regex>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = compiled
        .entry(pattern)
        .or_insert_with(|| Regex::new(&format!("^(?:{pattern})$")).expect("the pattern is constant"));
    regex.is_match(value)
}

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

/// The same where the leading 0 may be missing: `1234567890` is `01234567890`.
pub fn bare_phone_key(value: &str) -> Option<String> {
    let value = value.trim();
    let is_bare = value.starts_with(|first: char| ('1'..='9').contains(&first));
    if is_bare { phone_key(&format!("0{value}")) } else { phone_key(value) }
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
