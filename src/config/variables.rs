//! Settings from the environment: `GERBANG_SECTION__KEY`.
//!
//! A variable is read by the type of its key, so that a token of digits stays a text, and a number is digits and nothing
//! else.

use std::{
    env,
    ffi::{OsStr, OsString},
    net::IpAddr,
};

use figment::value::{Dict, Value};

use super::problems::{Findings, is_secret, shown};

/// What variables begin with.
const PREFIX: &str = "GERBANG_";
/// Variables of this name are read elsewhere.
const OTHERS: &[&str] = &["GERBANG_CONFIG"];
/// The variable that hosts of programs set.
pub(super) const DATABASE_URL: &str = "DATABASE_URL";
/// How many letters may be wrong in a name that somebody misspelt.
const MAX_TYPOS: usize = 2;

/// The keys that variables set, with their values. What is wrong with the others is reported.
pub(super) fn read(variables: &[(String, OsString)], known: &Dict, findings: &mut Findings) -> Vec<(String, Value)> {
    let mut read = Vec::new();
    // `DATABASE_URL` is what many programs read: what was written for this one goes before it.
    let (common, own): (Vec<_>, Vec<_>) =
        variables.iter().partition(|(name, _)| name.eq_ignore_ascii_case(DATABASE_URL));
    for (variable, value) in common.into_iter().chain(own) {
        let upper = variable.trim().to_ascii_uppercase();
        let key = match upper.strip_prefix(PREFIX) {
            _ if upper == DATABASE_URL => "database.url".to_owned(),
            Some(rest) if !OTHERS.contains(&upper.as_str()) => rest.to_ascii_lowercase().replace("__", "."),
            _ => continue,
        };
        let Some(default) = find(known, &key) else {
            if is_of_kubernetes(&upper, value) {
                continue;
            }
            if let Some(keys) = section(known, &key) {
                findings.refuse_all([format!("{variable}: this is a section: {}", below(&upper, keys))]);
                continue;
            }
            let nearest = nearest(&upper, known).map(|name| format!(", perhaps {name}")).unwrap_or_default();
            findings.refuse_all([format!(
                "{variable}: there is no such setting{nearest}; write it as GERBANG_SECTION__KEY, or take it away"
            )]);
            continue;
        };
        let Some(text) = value.to_str() else {
            findings.refuse(&key, format!("{variable} is not UTF-8: write it in that encoding"));
            continue;
        };
        match typed(text, default) {
            Ok(value) => read.push((key, value)),
            Err(expected) if is_secret(&key) => findings.refuse(&key, format!("{variable} must be {expected}")),
            Err(expected) => {
                let value = shown(text).map(|text| format!(" = {text:?}")).unwrap_or_default();
                findings.refuse(&key, format!("{variable}{value} must be {expected}"));
            }
        }
    }
    read
}

/// The variable of a key.
pub(super) fn name(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "__"))
}

/// Variables that are not read though they look as if they should be.
pub(super) fn warn_of_misspelt(variables: &[(String, OsString)], known: &Dict, findings: &mut Findings) {
    for (variable, _) in variables {
        let upper = variable.to_ascii_uppercase();
        if upper.starts_with(PREFIX) || upper == DATABASE_URL {
            continue;
        }
        if let Some(nearest) = nearest(&upper, known) {
            findings.warnings.push(format!("{variable} is not read: if you mean {nearest}, write it so"));
        }
    }
}

/// The key at this path, if it is one: no section.
pub(super) fn find<'a>(known: &'a Dict, key: &str) -> Option<&'a Value> {
    let (first, rest) = match key.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (key, None),
    };
    match (known.get(first)?, rest) {
        (Value::Dict(_, section), Some(rest)) => find(section, rest),
        (Value::Dict(..), None) | (_, Some(_)) => None,
        (value, None) => Some(value),
    }
}

/// The section at this path, if it is one.
pub(super) fn section<'a>(known: &'a Dict, key: &str) -> Option<&'a Dict> {
    key.split('.').try_fold(known, |section, name| match section.get(name)? {
        Value::Dict(_, below) => Some(below),
        _ => None,
    })
}

/// How to set what stands in a section.
fn below(variable: &str, section: &Dict) -> String {
    let mut names = Vec::new();
    collect(section, &format!("{variable}__"), &mut names);
    names.into_iter().next().map_or_else(
        || "only a file can hold it".to_owned(),
        |name| format!("set each of its keys by a variable of its own, such as {name}"),
    )
}

/// Whether Kubernetes sets this for a service with the name of this program: nobody wrote it, so it is no mistake. The
/// value must look so too: somebody may have meant the port to listen on.
fn is_of_kubernetes(variable: &str, value: &OsStr) -> bool {
    let Some((rest, value)) = variable.strip_prefix(PREFIX).zip(value.to_str()) else { return false };
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    let is_url = || ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    match rest {
        "SERVICE_HOST" => return value.parse::<IpAddr>().is_ok(),
        "SERVICE_PORT" => return is_port(value),
        "PORT" => return is_url(),
        _ => {}
    }
    if let Some(name) = rest.strip_prefix("SERVICE_PORT_") {
        return !name.is_empty() && is_port(value);
    }
    let mut parts = rest.strip_prefix("PORT_").unwrap_or_default().split('_');
    let (port, protocol, what) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let is_what = match what {
        None => is_url(),
        Some("PROTO") => ["tcp", "udp", "sctp"].contains(&value),
        Some("PORT") => is_port(value),
        Some("ADDR") => value.parse::<IpAddr>().is_ok(),
        Some(_) => false,
    };
    is_port(port) && matches!(protocol, Some("TCP" | "UDP" | "SCTP")) && is_what && parts.next().is_none()
}

