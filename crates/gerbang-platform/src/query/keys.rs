//! Conditions on many keys, and many rows, whose SQL text does not depend on how many there are, so that the database
//! prepares one statement and not one for each length of an `IN` list.

use std::hash::Hash;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{
    ColumnTrait, DbBackend, DbErr, TryGetable, Value,
    prelude::TextUuid,
    sea_query::{ArrayType, Expr, ExprTrait, Func, Query, ValueType, extension::postgres::PgFunc},
};
use serde::Serialize;

/// A key that rows are looked up by: an integer or a text.
pub trait BatchKey: Clone + Eq + Hash + Into<Value> + Send + Serialize + Sync + TryGetable + ValueType {
    /// How PostgreSQL reads one element of the JSON list of keys.
    const ELEMENT: &'static str;
    /// The key in a column's value.
    fn from_value(value: Value) -> Option<Self>;
}

impl BatchKey for i64 {
    const ELEMENT: &'static str = "p.value::bigint";

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::BigInt(key) => key,
            _ => None,
        }
    }
}

impl BatchKey for String {
    const ELEMENT: &'static str = "p.value";

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::String(key) => key,
            _ => None,
        }
    }
}

impl BatchKey for TextUuid {
    const ELEMENT: &'static str = "p.value";

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::String(key) => key?.parse().ok(),
            _ => None,
        }
    }
}

/// `column = ANY($1)` on PostgreSQL, `column IN (SELECT value FROM json_each(?))` on SQLite.
///
/// Keys are numbers, strings or [`TextUuid`]s; no keys match no row.
pub fn in_list<K>(column: impl ColumnTrait, keys: &[K], backend: DbBackend) -> Expr
where
    K: Clone + Serialize + Into<Value> + ValueType,
{
    let (column, keys) = (Expr::col(column.as_column_ref()), key_list(keys, backend));
    if backend == DbBackend::Postgres {
        column.eq(PgFunc::any(keys))
    } else {
        let values = Query::select().column("value").from_function(Func::cust("json_each").arg(keys), "keys").take();
        column.in_subquery(values)
    }
}

/// The same for a column that tells rows apart, as the text of a statement: its keys are a [`key_list`]. PostgreSQL is not
/// shown how many they are when it plans: it would plan each time anew, which takes longer than to find a few rows.
pub(crate) fn in_list_of_any_length<K>(column: impl ColumnTrait, backend: DbBackend) -> Expr
where
    K: Clone + Serialize + Into<Value> + ValueType,
{
    if backend != DbBackend::Postgres {
        return in_list::<K>(column, &[], backend);
    }
    let keys = Expr::from(Query::select().expr(Expr::value(key_list::<K>(&[], backend))).take());
    let keys = keys.cast_as(match K::array_type() {
        ArrayType::BigInt => "bigint[]",
        ArrayType::Int => "integer[]",
        _ => "text[]",
    });
    Expr::col(column.as_column_ref()).eq(PgFunc::any(keys))
}

/// The one value that stands for all keys in the statement of [`in_list`].
pub(crate) fn key_list<K>(keys: &[K], backend: DbBackend) -> Value
where
    K: Clone + Serialize + Into<Value> + ValueType,
{
    if backend == DbBackend::Postgres {
        Value::Array(K::array_type(), Some(Box::new(keys.iter().cloned().map(Into::into).collect())))
    } else {
        serde_json::json!(keys).to_string().into()
    }
}

/// One column of all rows, as an array of PostgreSQL. It holds no nulls.
pub fn column<R, V>(rows: &[R], get: impl Fn(&R) -> V) -> Value
where
    Vec<V>: Into<Value>,
{
    rows.iter().map(get).collect::<Vec<_>>().into()
}

/// All rows as one JSON text, for `json_each` of SQLite.
pub fn json(rows: &impl Serialize) -> Result<Value, DbErr> {
    serde_json::to_string(rows).map(Value::from).map_err(|error| DbErr::Json(error.to_string()))
}

/// A time as the driver writes it to SQLite, where times are compared as texts.
pub fn text_of(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

#[cfg(test)]
mod tests {
    use sea_orm::{EntityTrait, QueryFilter, QueryTrait};

    use super::*;

    mod partner {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, DeriveEntityModel)]
        #[sea_orm(table_name = "partners")]
        pub(super) struct Model {
            #[sea_orm(primary_key)]
            id: i64,
        }

        #[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
        pub(super) enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    }

    #[test]
    fn the_plan_of_a_statement_does_not_depend_on_the_number_of_keys() {
        let query = |backend| {
            let keys = in_list_of_any_length::<i64>(partner::Column::Id, backend);
            partner::Entity::find().filter(keys).build(backend).sql
        };
        let condition = r#""partners"."id" = ANY(CAST((SELECT $1) AS bigint[]))"#;
        assert!(query(DbBackend::Postgres).ends_with(condition), "{}", query(DbBackend::Postgres));
        assert_eq!(query(DbBackend::Sqlite), sql(&[], DbBackend::Sqlite));
    }

    fn sql(keys: &[i64], backend: DbBackend) -> String {
        let query = partner::Entity::find().filter(in_list(partner::Column::Id, keys, backend));
        query.build(backend).sql
    }

    #[test]
    fn the_text_of_a_statement_does_not_depend_on_the_number_of_keys() {
        for (backend, condition) in [
            (DbBackend::Postgres, r#""partners"."id" = ANY($1)"#),
            (DbBackend::Sqlite, r#""partners"."id" IN (SELECT "value" FROM json_each(?) AS "keys")"#),
        ] {
            for keys in [&[][..], &[1], &[1, 2, 3]] {
                assert!(sql(keys, backend).ends_with(condition), "{}", sql(keys, backend));
            }
        }
    }
}
