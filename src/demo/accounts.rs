//! Users of every realm and role, numbered as the gateway itself would number them, and some invitations.

use std::iter;

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use sea_orm::Iterable;

use super::seeder::Seeder;
use crate::{
    accounts::{
        Realm, Role, invitation,
        user::{
            self,
            new_users::{CODE, LEGACY_ID},
            realm_counter,
            row::Status,
        },
    },
    talents::partner,
};
use gerbang_graphql::rules::text::{fold, phone_key};

/// The password of every demo account.
pub const PASSWORD: &str = "rahasia-demo-123";

/// An account to try the demo with.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    /// The user base it belongs to.
    pub realm: Realm,
    /// What it may do.
    pub role: Role,
    /// E-mail address to log in with.
    pub email: &'static str,
    /// User name to log in with, in the realm that has them.
    pub username: Option<&'static str>,
    /// Telephone number.
    pub phone: Option<&'static str>,
    /// What there is to see with it.
    pub note: &'static str,
    name: &'static str,
}

static ACCOUNTS: [DemoAccount; 7] = [
    DemoAccount {
        realm: Realm::Staff,
        role: Role::Admin,
        email: "admin@staff.test",
        username: Some("admin"),
        phone: None,
        note: "administers the whole gateway",
        name: "Administrator",
    },
    DemoAccount {
        realm: Realm::Staff,
        role: Role::Employee,
        email: "budi@staff.test",
        username: Some("budi123"),
        phone: Some("08123456789"),
        note: "sees all staff",
        name: "Budi Santoso",
    },
    DemoAccount {
        realm: Realm::TalentsMapping,
        role: Role::Admin,
        email: "admin@talents.test",
        username: None,
        phone: None,
        note: "all partners, clients and payments",
        name: "Administrator",
    },
    DemoAccount {
        realm: Realm::TalentsMapping,
        role: Role::Partner,
        email: "partner@talents.test",
        username: None,
        phone: None,
        note: "the clients of partner 1",
        name: "Rina Wijayanti",
    },
    DemoAccount {
        realm: Realm::Apextrack,
        role: Role::Affiliate,
        email: "affiliate@apex.test",
        username: None,
        phone: None,
        note: "verified, with clicks and leads",
        name: "John Doe",
    },
    DemoAccount {
        realm: Realm::Notary,
        role: Role::Admin,
        email: "admin@notary.test",
        username: None,
        phone: None,
        note: "services, orders and invitations",
        name: "Administrator",
    },
    DemoAccount {
        realm: Realm::Scholarship,
        role: Role::Applicant,
        email: "applicant@yiss.test",
        username: None,
        phone: Some("+6281234567890"),
        note: "has a profile",
        name: "Ahmad Fauzi",
    },
];

/// The accounts to try the demo with; the password of all is [`PASSWORD`].
pub fn accounts() -> &'static [DemoAccount] {
    &ACCOUNTS
}

/// How many there are besides, and how they stand.
const OTHERS: [(Realm, Role, Status, usize); 15] = [
    (Realm::Staff, Role::Employee, Status::Active, 18),
    (Realm::Staff, Role::Employee, Status::Suspended, 1),
    (Realm::TalentsMapping, Role::Partner, Status::Active, 2),
    (Realm::TalentsMapping, Role::Partner, Status::Suspended, 1),
    (Realm::Apextrack, Role::Affiliate, Status::Active, 2),
    (Realm::Apextrack, Role::Affiliate, Status::Pending, 1),
    (Realm::Apextrack, Role::Affiliate, Status::Suspended, 1),
    (Realm::Apextrack, Role::Admin, Status::Active, 1),
    (Realm::Notary, Role::Notary, Status::Active, 2),
    (Realm::Notary, Role::Ppat, Status::Active, 1),
    (Realm::Notary, Role::Customer, Status::Active, 5),
    (Realm::Notary, Role::Customer, Status::Suspended, 1),
    (Realm::Scholarship, Role::Applicant, Status::Active, 9),
    (Realm::Scholarship, Role::Applicant, Status::Suspended, 1),
    (Realm::Scholarship, Role::Admin, Status::Active, 1),
];

const POSITIONS: [&str; 5] = ["ADM", "STAFF", "KEU", "HRD", "IT"];
const STREETS: [&str; 5] = ["Jl. Merdeka", "Jl. Sudirman", "Jl. Diponegoro", "Jl. Gajah Mada", "Jl. Ahmad Yani"];

/// All users, in the order of their numbers.
pub(crate) struct Users(Vec<user::row::Model>);

impl Users {
    /// Those with a role; the documented account is the first.
    pub(crate) fn with(&self, role: Role) -> Vec<&user::row::Model> {
        self.0.iter().filter(|user| user.role == role).collect()
    }

    /// The administrator of a realm.
    pub(crate) fn admin(&self, realm: Realm) -> &user::row::Model {
        let admin = |user: &&user::row::Model| user.realm == realm && user.role == Role::Admin;
        self.0.iter().find(admin).expect("every realm of the demo has an admin")
    }
}

