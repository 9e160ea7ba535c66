//! Errors that front ends report.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Json, Object, SimpleObject};
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};
use serde_json::Value;

use crate::{
    client_errors::{row::Column, rules},
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
    },
};
use gerbang_graphql::id::node;

pub use super::row::Model as ClientError;

#[node("clientError_5")]
#[ComplexObject]
impl ClientError {
    /// Whatever else the front end sent.
    async fn context(&self) -> Option<Json<&Value>> {
        self.context.as_ref().map(Json)
    }
}

/// What reports are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ClientErrorOrder {
    /// The order in which they came.
    #[default]
    Id,
    /// How bad they are, by name.
    Level,
}

impl From<ClientErrorOrder> for Column {
    fn from(order: ClientErrorOrder) -> Self {
        match order {
            ClientErrorOrder::Id => Self::Id,
            ClientErrorOrder::Level => Self::Level,
        }
    }
}

/// Reports, for admins.
#[derive(Default)]
pub struct ClientErrorQuery;

#[Object]
impl ClientErrorQuery {
    /// Errors that front ends reported. For admins of talents mapping. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn client_errors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to sort by; `ID` by default.")] order_by: Option<ClientErrorOrder>,
        #[graphql(desc = "Which way to sort; `DESC` (newest first) by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<ClientError>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let sort = sort(order_by, direction.or(Some(Direction::Desc)));
        Ok(rules::client_errors(ctx.domain(), ctx.viewer(), sort, &request, wants_total(ctx)).await?.into())
    }
}

/// What went wrong in a front end; 16 KiB at most in all.
#[derive(Debug, InputObject)]
pub struct LogClientErrorInput {
    /// What happened.
    message: String,
    /// How bad it is, in the front end's words, at most 20 characters; `error` by default.
    level: Option<String>,
    /// Where in the program it happened.
    stack: Option<String>,
    /// The page it happened on.
    url: Option<String>,
    /// Whatever else helps.
    context: Option<Json<Value>>,
}

/// The report as it was stored.
#[derive(SimpleObject)]
pub struct LogClientErrorPayload {
    /// The report.
    client_error: ClientError,
}

/// Reporting, for everybody.
#[derive(Default)]
pub struct ClientErrorMutation;

#[Object]
impl ClientErrorMutation {
    /// Reports an error of a front end. For everybody. Errors: `VALIDATION_FAILED`, `PAYLOAD_TOO_LARGE` over 16 KiB,
    /// `RATE_LIMITED` after 30 a minute from one address.
    async fn log_client_error(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: LogClientErrorInput,
    ) -> Result<LogClientErrorPayload> {
        let LogClientErrorInput { message, level, stack, url, context } = input;
        let context = context.map(|Json(context)| context);
        let report = rules::LogClientError { message, level, stack, url, context };
        let row = rules::log_client_error(ctx.domain(), ctx.client(), report).await?;
        Ok(LogClientErrorPayload { client_error: row.into() })
    }
}
