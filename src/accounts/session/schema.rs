//! Logging in and out.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use gerbang_graphql::{integer::int, timestamp::Timestamp};
use gerbang_kernel::error::{Error, Result, Rule};

use crate::{
    accounts::{
        Realm,
        session::{
            self,
            rules::{LogIn, LogInName, Session},
        },
        token::rules::{Issued, Purpose},
        user::schema::User,
    },
    graphql::context::ContextExt,
};

/// A token to send as `Authorization: Bearer`.
pub struct AuthToken(Issued);

impl From<Issued> for AuthToken {
    fn from(token: Issued) -> Self {
        Self(token)
    }
}

/// A token to send as `Authorization: Bearer`.
#[Object]
impl AuthToken {
    /// The token itself. Keep it secret: whoever has it is its user.
    async fn content(&self) -> &str {
        &self.0.content
    }

    /// What it opens.
    async fn kind(&self) -> Purpose {
        self.0.purpose
    }

    /// The scheme of the `Authorization` header: always `bearer`.
    async fn scheme(&self) -> &str {
        "bearer"
    }

    /// When it dies, UTC; null if it lives until it is ended.
    async fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at.map(Timestamp::from)
    }

    /// Seconds that it lives, counted from when it was issued; null if it lives until it is ended.
    async fn expires_in(&self) -> Option<i32> {
        self.0.expires_in.map(int)
    }
}

/// Who logs in. The account is named by exactly one of `login`, `email`, `phone` and `username`.
#[derive(InputObject)]
pub struct LoginInput {
    /// The user base.
    realm: Realm,
    /// Whatever the realm takes: an e-mail address; in NOTARY also a telephone number, in STAFF also a user name.
    login: Option<String>,
    /// The e-mail address.
    email: Option<String>,
    /// The telephone number (NOTARY).
    phone: Option<String>,
    /// The user name (STAFF).
    username: Option<String>,
    /// The password.
    password: String,
    /// What the user calls the device (APEXTRACK, STAFF); at most 255 characters, more are cut off.
    device_name: Option<String>,
}

/// Which token is exchanged.
#[derive(InputObject)]
pub struct RefreshTokenInput {
    /// The session's newest token; it may have expired.
    token: String,
    /// If it is given, the token must be of this user base.
    realm: Option<Realm>,
}

/// An open log-in.
#[derive(SimpleObject)]
pub struct SessionPayload {
    /// What opens the account from now on.
    token: AuthToken,
    /// Who is logged in.
    user: User,
}

impl From<Session> for SessionPayload {
    fn from(Session { user, token }: Session) -> Self {
        Self { token: token.into(), user: user.into() }
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
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who logs in.")] input: LoginInput,
    ) -> Result<SessionPayload> {
        let LoginInput { realm, login, email, phone, username, password, device_name } = input;
        let name = login
            .map(LogInName::Any)
            .or_else(|| email.map(LogInName::Email))
            .or_else(|| phone.map(LogInName::Phone))
            .or_else(|| username.map(LogInName::Username))
            .ok_or_else(|| Error::violation("input.login", Rule::Required))?;
        let input = LogIn { realm, name, password, device_name };
        Ok(session::rules::login(ctx.domain(), ctx.client(), input).await?.into())
    }

    /// Ends the session of the token that was sent; the token is dead at once. Errors: `UNAUTHENTICATED`.
    async fn logout(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { user: session::rules::logout(ctx.domain(), ctx.viewer()).await?.into() })
    }

    /// Ends all sessions of the caller, on every device. Errors: `UNAUTHENTICATED`.
    async fn logout_everywhere(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { user: session::rules::logout_everywhere(ctx.domain(), ctx.viewer()).await?.into() })
    }

    /// Exchanges a JSON Web Token, which may have expired, for a new one, up to 14 days after the log-in; the old
    /// one is dead at once. Errors: `UNAUTHENTICATED` if it can't be exchanged (any more).
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshTokenInput,
    ) -> Result<SessionPayload> {
        let RefreshTokenInput { token, realm } = input;
        Ok(session::rules::refresh(ctx.domain(), realm, &token).await?.into())
    }
}
