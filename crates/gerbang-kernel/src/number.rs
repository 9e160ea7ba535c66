//! Numbers that come as texts, from bodies, forms, queries and providers: read in one way, which is that of PHP's
//! `is_numeric`, since the documented APIs were PHP's.
//!
//! Parsers of numbers take more than people write on purpose: `1_0` is ten to one of them, and whoever mistypes an id
//! so would change somebody else's record.

use rust_decimal::{Decimal, prelude::ToPrimitive};

/// The last whole number that JavaScript, and so most JSON, holds exactly. No amount is larger.
pub const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// Whether PHP's `is_numeric` says so: an optional sign, digits with at most one point among or beside them, an
/// optional exponent; blanks around all of it, but none inside.
pub fn is_numeric(text: &str) -> bool {
    plain(text).is_some()
}

/// The number that a numeric text is. `None` as well for one that is out of reach (28 digits).
pub fn decimal(text: &str) -> Option<Decimal> {
    let text = plain(text)?;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (sign, digits) = match mantissa.strip_prefix(['+', '-']) {
        Some(digits) if mantissa.starts_with('-') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", mantissa),
    };
    // Both `5.` and `.5` are numbers.
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let written = if fraction.is_empty() { format!("{sign}0{whole}") } else { format!("{sign}0{whole}.{fraction}") };
    if exponent.trim_start_matches(['+', '-']).bytes().all(|digit| digit == b'0') {
        return written.parse().ok();
    }
    Decimal::from_scientific(&format!("{written}e{}", exponent.strip_prefix('+').unwrap_or(exponent))).ok()
}

/// The whole number that a numeric text is, such as `42`, `42.00` or `4.2e1`.
pub fn integer(text: &str) -> Option<i64> {
    digits(text).or_else(|| decimal(text).filter(Decimal::is_integer)?.to_i64())
}

/// The whole number that a text of digits is, perhaps with a sign: what an id, a page's number or a size is written as.
pub fn digits(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// The number without the blanks around it, if it is one.
fn plain(text: &str) -> Option<&str> {
    const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];
    let text = text.trim_matches(BLANKS);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_mantissa = only_digits(whole) && only_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let is_exponent = exponent.is_none_or(|exponent| !exponent.is_empty() && only_digits(exponent));
    (is_mantissa && is_exponent).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `php -r 'var_dump(is_numeric(...))'` says (8.2), form by form.
    const FORMS: [(&str, bool); 64] = [
        ("0", true),
        ("7", true),
        ("42", true),
        ("007", true),
        ("-7", true),
        ("+7", true),
        ("-0", true),
        ("1.5", true),
        ("-1.5", true),
        ("+1.5", true),
        (".5", true),
        ("-.5", true),
        ("5.", true),
        ("-5.", true),
        ("0.0", true),
        ("1e3", true),
        ("1E3", true),
        ("1e+3", true),
        ("1e-3", true),
        ("-1.5e3", true),
        ("1.e3", true),
        (".5e1", true),
        (" 7", true),
        ("7 ", true),
        (" 7 ", true),
        ("\t7\n", true),
        ("\r7\u{b}", true),
        ("\u{c}7", true),
        ("9223372036854775808", true),
        ("1e400", true),
        ("0.1234567890123456789012345678901234567890", true),
        ("", false),
        (" ", false),
        (".", false),
        ("+", false),
        ("-", false),
        ("e3", false),
        (".e3", false),
        ("1e", false),
        ("1e+", false),
        ("1e3.5", false),
        ("1e 3", false),
        ("1_0", false),
        ("5__0", false),
        ("1_", false),
        ("_1", false),
        ("1 0", false),
        ("1\u{a0}0", false),
        ("- 7", false),
        ("++7", false),
        ("+-7", false),
        ("--7", false),
        ("7-", false),
        ("1.2.3", false),
        ("1,5", false),
        ("1.000,5", false),
        ("0x1A", false),
        ("0b11", false),
        ("0o7", false),
        ("1f", false),
        ("NaN", false),
        ("INF", false),
        ("\u{ff11}", false),
        ("\u{661}", false),
    ];

    #[test]
    fn a_text_is_a_number_where_php_takes_it_for_one() {
        for (text, expected) in FORMS {
            assert_eq!(is_numeric(text), expected, "{text:?}");
            if !expected {
                assert_eq!((decimal(text), integer(text)), (None, None), "{text:?}");
            }
        }
    }

    #[test]
    fn numbers_mean_what_they_say() {
        for (text, expected) in [
            ("007", "7"),
            ("-1.50", "-1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.e3", "1000"),
            ("+1.5E+2", "150"),
            ("-25e-1", "-2.5"),
            (" 9007199254740993 ", "9007199254740993"),
            ("1e0", "1"),
        ] {
            assert_eq!(decimal(text).map(|number| number.normalize().to_string()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(decimal("1e400"), None);
        assert_eq!(decimal(&"9".repeat(40)), None);
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_fraction_but_ids_may_not() {
        for (text, number, id) in [
            ("42", Some(42), Some(42)),
            ("-3", Some(-3), Some(-3)),
            ("5000000.00", Some(5_000_000), None),
            ("4.2e1", Some(42), None),
            ("9223372036854775807", Some(i64::MAX), Some(i64::MAX)),
            ("9223372036854775808", None, None),
            ("1.5", None, None),
        ] {
            assert_eq!((integer(text), digits(text)), (number, id), "{text}");
        }
    }
}
