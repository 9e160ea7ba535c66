//! Errors that front ends report.

use async_graphql::{Context, Enum, InputObject, Json, Object, SimpleObject};
use gerbang_graphql::timestamp::Timestamp;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};
use serde_json::Value;

use crate::{
    client_errors::{
        row::{Column, Model},
        rules,
    },
    graphql::{
        connection::{Connection, Direction, EdgeNode, sort, wants_total},
        context::ContextExt,
        id::{GlobalId, global_id},
    },
};

/// The first part of a report's global id.
pub const KIND: &str = "clientError";

/// An error that a front end reported. Kept for 30 days.
#[derive(Clone, Debug)]
pub struct ClientError(Model);

impl From<Model> for ClientError {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

impl EdgeNode for ClientError {
    type Row = Model;
}

/// An error that a front end reported. Kept for 30 days.
#[Object]
impl ClientError {
    /// The global id, such as `clientError_5`.
    pub async fn id(&self) -> GlobalId {
        global_id(KIND, self.0.id)
    }

    /// What happened.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// How bad it is, in the front end's words; `error` if it didn't say.
    async fn level(&self) -> &str {
        &self.0.level
    }

    /// Where in the program it happened.
    async fn stack(&self) -> Option<&str> {
        self.0.stack.as_deref()
    }

    /// The page it happened on.
    async fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// Whatever else the front end sent.
    async fn context(&self) -> Option<Json<&Value>> {
        self.0.context.as_ref().map(Json)
    }

    /// The address it was sent from.
    async fn ip(&self) -> Option<&str> {
        self.0.ip.as_deref()
    }

    /// The `User-Agent` it was sent by, at most 512 characters.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// When it was reported, UTC.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
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
