//! What an input changes of a row.

use async_graphql::MaybeUndefined;
use sea_orm::{
    ActiveValue::{self, Set},
    sea_query::{Nullable, ValueType},
};

/// A column that an input may change.
pub(crate) trait Change<T> {
    /// Sets it to what is given; what is not given stays.
    fn change(&mut self, value: T);
}

impl<T: Into<sea_orm::Value>> Change<Option<T>> for ActiveValue<T> {
    fn change(&mut self, value: Option<T>) {
        if let Some(value) = value {
            *self = Set(value);
        }
    }
}

/// Null is for the rules to refuse.
impl<T: Into<sea_orm::Value>> Change<MaybeUndefined<T>> for ActiveValue<T> {
    fn change(&mut self, value: MaybeUndefined<T>) {
        self.change(value.take());
    }
}

impl<T: Into<sea_orm::Value> + ValueType + Nullable> Change<MaybeUndefined<T>> for ActiveValue<Option<T>> {
    fn change(&mut self, value: MaybeUndefined<T>) {
        match value {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => *self = Set(None),
            MaybeUndefined::Value(value) => *self = Set(Some(value)),
        }
    }
}
