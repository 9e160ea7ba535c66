//! Logging in and out.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        session::rules::{self, LoginInput, RefreshTokenInput, Session},
        token::rules::Issued,
        user::schema::User,
    },
    graphql::context::ContextExt,
};

#[ComplexObject]
impl Issued {
    /// The scheme of the `Authorization` header: always `bearer`.
    async fn scheme(&self) -> &str {
        "bearer"
    }
}

/// Who was logged in.
#[derive(SimpleObject)]
pub struct LogoutPayload {
    /// Who was logged in.
    user: User,
}

/// Logging in and out.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Logs in. The realm decides the kind of token: JSON Web Tokens in `TALENTS_MAPPING`, NOTARY and SCHOLARSHIP,
    /// Sanctum-style ones in APEXTRACK and STAFF. Errors: `UNAUTHENTICATED` for wrong credentials and suspended
    /// accounts, `RATE_LIMITED` after 5 failures a minute, `VALIDATION_FAILED`.
    async fn login(&self, ctx: &Context<'_>, #[graphql(desc = "Who logs in.")] input: LoginInput) -> Result<Session> {
        rules::login(ctx.domain(), ctx.client(), input).await
    }

    /// Ends the session of the token that was sent; the token is dead at once. Errors: `UNAUTHENTICATED`.
    async fn logout(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { user: rules::logout(ctx.domain(), ctx.viewer()).await? })
    }

    /// Ends all sessions of the caller, on every device. Errors: `UNAUTHENTICATED`.
    async fn logout_everywhere(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { user: rules::logout_everywhere(ctx.domain(), ctx.viewer()).await? })
    }

    /// Exchanges a JSON Web Token, which may have expired, for a new one, up to 14 days after the log-in; the old
    /// one is dead at once. Errors: `UNAUTHENTICATED` if it can't be exchanged (any more).
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshTokenInput,
    ) -> Result<Session> {
        rules::refresh(ctx.domain(), input).await
    }
}
