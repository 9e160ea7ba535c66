//! Search in texts, the same on both databases.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

/// The rows one of whose `columns` contains `text`, without regard to case; all rows if it is blank.
pub fn contains<C: ColumnTrait>(columns: &[C], text: &str) -> Condition {
    let text = text.trim();
    if text.is_empty() {
        return Condition::all();
    }
    let mut patterns = vec![pattern(&text.to_lowercase())];
    if !text.is_ascii() {
        // SQLite leaves letters beyond ASCII as they are, so they must be looked for as they were written.
        patterns.push(pattern(&text.to_ascii_lowercase()));
    }
    let texts = columns.iter().flat_map(|column| patterns.iter().map(move |pattern| (column, pattern)));
    texts.fold(Condition::any(), |any, (column, pattern)| {
        any.add(Func::lower(Expr::col(column.as_column_ref())).like(LikeExpr::new(pattern).escape('\\')))
    })
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
