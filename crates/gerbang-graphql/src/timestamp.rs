//! Times, as they are shown.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ScalarType, ServerResult, Value, parser::types::Field,
    registry::Registry,
};
use chrono::{DateTime, Utc};

use crate::engine::InProcess;

/// A time of the schema (`DateTime`): a text of RFC 3339 for clients, and for who runs an operation in this process the
/// number of microseconds since 1970, which need not be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp(DateTime<Utc>);

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl OutputType for Timestamp {
    fn type_name() -> Cow<'static, str> {
        <DateTime<Utc> as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <DateTime<Utc> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        Ok(match ctx.data_opt::<InProcess>() {
            Some(InProcess) => Value::from(self.0.timestamp_micros()),
            None => self.0.to_value(),
        })
    }
}
