//! The five user bases.

use async_graphql::Enum;
use gerbang_graphql::rules::{
    Form, Members,
    text::{bare_phone_key, phone_key},
};
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

    /// The one that an input names.
    fn among(members: Members<'_>) -> Option<Self> {
        members.text("realm").and_then(Self::by_name)
    }

    /// How telephone numbers are compared.
    pub fn phone_key(self, phone: &str) -> Option<String> {
        if self == Self::Notary { bare_phone_key(phone) } else { phone_key(phone) }
    }
}

/// What a telephone number must be in the realm that an input names. The notary's document signs up `1234567890`,
/// without the leading 0 that numbers have elsewhere.
pub(crate) fn phone_form(members: Members<'_>) -> Form {
    if Realm::among(members) == Some(Realm::Notary) { Form::BarePhone } else { Form::Phone }
}

/// What a new password must be in the realm that an input names: 6 characters long for staff, as documented, else 8.
pub(crate) fn password_form(members: Members<'_>) -> Form {
    Form::Password { min: if Realm::among(members) == Some(Realm::Staff) { 6 } else { 8 } }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, Value, value};
    use gerbang_graphql::rules::check;

    fn broken(input_type: &str, partial: &Value) -> Vec<String> {
        let violations = check(input_type, partial);
        violations.iter().map(|violation| format!("{} {}", violation.path, violation.rule.name())).collect()
    }

    #[test]
    fn present_members_are_checked_and_absent_ones_break_no_rule() {
        let partial = value!({ "name": " ", "email": "x", "password": "short", "passwordConfirmation": "other" });
        assert_eq!(
            broken("SignUpInput", &partial),
            ["input.name REQUIRED", "input.email EMAIL", "input.password MIN_LENGTH", "input.password CONFIRMED"]
        );
        assert_eq!(broken("SignUpInput", &value!({ "passwordConfirmation": "other", "email": null })), [""; 0]);
        assert_eq!(broken("SignUpInput", &value!({})), [""; 0]);
        assert_eq!(broken("CreateInvitationInput", &value!({ "expiresInMinutes": 0 })), ["input.expiresInMinutes MIN"]);
        assert_eq!(broken("UnknownInput", &value!({ "email": "x" })), [""; 0]);
    }

    #[test]
    fn rules_depend_on_the_realm() {
        let phone = |realm: &str| {
            let realm = Value::Enum(Name::new(realm));
            broken(
                "SignUpInput",
                &Value::Object([(Name::new("realm"), realm), (Name::new("phone"), "1234567890".into())].into()),
            )
        };
        assert_eq!(phone("NOTARY"), [""; 0]);
        assert_eq!(phone("SCHOLARSHIP"), ["input.phone PHONE"]);
        assert_eq!(
            broken("RegisterStaffInput", &value!({ "password": "123456", "name": "B" })),
            ["input.name MIN_LENGTH"]
        );
    }
}
