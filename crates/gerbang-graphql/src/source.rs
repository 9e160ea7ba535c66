//! Documents as their text, where the engine's parser reads less than the specification has.
//!
//! It knows no `\u{1F600}`, no surrogate pairs and no `\"""` in a block string, and of two fields of one name in an input
//! object it keeps the last. Another parser would read the first, but its tree would have to become the engine's, several
//! hundred lines for three escapes. So these are put into the text as what they stand for (a block string that has one as
//! a quoted string), with the blanks and lines that were saved behind the string: every token stays where it stood, and so
//! do the positions in errors, unless a block string of one line grows by that. Other block strings and comments are left
//! alone.

use std::{borrow::Cow, collections::HashMap, iter::repeat_n};

use async_graphql::{
    Pos, ServerError,
    parser::{Error, parse_query, types::ExecutableDocument},
};

use super::limits::TOKEN;

/// What a block string is between.
const BLOCK: &str = r#"""""#;
/// The only escape in one.
const ESCAPED_QUOTES: &str = r#"\""""#;
/// Characters of the longest escape, `\u{0001F600}`.
const MAX_ESCAPE_LENGTH: usize = 12;

/// Parses an executable document.
///
/// # Errors
/// When the text is not one, or an escape in it names no character: half a surrogate pair, or beyond U+10FFFF.
pub fn parse(text: &str) -> Result<ExecutableDocument, Error> {
    parse_query(&*with_plain_strings(text)?)
}

/// Finds fields that one input object gives twice, in a text that [`parse`] took.
///
/// # Errors
/// One for each that stands there again.
pub fn check_unique_fields(text: &str) -> Result<(), Vec<ServerError>> {
    let mut errors = Vec::new();
    let mut open: Vec<Option<HashMap<&str, usize>>> = Vec::new();
    let mut parentheses = 0_usize;
    let mut previous = None;
    for token in TOKEN.find_iter(text).filter(|token| !token.as_str().starts_with('#')) {
        match token.as_str() {
            "(" => {
                parentheses += 1;
                open.push(None);
            }
            // Values stand in parentheses, selections never do.
            "{" => open.push((parentheses > 0).then(HashMap::new)),
            "[" => open.push(None),
            ")" => {
                parentheses = parentheses.saturating_sub(1);
                open.pop();
            }
            "}" | "]" => {
                open.pop();
            }
            ":" => {
                if let (Some(Some(fields)), Some((name, start))) = (open.last_mut(), previous)
                    && let Some(first) = fields.insert(name, start)
                {
                    let message = format!("There can be only one input field named \"{name}\".");
                    let locations = vec![position(text, first), position(text, start)];
                    errors.push(ServerError { locations, ..ServerError::new(message, None) });
                }
            }
            _ => {}
        }
        previous = Some((token.as_str(), token.start()));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn with_plain_strings(text: &str) -> Result<Cow<'_, str>, Error> {
    if !text.contains(r"\u") && !text.contains(ESCAPED_QUOTES) {
        return Ok(Cow::Borrowed(text));
    }
    let mut plain = String::with_capacity(text.len());
    let mut copied = 0;
    for token in TOKEN.find_iter(text) {
        let string = token.as_str();
        let is_block = string.starts_with(BLOCK);
        let has_escape = if is_block { string.contains(ESCAPED_QUOTES) } else { string.contains(r"\u") };
        if !string.starts_with('"') || !has_escape {
            continue;
        }
        plain.push_str(&text[copied..token.start()]);
        if is_block {
            push_quoted(string, &mut plain);
        } else {
            push_unescaped(string, &mut plain).map_err(|offset| invalid_escape(text, token.start() + offset))?;
        }
        copied = token.end();
    }
    plain.push_str(&text[copied..]);
    Ok(Cow::Owned(plain))
}

/// Writes a block string as a quoted one of the same value, with as many lines or blanks behind it as that made it shorter.
fn push_quoted(string: &str, plain: &mut String) {
    let raw = string.strip_prefix(BLOCK).and_then(|string| string.strip_suffix(BLOCK)).unwrap_or_default();
    let before = plain.chars().count();
    plain.push('"');
    for character in block_value(&raw.replace(ESCAPED_QUOTES, BLOCK)).chars() {
        match character {
            '"' => plain.push_str(r#"\""#),
            '\\' => plain.push_str(r"\\"),
            '\n' => plain.push_str(r"\n"),
            '\t' => plain.push_str(r"\t"),
            other => plain.push(other),
        }
    }
    plain.push('"');
    let (lines, blanks) = match string.rsplit_once(['\n', '\r']) {
        Some((_, last)) => (string.lines().count() - 1, last.chars().count()),
        None => (0, string.chars().count().saturating_sub(plain.chars().count() - before)),
    };
    plain.extend(repeat_n('\n', lines));
    plain.extend(repeat_n(' ', blanks));
}

/// What a block string means: without the indentation that its lines share, and without blank lines around it (the
/// specification's `BlockStringValue`).
fn block_value(raw: &str) -> String {
    let lines: Vec<&str> = raw.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_blank = |line: &&str| indent(line) == line.len();
    let shared = lines.iter().skip(1).filter(|line| !is_blank(line)).map(|line| indent(line)).min().unwrap_or(0);
    let lines =
        lines.iter().enumerate().map(|(at, line)| if at == 0 { line } else { line.get(shared..).unwrap_or("") });
    let lines: Vec<&str> = lines.skip_while(is_blank).collect();
    let end = lines.iter().rposition(|line| !is_blank(line)).map_or(0, |last| last + 1);
    lines[..end].join("\n")
}

/// Writes a quoted string with characters for its Unicode escapes, and as many blanks behind it as that made it shorter.
/// Fails with the place of an escape that names no character.
fn push_unescaped(string: &str, plain: &mut String) -> Result<(), usize> {
    let mut saved = 0;
    let mut rest = string;
    while let Some(start) = rest.find('\\') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        if rest.starts_with(r"\u") {
            let (character, length) = unicode_escape(rest).ok_or(string.len() - rest.len())?;
            let before = plain.len();
            match character {
                '"' => plain.push_str(r#"\""#),
                '\\' => plain.push_str(r"\\"),
                '\n' => plain.push_str(r"\n"),
                '\r' => plain.push_str(r"\r"),
                other => plain.push(other),
            }
            saved += length - plain[before..].chars().count();
            rest = &rest[length..];
        } else {
            let length = rest.chars().take(2).map(char::len_utf8).sum();
            plain.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    plain.push_str(rest);
    plain.extend(repeat_n(' ', saved));
    Ok(())
}

/// The character that the escape at the start of `text` stands for, and how long the escape is: `\u{1F600}` with one
/// to eight digits, `\u00E9`, or a surrogate pair as JSON writes it.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    if let Some(digits) = text.strip_prefix(r"\u{") {
        let (digits, _) = digits.split_once('}')?;
        let point = hexadecimal(digits).filter(|_| digits.len() <= 8)?;
        return Some((char::from_u32(point)?, r"\u{}".len() + digits.len()));
    }
    let first = code_unit(text)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, 6));
    }
    let second = code_unit(text.get(6..)?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, 12))
}

