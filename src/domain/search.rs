//! Search in texts, the same on both databases.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

/// The rows one of whose `columns` contains `text`, without regard to case.
pub fn contains<C: ColumnTrait>(columns: &[C], text: &str) -> Condition {
    let pattern = pattern(text);
    columns.iter().fold(Condition::any(), |any, column| {
        any.add(Func::lower(Expr::col(column.as_column_ref())).like(LikeExpr::new(pattern.clone()).escape('\\')))
    })
}

fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.trim().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
