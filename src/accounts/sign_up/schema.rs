//! Signing up.

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use gerbang_graphql::timestamp::Timestamp;
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        Realm,
        session::schema::AuthToken,
        sign_up::{
            self,
            attempts::{Attempt, Progress},
            rules::{SignUp, SignedUp},
        },
        user::{admin_schema::UserPayload, schema::User},
    },
    graphql::context::ContextExt,
};
use gerbang_graphql::id::GlobalId;

/// A sign-up of the notary office that waits for its confirmation.
pub struct SignUpAttempt(Attempt);

impl From<Attempt> for SignUpAttempt {
    fn from(attempt: Attempt) -> Self {
        Self(attempt)
    }
}

/// A sign-up of the notary office that waits for its confirmation.
#[Object]
impl SignUpAttempt {
    /// The global id, such as `signUpAttempt_17`.
    async fn id(&self) -> GlobalId {
        GlobalId::new("signUpAttempt", &self.0.row.id)
    }

    /// What opens this attempt, and nothing else.
    async fn token(&self) -> AuthToken {
        self.0.token.clone().into()
    }

    /// Where the link was sent.
    async fn email(&self) -> &str {
        &self.0.row.email
    }

    /// When the last mail was sent, UTC.
    async fn sent_at(&self) -> Timestamp {
        self.0.row.sent_at.into()
    }

    /// Until when the link in it can be opened, UTC.
    async fn expires_at(&self) -> Timestamp {
        self.0.row.expires_at.into()
    }

    /// Mails sent so far; the first is 1.
    async fn attempts(&self) -> i32 {
        self.0.row.attempts
    }
}

/// A sign-up that became an account.
#[derive(SimpleObject)]
pub struct ConfirmedSignUp {
    /// What opens the account.
    token: AuthToken,
    /// The account.
    user: User,
}

/// How a sign-up stands.
#[derive(Union)]
pub enum SignUpStatus {
    /// The link was not opened yet.
    Waiting(SignUpAttempt),
    /// There is an account now.
    Confirmed(ConfirmedSignUp),
}

impl From<Progress> for SignUpStatus {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Waiting(attempt) => Self::Waiting(attempt.into()),
            Progress::Confirmed(session) => {
                Self::Confirmed(ConfirmedSignUp { token: session.token.into(), user: session.user.into() })
            }
        }
    }
}

/// What somebody signs up with.
#[derive(InputObject)]
pub struct SignUpInput {
    /// The user base: APEXTRACK, NOTARY or SCHOLARSHIP; accounts of the others are made by their admins.
    realm: Realm,
    /// Full name, at most 255 characters.
    name: String,
    /// E-mail address; unique within the realm.
    email: String,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits; needed in SCHOLARSHIP, unique there and in NOTARY.
    phone: Option<String>,
    /// Password, at least 8 characters.
    password: String,
    /// The password again, if it was typed twice.
    password_confirmation: Option<String>,
}

/// What became of it.
#[derive(Default, SimpleObject)]
pub struct SignUpPayload {
    /// The account; null in NOTARY, where it is confirmed first.
    user: Option<User>,
    /// What opens the account; only in SCHOLARSHIP.
    token: Option<AuthToken>,
    /// The attempt that is to be confirmed; only in NOTARY.
    attempt: Option<SignUpAttempt>,
}

impl From<SignedUp> for SignUpPayload {
    fn from(signed_up: SignedUp) -> Self {
        match signed_up {
            SignedUp::Unverified(user) => Self { user: Some(user.into()), ..Self::default() },
            SignedUp::Attempt(attempt) => Self { attempt: Some(attempt.into()), ..Self::default() },
            SignedUp::LoggedIn(session) => {
                Self { user: Some(session.user.into()), token: Some(session.token.into()), ..Self::default() }
            }
        }
    }
}

/// The code of a mailed link.
#[derive(InputObject)]
pub struct ConfirmSignUpInput {
    /// The code.
    code: String,
}

/// The token of a sign-up.
#[derive(InputObject)]
pub struct SignUpTokenInput {
    /// The token that `signUp` gave.
    token: String,
}

/// The attempt after the change.
#[derive(SimpleObject)]
pub struct SignUpAttemptPayload {
    /// The attempt.
    attempt: SignUpAttempt,
}

/// Signing up.
#[derive(Default)]
pub struct SignUpMutation;

#[Object]
impl SignUpMutation {
    /// Signs up. APEXTRACK: makes an account and mails a code for `verifyEmail`. NOTARY: mails a link for
    /// `confirmSignUp`. SCHOLARSHIP: makes an account and logs in. Errors: `VALIDATION_FAILED`, `RATE_LIMITED` after 5
    /// mails to one address in a day, and after many sign-ups from one address or network. Once in an operation.
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs up.")] input: SignUpInput,
    ) -> Result<SignUpPayload> {
        let SignUpInput { realm, name, email, phone, password, password_confirmation } = input;
        let input = SignUp { realm, name, email, phone, password, password_confirmation };
        Ok(sign_up::rules::sign_up(ctx.domain(), ctx.client(), input).await?.into())
    }

    /// Makes the account of a sign-up of the notary office. Errors: `INVALID_CODE`. Once in an operation.
    async fn confirm_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the mailed link.")] input: ConfirmSignUpInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: sign_up::attempts::confirm(ctx.domain(), &input.code).await?.into() })
    }

    /// How a sign-up stands; once it is confirmed, this logs in. Errors: `INVALID_TOKEN`.
    async fn sign_up_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the sign-up.")] input: SignUpTokenInput,
    ) -> Result<SignUpStatus> {
        Ok(sign_up::attempts::status(ctx.domain(), ctx.client(), &input.token).await?.into())
    }

    /// Mails a new link, which kills the old one. Errors: `INVALID_TOKEN`, `NOT_FOUND`, `ALREADY_CONFIRMED`,
    /// `RATE_LIMITED` within a minute of the last mail, after 5, and after many from one address or network. Once in an
    /// operation.
    async fn resend_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the sign-up.")] input: SignUpTokenInput,
    ) -> Result<SignUpAttemptPayload> {
        Ok(SignUpAttemptPayload {
            attempt: sign_up::attempts::resend(ctx.domain(), ctx.client(), &input.token).await?.into(),
        })
    }

    /// Calls a sign-up off. Errors: `INVALID_TOKEN`.
    async fn cancel_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the sign-up.")] input: SignUpTokenInput,
    ) -> Result<SignUpAttemptPayload> {
        Ok(SignUpAttemptPayload { attempt: sign_up::attempts::cancel(ctx.domain(), &input.token).await?.into() })
    }
}
