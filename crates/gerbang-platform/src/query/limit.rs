//! A fixed number of rows.

use sea_orm::{Statement, Value};

/// The statement with the number of rows that ends it written out. PostgreSQL keeps the plan of a statement only if another
/// would not be cheaper, which it can't tell while it does not know how many rows are wanted: it then plans each time anew.
///
/// For numbers that are always the same: each is a text of its own.
#[must_use]
pub fn with_fixed_limit(mut statement: Statement) -> Statement {
    let limit = match statement.values.as_ref().and_then(|values| values.0.last()) {
        Some(Value::BigUnsigned(Some(limit))) => *limit,
        _ => return statement,
    };
    if let Some(place) = statement.sql.rfind(" LIMIT ").filter(|place| !statement.sql[place + 7..].contains(' ')) {
        statement.sql.replace_range(place + 7.., &limit.to_string());
        statement.values.iter_mut().for_each(|values| values.0.truncate(values.0.len() - 1));
    }
    statement
}

#[cfg(test)]
mod tests {
    use sea_orm::{
        DbBackend, StatementBuilder,
        sea_query::{Expr, ExprTrait, Query},
    };

    use super::*;

    #[test]
    fn only_a_limit_at_the_end_is_written_out() {
        for (backend, place) in [(DbBackend::Postgres, "$1"), (DbBackend::Sqlite, "?")] {
            let rows = Query::select().column("id").from("t").and_where(Expr::col("a").eq(7)).take();
            let build = |query: &_| with_fixed_limit(StatementBuilder::build(query, &backend));
            let unlimited = build(&rows);
            let limited = build(rows.clone().limit(10));
            assert_eq!(limited.sql, format!(r#"SELECT "id" FROM "t" WHERE "a" = {place} LIMIT 10"#));
            assert_eq!(limited.values, unlimited.values);
            assert!(!unlimited.sql.contains("LIMIT"));
            let later = build(rows.clone().limit(10).offset(20));
            assert_eq!((later.sql.contains("OFFSET"), later.values.map(|values| values.0.len())), (true, Some(3)));
        }
    }
}
