//! Logging in and out.

use gerbang_graphql::engine::InProcess;

use crate::{
    accounts::{
        session::rules::{self, Again, LoginInput, RefreshTokenInput, Session},
        token::rules::Issued,
        user::schema::User,
    },
    prelude::schema::*,
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

mutations! {
    /// Logging in and out.
    SessionMutation;

    /// Logs in. The realm decides the kind of token: JSON Web Tokens in `TALENTS_MAPPING`, NOTARY and SCHOLARSHIP,
    /// Sanctum-style ones in APEXTRACK and STAFF. Errors: `UNAUTHENTICATED` for wrong credentials and suspended
    /// accounts, `RATE_LIMITED` after 5 failures a minute, `VALIDATION_FAILED`.
    login[client]("Who logs in.": LoginInput) -> Session;

    @also {
        /// Exchanges a JSON Web Token, which may have expired, for a new one, up to 14 days after the log-in; the old
        /// one opens nothing any more, and gives the same new one for 30 seconds. Errors: `UNAUTHENTICATED` if it can't be
        /// exchanged (any more), or is of a kind that is valid until it is ended.
        async fn refresh_token(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The token.")] input: RefreshTokenInput,
        ) -> Result<Session> {
            // The legacy document says that a token is exchanged once.
            let again = if ctx.data_opt::<InProcess>().is_some() { Again::Refused } else { Again::SameSuccessor };
            rules::refresh_token(ctx.domain(), input, again).await
        }

        /// Ends the session of the token that was sent; the token is dead at once. Errors: `UNAUTHENTICATED`.
        async fn logout(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
            Ok(LogoutPayload { user: rules::logout(ctx.domain(), ctx.viewer()).await? })
        }

        /// Ends all sessions of the caller, on every device. Errors: `UNAUTHENTICATED`.
        async fn logout_everywhere(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
            Ok(LogoutPayload { user: rules::logout_everywhere(ctx.domain(), ctx.viewer()).await? })
        }
    }
}
