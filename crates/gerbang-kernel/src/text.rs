//! What texts from outside may hold, and when they say nothing.

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};

/// The character that no text may hold: PostgreSQL stores it nowhere, and no field means it. Texts are looked at where they
/// come in, so that both databases answer alike.
pub const UNSTORABLE: char = '\0';

/// Whether nothing of a text can be seen: it is empty, white space, or made of characters that Unicode lets no font draw,
/// such as the zero-width space and joiners.
pub fn is_blank(text: &str) -> bool {
    let invisible = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    text.chars().all(|character| character.is_whitespace() || invisible.contains(character))
}

/// Text as HTML shows it, in an attribute, too.
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_blank() {
        for blank in [
            "",
            " ",
            "\t\n\u{a0}\u{3000}",
            "\u{200b}",
            "\u{200d}\u{200c} \u{feff}",
            "\u{2060}\u{ad}\u{180e}",
            "\u{3164}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for text in ["a", "\u{200b}a", ".", "\u{1f468}\u{200d}\u{1f469}", "हिन्दी", "\u{301}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
