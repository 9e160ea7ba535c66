//! Who asks in these tests: users of several bases, of whom those of one administer the gateway.

use chrono::{DateTime, Utc};
use gerbang_kernel::identity::{Identity, TokenType};

/// A user base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Realm {
    TalentsMapping,
    Apextrack,
    Notary,
    Scholarship,
    Staff,
}

impl Realm {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TalentsMapping => "talentsmapping",
            Self::Apextrack => "apextrack",
            Self::Notary => "notary",
            Self::Scholarship => "scholarship",
            Self::Staff => "staff",
        }
    }
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Admin,
    Affiliate,
    Customer,
    Employee,
}

/// Budi, or nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Viewer(Option<(Realm, Role, TokenType)>);

impl Viewer {
    pub(crate) fn anonymous() -> Self {
        Self::default()
    }

    pub(crate) fn logged_in(realm: Realm, role: Role, token: TokenType) -> Self {
        Self(Some((realm, role, token)))
    }

    pub(crate) fn email(&self) -> Option<&'static str> {
        self.0.map(|_| "budi@example.test")
    }

    fn administers(&self, wanted: Realm) -> bool {
        self.0.is_some_and(|(realm, role, _)| (realm, role) == (wanted, Role::Admin))
    }
}

impl Identity for Viewer {
    fn user_key(&self) -> Option<String> {
        self.0.map(|_| "7".to_owned())
    }

    fn realm(&self) -> Option<&str> {
        self.0.map(|(realm, ..)| realm.name())
    }

    fn is_admin_of(&self, realm: &str) -> bool {
        self.is_gateway_admin() || self.0.is_some_and(|(own, ..)| own.name() == realm && self.administers(own))
    }

    fn is_admin(&self) -> bool {
        self.0.is_some_and(|(own, ..)| self.administers(own))
    }

    fn is_gateway_admin(&self) -> bool {
        self.administers(Realm::Staff)
    }

    fn token_type(&self) -> Option<TokenType> {
        self.0.map(|(.., token)| token)
    }

    fn device(&self) -> Option<&str> {
        None
    }

    fn expires_at(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn has_rights_of(&self, other: &Self) -> bool {
        self == other
    }
}
