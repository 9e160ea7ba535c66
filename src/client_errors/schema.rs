//! Errors that front ends report.

use gerbang_graphql::any_json::AnyJson;

pub use super::row::Model as ClientError;
use crate::{
    client_errors::{
        row::Column,
        rules::{self, LogClientErrorInput},
    },
    prelude::schema::*,
};

#[node("clientError_5")]
#[ComplexObject]
impl ClientError {
    /// Whatever else the front end sent.
    async fn context(&self) -> Option<AnyJson> {
        let context = self.context.as_deref()?;
        serde_json::from_str(context).ok().map(AnyJson)
    }
}

/// What reports are sorted by.
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ClientErrorOrder {
    /// The order in which they came.
    #[default]
    Id,
    /// How bad they are, by name.
    Level,
}

/// Reports, for admins.
#[derive(Default)]
pub struct ClientErrorQuery;

#[lists]
#[Object]
impl ClientErrorQuery {
    /// Errors that front ends reported. For admins of talents mapping. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    async fn client_errors(
        &self,
        ctx: &Context<'_>,
        #[list(order, direction = Desc)] list: List<ClientErrorOrder>,
    ) -> Result<Connection<ClientError>> {
        Ok(rules::client_errors(ctx.domain(), ctx.viewer(), &list.by()).await?.into())
    }
}

/// The report as it was stored.
#[derive(SimpleObject)]
pub struct LogClientErrorPayload {
    /// The report.
    client_error: ClientError,
}

mutations! {
    /// Reporting, for everybody.
    ClientErrorMutation;

    /// Reports an error of a front end. For everybody. Errors: `VALIDATION_FAILED`, `PAYLOAD_TOO_LARGE` over 16 KiB,
    /// `RATE_LIMITED` after 30 a minute from one address.
    log_client_error[client]("The report.": LogClientErrorInput) -> LogClientErrorPayload { client_error };
}
