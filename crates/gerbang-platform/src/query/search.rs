//! Search in texts, the same on both databases.
//!
//! What matches is decided by comparing texts. Which texts are compared is narrowed by indexes of the groups of three letters
//! in them, where the migrations made them: PostgreSQL finds its own by itself, SQLite's is the table `<table>_search`.

use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{BinOper, Expr, ExprTrait, Func, LikeExpr, Query},
};

/// The letters of a group.
const GROUP: usize = 3;
/// Groups that are looked for; more find hardly less.
const GROUPS: usize = 16;

/// The rows one of whose `columns` contains `text`, without regard to case; all rows if it is blank. The columns are those
/// that the table is searched by, or some of them, and the table is numbered by `id`.
pub fn contains<C: ColumnTrait>(backend: DbBackend, columns: &[C], text: &str) -> Condition {
    let text = text.trim();
    if text.is_empty() {
        return Condition::all();
    }
    let mut words = vec![text.to_lowercase()];
    if !text.is_ascii() {
        // SQLite leaves letters beyond ASCII as they are, so they must be looked for as they were written.
        words.push(text.to_ascii_lowercase());
    }
    let texts = columns.iter().flat_map(|column| words.iter().map(move |word| (column, pattern(word))));
    let compared = texts.fold(Condition::any(), |any, (column, pattern)| {
        any.add(Func::lower(Expr::col(column.as_column_ref())).binary(BinOper::Like, like(backend, pattern)))
    });
    let narrowed =
        columns.first().filter(|_| backend == DbBackend::Sqlite).and_then(|column| narrowed(*column, &words));
    Condition::all().add_option(narrowed).add(compared)
}

/// PostgreSQL is told the text in the statement itself: planned for any text at all, a search reads the table in the order
/// of the page, in the hope to find the first rows soon.
fn like(backend: DbBackend, pattern: String) -> Expr {
    match backend {
        DbBackend::Postgres => {
            let [pattern, escape] = [pattern, '\\'.to_string()].map(|text| Box::new(Expr::Constant(text.into())));
            Expr::Binary(pattern, BinOper::Escape, escape)
        }
        _ => LikeExpr::new(pattern).escape('\\').into(),
    }
}

/// The rows that have every group of letters of one of these words, by SQLite's index; `None` where a word has none.
fn narrowed(column: impl ColumnTrait, words: &[String]) -> Option<Expr> {
    let table = column.entity_name().to_string();
    let groups: Option<Vec<String>> = words.iter().map(|word| groups(word)).collect();
    let matches = format!(r#""{table}_search" MATCH ?"#);
    let found = Query::select()
        .column("rowid")
        .from(format!("{table}_search"))
        .and_where(Expr::cust_with_values(matches, [groups?.join(" OR ")]))
        .take();
    Some(Expr::col((table, "id")).in_subquery(found))
}

/// The groups of letters of a word as FTS5 is asked for them.
fn groups(word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let quoted = |group: &[char]| format!(r#""{}""#, group.iter().collect::<String>().replace('"', r#""""#));
    let groups: Vec<String> = letters.windows(GROUP).take(GROUPS).map(quoted).collect();
    (!groups.is_empty()).then(|| format!("({})", groups.join(" AND ")))
}

fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
