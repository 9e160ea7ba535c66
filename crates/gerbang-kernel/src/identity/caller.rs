//! Who asks and from where.

use std::{fmt::Debug, net::IpAddr};

use chrono::{DateTime, Utc};

/// Who asks: somebody with a valid token, or nobody, which is the default. Cheap to clone.
pub trait Identity: Clone + Debug + Default + Send + Sync + 'static {
    /// A name for the user that no other has; `None` for nobody.
    fn user_key(&self) -> Option<String>;

    /// The user base that the token is for.
    fn realm(&self) -> Option<&str>;

    /// Whether they administer this user base.
    fn is_admin_of(&self, realm: &str) -> bool;

    /// Whether they administer any user base.
    fn is_admin(&self) -> bool;

    /// Whether they administer the gateway, and so may call on behalf of every user base.
    fn is_gateway_admin(&self) -> bool;

    /// The kind of token they came with.
    fn token_type(&self) -> Option<TokenType>;

    /// The device that the token was issued to, if it has a name.
    fn device(&self) -> Option<&str>;

    /// When the token stops opening anything, if it does so by itself.
    fn expires_at(&self) -> Option<DateTime<Utc>>;

    /// Whether the other is the same user and may see and do the same.
    fn has_rights_of(&self, other: &Self) -> bool;

    /// Whether this is nobody.
    fn is_anonymous(&self) -> bool {
        self.token_type().is_none()
    }
}

/// A kind of bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    /// A JSON Web Token.
    Jwt,
    /// A Sanctum-style `{id}|{secret}`.
    Sanctum,
}

/// Where the request came from.
#[derive(Clone, Debug)]
pub struct ClientInfo {
    /// The TCP peer's address or, behind a trusted proxy, the forwarded one.
    pub ip: IpAddr,
    /// The `User-Agent` header, cut to 512 characters.
    pub user_agent: Option<String>,
    /// Two capital letters (ISO 3166-1), from a trusted header only.
    pub country: Option<String>,
}

/// Who asks and from where.
#[derive(Clone, Debug)]
pub struct Caller<I> {
    /// Who is asking.
    pub viewer: I,
    /// Where the request came from.
    pub client: ClientInfo,
}
