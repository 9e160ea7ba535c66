//! Search in texts, the same on both databases.
//!
//! What matches is decided by comparing texts. Which texts are compared is narrowed by indexes of the groups of three letters
//! in them, where the migrations made them: PostgreSQL finds its own by itself, SQLite's is the table `<table>_search`.

pub(crate) mod common;

use sea_orm::{
    ColumnTrait, Condition, DbBackend, Value,
    sea_query::{BinOper, Expr, ExprTrait, Func, LikeExpr, Query},
};

use self::common::{Frequent, GROUP, telling};

/// Groups that are looked for; more find hardly less.
const GROUPS: usize = 16;
/// Ways to write a text that are looked for one by one: PostgreSQL's index of groups knows some cases of letters by another
/// rule than its regular expressions do.
const WAYS: usize = 16;

/// The rows one of whose `columns` contains `text`, without regard to case; all rows if it is blank. An index
/// is asked for what of it is rare among `groups`.
pub(crate) fn contains<C: ColumnTrait>(backend: DbBackend, columns: &[C], text: &str, groups: &Frequent) -> Condition {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() {
        return Condition::all();
    }
    let part = telling(&text, groups);
    if backend == DbBackend::Sqlite {
        let narrowed = columns.first().and_then(|column| narrowed(*column, part));
        return Condition::all().add_option(narrowed).add(compared(backend, columns, &text, true));
    }
    let narrowed = (part != text).then(|| compared(backend, columns, part, true));
    let by_index = narrowed.is_none();
    Condition::all().add_option(narrowed).add(compared(backend, columns, &text, by_index))
}

/// The rows one of whose `columns` contains `text`; `by_index` where an index may be asked for it.
fn compared<C: ColumnTrait>(backend: DbBackend, columns: &[C], text: &str, by_index: bool) -> Condition {
    columns.iter().fold(Condition::any(), |any, column| {
        // Both databases lower the letters of ASCII and leave all others as they are.
        let lowered = || Expr::from(Func::lower(Expr::col(column.as_column_ref())));
        // Joined to nothing it is no column that an index knows.
        let unknown = || lowered().binary(BinOper::Custom("||"), "");
        if backend == DbBackend::Sqlite && has_cases(text) {
            return any.add(lowered().binary(BinOper::Custom("GLOB"), glob(text)));
        }
        match written(text) {
            Some(ways) => ways.iter().fold(any, |any, way| {
                let column = if by_index { lowered() } else { unknown() };
                any.add(column.binary(BinOper::Like, like(backend, way)))
            }),
            None => any.add(unknown().binary(BinOper::Custom("~"), constant(regular_expression(text)))),
        }
    })
}

/// PostgreSQL is told the text in the statement itself: planned for any text at all, a search reads the table in the order
/// of the page, in the hope to find the first rows soon.
fn constant(text: impl Into<Value>) -> Expr {
    Expr::Constant(text.into())
}

/// Whether a letter beyond ASCII has another case.
fn has_cases(text: &str) -> bool {
    text.chars().any(|letter| cases(letter).len() > 1)
}

/// The text in each way in which it may be written; `None` where these are many.
fn written(text: &str) -> Option<Vec<String>> {
    let mut ways = vec![String::new()];
    for letter in text.chars() {
        let cases = cases(letter);
        if ways.len() * cases.len() > WAYS {
            return None;
        }
        if let [case] = cases[..] {
            for way in &mut ways {
                way.push(case);
            }
        } else {
            ways = ways.iter().flat_map(|way| cases.iter().map(move |case| format!("{way}{case}"))).collect();
        }
    }
    Some(ways)
}

fn like(backend: DbBackend, text: &str) -> Expr {
    let pattern = format!("%{}%", escaped(text, |letter| matches!(letter, '%' | '_' | '\\')));
    match backend {
        DbBackend::Postgres => {
            let [pattern, escape] = [pattern, '\\'.to_string()].map(|text| Box::new(constant(text)));
            Expr::Binary(pattern, BinOper::Escape, escape)
        }
        _ => LikeExpr::new(pattern).escape('\\').into(),
    }
}

fn regular_expression(text: &str) -> String {
    each_case(text, |sign| escaped(sign, |letter| letter.is_ascii() && !letter.is_ascii_alphanumeric()))
}

fn glob(text: &str) -> String {
    let one = |sign: &str| if ["*", "?", "["].contains(&sign) { format!("[{sign}]") } else { sign.to_owned() };
    format!("*{}*", each_case(text, one))
}

/// The text with the cases of letters that have several in brackets, and everything else as `one` says.
fn each_case(text: &str, one: impl Fn(&str) -> String) -> String {
    let written = text.chars().map(|letter| match cases(letter) {
        cases if cases.len() == 1 => one(letter.encode_utf8(&mut [0; 4])),
        cases => format!("[{}]", cases.into_iter().collect::<String>()),
    });
    written.collect()
}

/// A letter in each of its cases that is one letter beyond ASCII, itself first.
fn cases(letter: char) -> Vec<char> {
    let mut cases = vec![letter];
    if !letter.is_ascii() {
        for case in [letter.to_lowercase().collect::<Vec<_>>(), letter.to_uppercase().collect()] {
            if let [case] = case[..]
                && !case.is_ascii()
                && !cases.contains(&case)
            {
                cases.push(case);
            }
        }
    }
    cases
}

/// The text with a `\` before the letters that mean something.
fn escaped(text: &str, means_something: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if means_something(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The rows that have every group of letters of the text, by SQLite's index; `None` where it has none.
fn narrowed(column: impl ColumnTrait, text: &str) -> Option<Expr> {
    let table = column.entity_name().to_string();
    let matches = format!(r#""{table}_search" MATCH ?"#);
    let found = Query::select()
        .column("rowid")
        .from(format!("{table}_search"))
        .and_where(Expr::cust_with_values(matches, [groups(text)?]))
        .take();
    Some(Expr::col((table, "id")).in_subquery(found))
}

/// The groups of letters of a text as FTS5 is asked for them.
fn groups(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let quoted = |group: &[char]| format!(r#""{}""#, group.iter().collect::<String>().replace('"', r#""""#));
    let groups: Vec<String> = letters.windows(GROUP).take(GROUPS).map(quoted).collect();
    (!groups.is_empty()).then(|| groups.join(" AND "))
}
