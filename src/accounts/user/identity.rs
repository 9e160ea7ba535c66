//! What of a user is unique within a realm: the e-mail address, the user name, the telephone number.

use gerbang_graphql::rules::text::fold;
use gerbang_kernel::error::{Error, Result, Rule, Violation};
use gerbang_platform::query::constraint;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::accounts::{
    Realm,
    user::row::{Column, Entity, Model, Status},
};

/// The failure of an insert or update of a user, at the field whose value violated a constraint.
pub(crate) fn taken(error: DbErr) -> Error {
    let paths = &[
        ("uq_users_realm_email_key", "input.email"),
        ("uq_users_realm_username_key", "input.username"),
        ("uq_users_realm_phone_key", "input.phone"),
        ("fk", "input.partnerId"),
    ];
    constraint::taken(error, paths)
}

/// Affiliates have to verify their address, nobody else.
pub(crate) const fn status_of(realm: Realm, is_verified: bool) -> Status {
    match (realm, is_verified) {
        (Realm::Apextrack, false) => Status::Pending,
        _ => Status::Active,
    }
}

/// What of a user is unique within the realm, as it is compared.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "the names of the columns")]
pub(crate) struct Identity {
    pub(crate) email_key: Option<String>,
    pub(crate) username_key: Option<String>,
    pub(crate) phone_key: Option<String>,
}

impl Identity {
    /// Telephone numbers are unique only where they name an account: staff may share one.
    pub(crate) fn new(realm: Realm, email: Option<&str>, username: Option<&str>, phone: Option<&str>) -> Self {
        let phone = match realm {
            Realm::Notary | Realm::Scholarship => phone,
            Realm::TalentsMapping | Realm::Apextrack | Realm::Staff => None,
        };
        Self {
            email_key: email.map(fold),
            username_key: username.map(fold),
            phone_key: phone.and_then(|phone| realm.phone_key(phone)),
        }
    }

    /// The users of the realm who have any of it.
    pub(crate) async fn holders(&self, db: &impl ConnectionTrait, realm: Realm) -> Result<Vec<Model>> {
        let values = [
            (Column::EmailKey, &self.email_key),
            (Column::UsernameKey, &self.username_key),
            (Column::PhoneKey, &self.phone_key),
        ];
        let given = values.into_iter().filter_map(|(column, value)| Some(column.eq(value.as_deref()?)));
        let any = given.fold(Condition::any(), Condition::add);
        if any.is_empty() {
            return Ok(Vec::new());
        }
        Ok(Entity::find().filter(Column::Realm.eq(realm)).filter(any).all(db).await?)
    }

    /// What another user has already. Only to report all violations at once; the constraints decide.
    pub(crate) async fn taken(
        &self,
        db: &impl ConnectionTrait,
        realm: Realm,
        except: Option<i64>,
    ) -> Result<Vec<Violation>> {
        let others: Vec<Model> =
            self.holders(db, realm).await?.into_iter().filter(|other| Some(other.id) != except).collect();
        let is_taken = |path: &&str| {
            others.iter().any(|other| match *path {
                "input.email" => Some(&other.email_key) == self.email_key.as_ref(),
                "input.username" => self.username_key.is_some() && other.username_key == self.username_key,
                _ => self.phone_key.is_some() && other.phone_key == self.phone_key,
            })
        };
        let taken = ["input.email", "input.username", "input.phone"].into_iter().filter(is_taken);
        Ok(taken.map(|path| Violation::new(path, Rule::Taken)).collect())
    }
}
