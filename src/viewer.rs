//! Who is asking: the one argument that every scoped finder and every rule of the domain takes.
//! It stands here because finders ([`visible_to`](super)) start from it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use gerbang_kernel::{
    error::{Error, Result},
    identity::{Identity, TokenType},
};

use crate::accounts::{
    Realm, Role,
    user::row::{Model as User, Status},
};

/// How the caller proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A signed JSON Web Token for access.
    Jwt {
        /// The log-in it belongs to; logging out ends it.
        session: String,
    },
    /// A Sanctum-style `{id}|{secret}`.
    Sanctum {
        /// The row of `access_tokens`.
        id: i64,
    },
}

/// The caller of one request. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Viewer(Option<Arc<LoggedIn>>);

#[derive(Debug)]
struct LoggedIn {
    user: User,
    token: TokenKind,
    device: Option<String>,
    expires_at: Option<DateTime<Utc>>,
}

impl Viewer {
    /// Nobody: no token, or one that is not valid.
    pub const fn anonymous() -> Self {
        Self(None)
    }

    /// The owner of a valid access token.
    pub fn logged_in(user: User, token: TokenKind) -> Self {
        Self(Some(Arc::new(LoggedIn { user, token, device: None, expires_at: None })))
    }

    /// The owner of a valid access token that was issued to a device of this name.
    pub fn on_device(user: User, token: TokenKind, device: String) -> Self {
        Self(Some(Arc::new(LoggedIn { user, token, device: Some(device), expires_at: None })))
    }

    /// The same caller, whose token opens nothing from `end` on.
    #[must_use]
    pub fn until(mut self, end: Option<DateTime<Utc>>) -> Self {
        if let Some(caller) = self.0.as_mut().and_then(Arc::get_mut) {
            caller.expires_at = end;
        }
        self
    }

    /// The user, if somebody is logged in.
    pub fn user(&self) -> Option<&User> {
        self.0.as_deref().map(|caller| &caller.user)
    }

    /// The token that was used, if somebody is logged in.
    pub fn token(&self) -> Option<&TokenKind> {
        self.0.as_deref().map(|caller| &caller.token)
    }

    /// The device that the token was issued to, if it has a name.
    pub fn device(&self) -> Option<&str> {
        self.0.as_deref().and_then(|caller| caller.device.as_deref())
    }

    /// When the token stops opening anything, if it does so by itself.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.as_deref().and_then(|caller| caller.expires_at)
    }

    /// Whether the other is the same user and may see and do the same.
    pub fn has_rights_of(&self, other: &Self) -> bool {
        let rights = |user: &User| (user.id, user.realm, user.role, user.partner_id);
        self.user().map(rights) == other.user().map(rights)
    }

    /// The realm of the token, if somebody is logged in.
    pub fn realm(&self) -> Option<Realm> {
        self.user().map(|user| user.realm)
    }

    /// The user.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers.
    pub fn require_user(&self) -> Result<&User> {
        self.user().ok_or_else(Error::unauthenticated)
    }

    /// The user, who must belong to this realm or administer the whole gateway.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers, `FORBIDDEN` for a user of another realm.
    pub fn require_realm(&self, realm: Realm) -> Result<&User> {
        let user = self.require_user()?;
        if user.realm == realm || self.is_gateway_admin() { Ok(user) } else { Err(Error::forbidden()) }
    }

    /// The user, who must administer this realm.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers, `FORBIDDEN` for anybody but an admin of the realm or of the gateway.
    pub fn require_admin(&self, realm: Realm) -> Result<&User> {
        let user = self.require_user()?;
        if self.is_admin_of(realm) { Ok(user) } else { Err(Error::forbidden()) }
    }

    /// The user, who must be an admin of any realm (lists are then narrowed to it).
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anonymous callers, `FORBIDDEN` for anybody but an admin.
    pub fn require_any_admin(&self) -> Result<&User> {
        let user = self.require_user()?;
        if user.role == Role::Admin { Ok(user) } else { Err(Error::forbidden()) }
    }

    /// Whether the caller administers `realm`: as its ADMIN, or as an ADMIN of the STAFF realm, who administers all.
    pub fn is_admin_of(&self, realm: Realm) -> bool {
        self.is_gateway_admin() || self.user().is_some_and(|user| user.role == Role::Admin && user.realm == realm)
    }

    /// Whether the caller is an ADMIN of the STAFF realm.
    pub fn is_gateway_admin(&self) -> bool {
        self.user().is_some_and(|user| user.role == Role::Admin && user.realm == Realm::Staff)
    }

    /// Whether the caller is this user.
    pub fn is_user(&self, id: i64) -> bool {
        self.user().is_some_and(|user| user.id == id)
    }

    /// Whether the account may act now: suspended ones are treated as logged out.
    pub fn may_act(user: &User) -> bool {
        user.status != Status::Suspended
    }
}

impl Identity for Viewer {
    fn user_key(&self) -> Option<String> {
        self.user().map(|user| user.id.to_string())
    }

    fn realm(&self) -> Option<&str> {
        self.realm().map(Realm::name)
    }

    fn is_admin_of(&self, realm: &str) -> bool {
        Realm::by_name(realm).is_some_and(|realm| self.is_admin_of(realm))
    }

    fn is_admin(&self) -> bool {
        self.require_any_admin().is_ok()
    }

    fn is_gateway_admin(&self) -> bool {
        self.is_gateway_admin()
    }

    fn token_type(&self) -> Option<TokenType> {
        self.token().map(|token| match token {
            TokenKind::Jwt { .. } => TokenType::Jwt,
            TokenKind::Sanctum { .. } => TokenType::Sanctum,
        })
    }

    fn device(&self) -> Option<&str> {
        self.device()
    }

    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at()
    }

    fn has_rights_of(&self, other: &Self) -> bool {
        self.has_rights_of(other)
    }
}