/// The variable that somebody may have meant.
fn nearest(wrong: &str, known: &Dict) -> Option<String> {
    let mut names = vec![DATABASE_URL.to_owned()];
    names.extend(OTHERS.iter().map(|name| (*name).to_owned()));
    collect(known, PREFIX, &mut names);
    // One underscore less is as good as a wrong letter, however many sections the name goes through.
    let plain = |name: &str| name.replace('_', "");
    let distance = |name: &String| {
        let slips = strsim::osa_distance(wrong, name);
        if plain(wrong) == plain(name) { 0 } else { slips }
    };
    let nearest = names.into_iter().map(|name| (distance(&name), name)).min()?;
    (nearest.0 <= MAX_TYPOS).then_some(nearest.1)
}

fn collect(section: &Dict, prefix: &str, names: &mut Vec<String>) {
    for (key, value) in section {
        let name = format!("{prefix}{}", key.to_ascii_uppercase());
        match value {
            Value::Dict(_, section) => collect(section, &format!("{name}__"), names),
            _ => names.push(name),
        }
    }
}

/// A variable's text as a value of the type of its default; else what it should be.
fn typed(text: &str, default: &Value) -> Result<Value, &'static str> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    match default {
        Value::Bool(..) => match text {
            "true" => Ok(Value::from(true)),
            "false" => Ok(Value::from(false)),
            _ => Err("true or false"),
        },
        Value::Num(..) => whole_number(text).map(Value::from).ok_or("a whole number, written with digits alone"),
        Value::Array(..) => {
            list(text).ok_or("a list, such as [\"one\", \"two\"], with quotation marks around each text")
        }
        _ => Ok(Value::from(unquoted(text))),
    }
}

/// Digits with a sign or without, and nothing else: no underscore, no blank, no digits of other scripts.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// A list as figment reads it. It takes a bare `00123` for the number 123, so texts want quotation marks.
fn list(text: &str) -> Option<Value> {
    let parsed: Value = text.parse().ok()?;
    let Value::Array(_, items) = &parsed else { return None };
    let is_text = |item: &Value| match item {
        Value::String(..) | Value::Char(..) => true,
        Value::Dict(_, entry) => entry.values().all(|value| matches!(value, Value::String(..) | Value::Char(..))),
        _ => false,
    };
    items.iter().all(is_text).then_some(parsed)
}

/// The text between quotation marks, if it stands between some.
fn unquoted(text: &str) -> String {
    let is_quoted = text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
    let parsed = is_quoted.then(|| text.parse::<Value>().ok()).flatten();
    match parsed {
        Some(Value::String(_, inner)) => inner,
        _ => text.to_owned(),
    }
}

/// The environment of this process, as far as its names are text.
pub(super) fn of_process() -> Vec<(String, OsString)> {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect()
}

/// Of the environment of this process, what sets limits.
pub(super) fn limits_of_process() -> Vec<(String, OsString)> {
    let mut variables = of_process();
    variables.retain(|(name, _)| sets_limit(name));
    variables
}

/// The variables of this process that are settings which the demo does not read.
pub fn unread_by_demo() -> Vec<String> {
    let names = of_process().into_iter().map(|(name, _)| name);
    names.filter(|name| is_setting(&name.to_ascii_uppercase()) && !sets_limit(name)).collect()
}

fn is_setting(name: &str) -> bool {
    name == DATABASE_URL || name.strip_prefix(PREFIX).is_some_and(|rest| rest.contains("__"))
}

fn sets_limit(name: &str) -> bool {
    name.to_ascii_uppercase().starts_with("GERBANG_LIMITS__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_with_a_sign_or_without() {
        for (text, number) in
            [("10", 10), ("+10", 10), ("-3", -3), ("007", 7), ("0", 0), ("9223372036854775807", i64::MAX)]
        {
            assert_eq!(whole_number(text), Some(number), "{text}");
        }
        for text in [
            "",
            "+",
            "-",
            "1_0",
            "_10",
            "10_",
            "1 0",
            "++10",
            "+-10",
            "--1",
            "1.0",
            "1.",
            "1e3",
            "0x10",
            "１０",
            "٣",
            "10s",
            "1,000",
            "9223372036854775808",
            "\u{a0}10",
            "ten",
        ] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_taken_as_it_stands() {
        for (text, read) in [
            ("123456", "123456"),
            ("00123", "00123"),
            ("true", "true"),
            ("[a", "[a"),
            ("{key}", "{key}"),
            ("a \"b\"", "a \"b\""),
            ("\" a \"", " a "),
            ("\"", "\""),
            (" a\n", "a"),
        ] {
            assert_eq!(typed(text, &Value::from("")), Ok(Value::from(read)), "{text}");
        }
    }

    #[test]
    fn a_list_wants_quotation_marks_around_what_looks_like_a_number() {
        for text in ["[]", "[a, b]", "[\"00123\"]", "[{kid = \"1\", secret = \"2\"}]"] {
            assert!(list(text).is_some(), "{text}");
        }
        for text in ["a", "[123]", "[00123]", "[true]", "[{kid = 1}]", "{a = \"b\"}", "[\"a\""] {
            assert!(list(text).is_none(), "{text}");
        }
    }
}