fn code_unit(text: &str) -> Option<u16> {
    hexadecimal(text.strip_prefix(r"\u")?.get(..4)?)?.try_into().ok()
}

fn hexadecimal(digits: &str) -> Option<u32> {
    // The library would take a sign.
    if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) { u32::from_str_radix(digits, 16).ok() } else { None }
}

fn invalid_escape(text: &str, start: usize) -> Error {
    let escape = &text[start..];
    let longest = if escape.starts_with(r"\u{") { MAX_ESCAPE_LENGTH } else { 6 };
    let shown = escape.chars().take(longest).enumerate();
    let shown = shown.take_while(|(at, character)| *at == 0 || !matches!(character, '"' | '\\'));
    let shown: String = shown.map(|(_, character)| character).collect();
    let shown = shown.split_inclusive('}').next().unwrap_or_default();
    Error::Syntax {
        message: format!("Invalid Unicode escape sequence: \"{shown}\"."),
        start: position(text, start),
        end: None,
    }
}

/// Line and column of a byte, counted as the engine counts them.
fn position(text: &str, offset: usize) -> Pos {
    let before = &text[..offset];
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.chars().rev().take_while(|character| !matches!(character, '\n' | '\r')).count();
    Pos { line, column }
}

#[cfg(test)]
mod tests {
    use async_graphql_value::Value;

    use super::*;

    /// The value of `a` in `{ f(a: ...) }`.
    fn argument(literal: &str) -> Result<Value, String> {
        let document = parse(&format!("{{ f(a: {literal}) }}")).map_err(|error| error.to_string())?;
        let (_, operation) = document.operations.iter().next().unwrap();
        let async_graphql::parser::types::Selection::Field(field) = &operation.node.selection_set.node.items[0].node
        else {
            unreachable!()
        };
        Ok(field.node.arguments[0].1.node.clone())
    }

