//! The five user bases.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

/// One of the five user bases. An e-mail address, telephone number or user name is unique within a realm,
/// not across realms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum Realm {
    /// Talents Mapping: partners and the people they have assessed.
    TalentsMapping,
    /// Apextrack: affiliates, their clicks and leads.
    Apextrack,
    /// The notary office: its staff and its customers.
    Notary,
    /// The YISS scholarship: its applicants.
    Scholarship,
    /// The accounts of the staff; an ADMIN of this realm administers the whole gateway.
    Staff,
}

impl Realm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::TalentsMapping, Self::Apextrack, Self::Notary, Self::Scholarship, Self::Staff];

    /// Its name in the schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TalentsMapping => "TALENTS_MAPPING",
            Self::Apextrack => "APEXTRACK",
            Self::Notary => "NOTARY",
            Self::Scholarship => "SCHOLARSHIP",
            Self::Staff => "STAFF",
        }
    }

    /// The one with this name in the schema.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|realm| realm.name() == name)
    }
}