/// Adds the users of all realms, the documented ones first.
pub(crate) async fn users(seeder: &mut Seeder, password_hash: &str, partners: &[partner::row::Model]) -> Result<Users> {
    let mut users = Vec::new();
    for realm in Realm::iter() {
        let documented = ACCOUNTS.iter().filter(|account| account.realm == realm).map(Someone::Documented);
        let others = OTHERS.iter().filter(|other| other.0 == realm);
        let others = others.flat_map(|&(_, role, status, count)| iter::repeat_n(Someone::Other(role, status), count));
        for (number, someone) in (1..).zip(documented.chain(others)) {
            users.push(user(seeder, realm, number, someone));
        }
    }
    let mut partner_ids = partners.iter().map(|partner| partner.id);
    for user in &mut users {
        password_hash.clone_into(&mut user.password_hash);
        if user.role == Role::Partner {
            user.partner_id = partner_ids.next();
        }
    }
    seeder.insert::<realm_counter::Entity>(counters(&users)).await?;
    seeder.insert_numbered::<user::row::Entity>(users).await.map(Users)
}

#[derive(Clone, Copy)]
enum Someone {
    Documented(&'static DemoAccount),
    Other(Role, Status),
}

fn user(seeder: &mut Seeder, realm: Realm, number: i64, someone: Someone) -> user::row::Model {
    let person = seeder.person();
    let created_at = seeder.days_ago(300 - 7 * number);
    let (role, status, name, email, username, phone) = match someone {
        Someone::Documented(account) => (
            account.role,
            Status::Active,
            account.name.to_owned(),
            account.email.to_owned(),
            account.username.map(str::to_owned),
            account.phone.map(str::to_owned),
        ),
        Someone::Other(role, status) => (
            role,
            status,
            person.name.clone(),
            person.email(domain(realm)),
            (realm == Realm::Staff).then(|| person.username()),
            matches!(realm, Realm::Notary | Realm::Scholarship | Realm::Staff).then(|| person.phone.clone()),
        ),
    };
    let is_employee = role == Role::Employee;
    let phone_names_account = matches!(realm, Realm::Notary | Realm::Scholarship);
    user::row::Model {
        id: 0,
        uuid: seeder.uuid(created_at),
        realm,
        role,
        legacy_id: number,
        name,
        email_key: fold(&email),
        email,
        username_key: username.as_deref().map(fold),
        username,
        phone_key: phone.as_deref().filter(|_| phone_names_account).and_then(phone_key),
        phone,
        password_hash: String::new(),
        status,
        partner_id: None,
        code: (realm == Realm::Staff).then(|| format!("USR{number:05}")),
        position_code: is_employee.then(|| seeder.pick(&POSITIONS).to_owned()),
        address: is_employee.then(|| format!("{} No. {}", seeder.pick(&STREETS), 10 + number)),
        email_verified_at: (status != Status::Pending).then(|| created_at + TimeDelta::minutes(6)).map(Into::into),
        sessions_valid_from: None,
        created_at: created_at.into(),
        updated_at: (created_at + TimeDelta::minutes(6)).into(),
    }
}

const fn domain(realm: Realm) -> &'static str {
    match realm {
        Realm::TalentsMapping => "talents.test",
        Realm::Apextrack => "apex.test",
        Realm::Notary => "notary.test",
        Realm::Scholarship => "yiss.test",
        Realm::Staff => "staff.test",
    }
}

/// The counters as they would stand had the users come one by one.
fn counters(users: &[user::row::Model]) -> Vec<realm_counter::Model> {
    let mut counters = Vec::new();
    for realm in Realm::iter() {
        let value = users.iter().filter(|user| user.realm == realm).map(|user| user.legacy_id).max().unwrap_or(0);
        counters.push(realm_counter::Model { realm, name: LEGACY_ID.to_owned(), value });
        if realm == Realm::Staff {
            counters.push(realm_counter::Model { realm, name: CODE.to_owned(), value });
        }
    }
    counters
}

/// Adds invitations of the notary office: one accepted, one expired, one taken back and one open.
pub(crate) async fn invitations(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let admin = users.admin(Realm::Notary);
    let guest = users.with(Role::Notary)[0];
    let [early, middle, late] = [6 * 1_440, 600, 5].map(|minutes| seeder.now - TimeDelta::minutes(minutes));

    let mut accepted = invitation(seeder, admin, Role::Notary, *guest.created_at - TimeDelta::hours(3));
    accepted.email.clone_from(&guest.email);
    accepted.email_key.clone_from(&guest.email_key);
    accepted.accepted_by = Some(guest.id);
    accepted.accepted_at = Some(guest.created_at);
    accepted.updated_at = guest.created_at;

    let expired = invitation(seeder, admin, Role::Ppat, early);

    let mut revoked = invitation(seeder, admin, Role::Admin, middle);
    revoked.revoked_at = Some((middle + TimeDelta::minutes(45)).into());
    revoked.updated_at = (middle + TimeDelta::minutes(45)).into();

    let open = invitation(seeder, admin, Role::Ppat, late);

    seeder.insert_numbered::<invitation::row::Entity>(vec![accepted, expired, revoked, open]).await?;
    Ok(())
}

fn invitation(
    seeder: &mut Seeder,
    admin: &user::row::Model,
    role: Role,
    sent_at: DateTime<Utc>,
) -> invitation::row::Model {
    let email = seeder.person().email(domain(admin.realm));
    invitation::row::Model {
        id: 0,
        realm: admin.realm,
        email_key: fold(&email),
        email,
        role,
        // A hash of no code, so that it can't be accepted.
        code_hash: seeder.hex::<32>(),
        invited_by: admin.id,
        expires_in_minutes: 1_440,
        expires_at: (sent_at + TimeDelta::days(1)).into(),
        accepted_at: None,
        accepted_by: None,
        revoked_at: None,
        created_at: sent_at.into(),
        updated_at: sent_at.into(),
    }
}
