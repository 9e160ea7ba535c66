//! Statements of a database.

use std::time::{Duration, SystemTime};

use opentelemetry::{
    Context, KeyValue,
    trace::{Span as _, SpanKind, Status, TraceContextExt, Tracer},
};

use crate::exporter::tracer;

/// Tells of a statement that just ended, as a part of the work that is going on, if that is looked at. `system` is the
/// database as the semantic conventions call it, such as `postgresql`. Texts in the statement are left out.
pub fn statement(system: &'static str, sql: &str, elapsed: Duration, failed: bool) {
    let Some(tracer) = tracer() else { return };
    let current = Context::current();
    if !current.span().is_recording() {
        return;
    }
    let (operation, table) = summary(sql);
    let name = if table.is_empty() { operation.to_owned() } else { format!("{operation} {table}") };
    let mut attributes = vec![
        KeyValue::new("db.system.name", system),
        KeyValue::new("db.operation.name", operation.to_owned()),
        KeyValue::new("db.query.text", without_texts(sql)),
    ];
    if !table.is_empty() {
        attributes.push(KeyValue::new("db.collection.name", table.to_owned()));
    }
    let now = SystemTime::now();
    let mut span = tracer
        .span_builder(name)
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
        .with_start_time(now - elapsed)
        .start_with_context(tracer, &current);
    if failed {
        span.set_status(Status::error(""));
    }
    span.end_with_timestamp(now);
}

/// What a statement does, and the first table that it names.
fn summary(sql: &str) -> (&str, &str) {
    let mut words = sql.split_whitespace();
    let operation = words.next().unwrap_or("?");
    let table = words.skip_while(|word| !["FROM", "INTO", "UPDATE"].contains(word)).nth(1).unwrap_or_default();
    let table = if operation == "UPDATE" { sql.split_whitespace().nth(1).unwrap_or_default() } else { table };
    (operation, table.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '_'))
}

/// A statement with a place for each text that stands in it: what was searched for may be anybody's name.
pub fn without_texts(sql: &str) -> String {
    let mut kept = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(begin) = rest.find('\'') {
        let before = &rest[..begin];
        // PostgreSQL's `E'...'` knows backslashes.
        let escapes = before.ends_with('E') && !before[..begin - 1].ends_with(|letter: char| letter.is_alphanumeric());
        kept.push_str(if escapes { &before[..begin - 1] } else { before });
        kept.push('?');
        let text = &rest[begin + 1..];
        let mut end = text.len();
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' if escapes => {
                    letters.next();
                }
                '\'' if letters.next_if(|(_, next)| *next == '\'').is_none() => {
                    end = at + 1;
                    break;
                }
                _ => {}
            }
        }
        rest = &text[end..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_named_by_what_it_does_and_its_table() {
        for (sql, named) in [
            (r#"SELECT "a"."b" FROM "clients" AS "a" WHERE "b" = $1"#, ("SELECT", "clients")),
            (r#"INSERT INTO "leads" ("id") VALUES (?)"#, ("INSERT", "leads")),
            (r#"UPDATE "users" SET "name" = ?"#, ("UPDATE", "users")),
            (r#"DELETE FROM "faqs""#, ("DELETE", "faqs")),
            ("BEGIN", ("BEGIN", "")),
            ("", ("?", "")),
        ] {
            assert_eq!(summary(sql), named, "{sql}");
        }
    }

    #[test]
    fn no_text_of_a_statement_is_kept() {
        for (sql, kept) in [
            ("SELECT 1", "SELECT 1"),
            ("lower(a) LIKE '%budi%' ESCAPE '\\' AND b = $1", "lower(a) LIKE ? ESCAPE ? AND b = $1"),
            ("a LIKE E'%it\\'s 100\\\\%%' AND \"E\" = 'it''s' OR c", "a LIKE ? AND \"E\" = ? OR c"),
            ("a = 'open", "a = ?"),
            ("a = '' OR 'é'", "a = ? OR ?"),
        ] {
            assert_eq!(without_texts(sql), kept, "{sql}");
        }
    }
}
