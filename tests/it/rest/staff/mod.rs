//! The staff accounts against their document.

mod list;
mod paths;
mod registration;
mod sessions;
mod updates;

use gerbang::accounts::{Realm, Role, user};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::{Call, Legacy},
};

/// The members of a user, in the order of the profile.
const USER: [&str; 10] =
    ["id", "nama", "username", "email", "hp", "alamat", "kode_jabatan", "kode", "created_at", "updated_at"];

/// The API on empty tables, called at the shared root: the document names no host.
struct Staff(Legacy);

impl Staff {
    async fn new() -> Self {
        Self(Legacy::empty().await)
    }

    /// The same with as many connections as a server has, so that what happens at once does.
    async fn busy() -> Self {
        Self(Legacy::over(TestApp::with(|config| config.database.connections = 8).await))
    }

    /// A path as the document writes it.
    fn get(&self, path: &str) -> Call<'_> {
        self.0.get(path)
    }

    /// A path as the document writes it.
    fn post(&self, path: &str) -> Call<'_> {
        self.0.post(path)
    }

    /// An admin, who is nobody of the examples.
    async fn admin(&self) -> user::row::Model {
        let admin = |row: &mut user::row::ActiveModel| row.name = Set("Administrator".to_owned());
        self.0.app.user_with(Realm::Staff, Role::Admin, admin).await
    }

    /// An employee, who is nobody of the examples.
    async fn employee(&self) -> user::row::Model {
        self.0.app.user(Realm::Staff, Role::Employee).await
    }

    /// A token from the documented log-in.
    async fn log_in(&self, user: &user::row::Model) -> String {
        let body = json!({ "login": user.email, "password": PASSWORD });
        let reply = self.post("/api/v1/auth/login").json(&body).await;
        reply.body["token"].as_str().unwrap_or_else(|| panic!("no token: {reply:?}")).to_owned()
    }
}

/// The document's request to register.
fn budi() -> Value {
    json!({
        "nama": "Budi",
        "username": "budi123",
        "email": "budi@example.com",
        "password": "password123",
        "password_confirmation": "password123",
        "hp": "08123456789",
        "alamat": "Jl. Contoh",
        "kode_jabatan": "STAFF",
    })
}

/// The same with other values.
fn budi_with(changes: Value) -> Value {
    let mut body = budi();
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// The answer to whoever has no valid token.
fn unauthenticated() -> Value {
    json!({ "message": "Unauthenticated." })
}

/// The answer to input with mistakes.
fn invalid(errors: Value) -> Value {
    json!({ "message": "The given data was invalid.", "errors": errors })
}