    #[test]
    fn a_block_string_may_hold_three_quotes() {
        for (literal, expected) in [
            (r#""""say \"""hi\""" now""""#, r#"say """hi""" now"#),
            (r#""""\"""""""#, r#"""""#),
            (r#""""a \ b \n \u{41} "c" \"""""""#, r#"a \ b \n \u{41} "c" """"#),
            ("\"\"\"\n    first\n\n      \\\"\"\"second\t\n    \"\"\"", "first\n\n  \"\"\"second\t"),
        ] {
            assert_eq!(argument(literal), Ok(Value::String(expected.to_owned())), "{literal}");
        }
        let text = "{ f(a: \"\"\"\n \\\"\"\" \n  \"\"\", b: 1) }";
        let moved = with_plain_strings(text).unwrap();
        let at = |text: &str| position(text, text.find("b: 1").unwrap());
        assert_eq!(at(&moved), at(text));
    }

    #[test]
    fn characters_may_be_written_as_escapes() {
        for (literal, expected) in [
            (r#""\u{1F600}""#, "😀"),
            (r#""\u{1f600}""#, "😀"),
            (r#""\uD83D\uDE00""#, "😀"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""a\u{1F600}b\uD83D\uDE00c""#, "a😀b😀c"),
            (r#""\u00e9\u{e9}\u{000000E9}""#, "ééé"),
            (r#""\u{0}|\u{10FFFF}""#, "\0|\u{10FFFF}"),
            (r#""\u{22}\u0022\u{5C}\u005c""#, r#"""\\"#),
            (r#""\u{A}\u{D}\u000a\u{9}""#, "\n\r\n\t"),
            (r#""\\u{1F600} \\\u{41} \"\u{42}""#, r#"\u{1F600} \A "B"#),
            (r#""\u{FEFF}#\u{20}""#, "\u{FEFF}# "),
            (r#""é\u{1F600}""#, "é😀"),
        ] {
            assert_eq!(argument(literal), Ok(Value::String(expected.to_owned())), "{literal}");
        }
    }

    #[test]
    fn block_strings_and_comments_have_no_escapes() {
        assert_eq!(argument(r#""""\u{1F600} \uD83D""""#), Ok(Value::String(r"\u{1F600} \uD83D".to_owned())));
        assert_eq!(argument("# \\uD83D \"\n\"\\u{41}\""), Ok(Value::String("A".to_owned())));
        assert_eq!(argument("\"# \\u{41}\""), Ok(Value::String("# A".to_owned())));
    }

    #[test]
    fn an_escape_that_names_no_character_is_a_syntax_error() {
        for (escape, shown) in [
            (r"\uD83D", r"\uD83D"),
            (r"\uDE00", r"\uDE00"),
            (r"\uD83Dx", r"\uD83D"),
            (r"\uD83D\n", r"\uD83D"),
            (r"\uD83D\u0041", r"\uD83D"),
            (r"\uD83D\u{DE00}", r"\uD83D"),
            (r"\uDE00\uD83D", r"\uDE00"),
            (r"\u{D83D}\u{DE00}", r"\u{D83D}"),
            (r"\u{110000}", r"\u{110000}"),
            (r"\u{}", r"\u{}"),
            (r"\u{000000041}", r"\u{000000041"),
            (r"\u{+41}", r"\u{+41}"),
            (r"\u{41", r"\u{41"),
            (r"\u", r"\u"),
            (r"\u00", r"\u00"),
            (r"\u+041", r"\u+041"),
            (r"\u{éééééééééééé}", r"\u{ééééééééé"),
        ] {
            let expected = format!("Invalid Unicode escape sequence: \"{shown}\".");
            assert_eq!(argument(&format!("\"{escape}\"")), Err(expected), "{escape}");
        }
    }

    #[test]
    fn tokens_keep_their_positions() {
        let text = "{\r\n  f(a: \"\\uD83D\\uDE00\\u{41}\", b: 1) g\n}";
        let document = parse(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let places: Vec<Pos> = operation.node.selection_set.node.items.iter().map(|item| item.pos).collect();
        assert_eq!(places, [Pos { line: 2, column: 3 }, Pos { line: 2, column: 36 }]);
        let error = parse("{ f(a: \"\\uD83D\\uDE00\") ! }").unwrap_err();
        assert_eq!(error.positions().next(), Some(Pos { line: 1, column: 24 }));
        let error = parse("{ f(\n  é: \"\\uDE00\") }").unwrap_err();
        assert_eq!(error.positions().next(), Some(Pos { line: 2, column: 7 }));
    }

    #[test]
    fn fields_of_an_input_object_are_given_once() {
        let repeated = |text: &str| -> Vec<String> {
            parse(text).unwrap();
            let errors = check_unique_fields(text).err().unwrap_or_default();
            errors.iter().map(|error| format!("{} {:?}", error.message, error.locations)).collect()
        };
        assert_eq!(
            repeated("{ a(x: { b: \"a\", b: \"b\" }) }"),
            ["There can be only one input field named \"b\". [Pos(1:10), Pos(1:18)]"]
        );
        assert_eq!(
            repeated("query ($v: T = {b: [{c: E c: 1}]}) @d(x: {b: {c: {}} e: 2e1 b: 1}) { a }").len(),
            2,
            "in defaults of variables, in directives, in lists and one below another"
        );
        for fine in [
            "{ a: x a: x b { a: x } }",
            "{ a(x: { b: { b: 1 }, c: [{ b: 1 }, { b: 2 }] }) b(x: { b: 1 }) }",
            "query ($b: Int, $c: T = { b: b }) { a(x: { b: $b c: $b d: \"b: 1, b: 2\" }) } # { b: 1 b: 2 }",
            "{ a(x: { b: \"\"\" { b: 1, b: 2 } \"\"\" }) { b } }",
        ] {
            assert_eq!(repeated(fine), [""; 0], "{fine}");
        }
    }
}
