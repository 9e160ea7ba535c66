//! Apextrack against its document, called where the document says: `https://www3.apextrack.site/api/...`.

pub(super) mod dashboard;
mod paths;
mod postback;
mod registration;
mod sessions;
mod verification;

use chrono::{DateTime, Utc};
use gerbang::accounts::{Realm, Role, user};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::{Call, Legacy},
};

const HOST: &str = "www3.apextrack.site";

/// The API on empty tables.
struct Apextrack(Legacy);

impl Apextrack {
    async fn new() -> Self {
        Self(Legacy::empty().await)
    }

    /// The same with as many connections as a server has, so that what happens at once does.
    async fn busy() -> Self {
        Self(Legacy::over(TestApp::with(|config| config.database.connections = 8).await))
    }

    /// The same at a certain time.
    async fn at(time: &str) -> Self {
        let api = Self::new().await;
        let time: DateTime<Utc> = time.parse().unwrap();
        api.0.app.clock.advance(time - api.0.app.clock.now());
        api
    }

    fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    /// A path as the document writes it, below the base.
    fn call(&self, method: &str, path: &str) -> Call<'_> {
        self.0.call(method, &format!("/api{path}")).header("host", HOST)
    }

    /// The user of the document's examples: John Doe with the id 1.
    async fn john_doe(&self) -> user::row::Model {
        let john_doe = |row: &mut user::row::ActiveModel| {
            row.legacy_id = Set(1);
            row.name = Set("John Doe".to_owned());
            row.email = Set("john.doe@example.com".to_owned());
            row.email_key = Set("john.doe@example.com".to_owned());
        };
        self.0.app.user_with(Realm::Apextrack, Role::Affiliate, john_doe).await
    }

    /// A token from the documented log-in.
    async fn log_in(&self, user: &user::row::Model) -> String {
        let reply = self.post("/login").json(&credentials(&user.email, PASSWORD)).await;
        reply.body["token"].as_str().unwrap_or_else(|| panic!("no token: {reply:?}")).to_owned()
    }
}

fn credentials(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password, "device_name": "mobile_app" })
}

/// The answer to whoever has no valid token.
fn unauthenticated() -> Value {
    json!({ "message": "Unauthenticated." })
}

/// The answer to input with mistakes.
fn invalid(errors: Value) -> Value {
    json!({ "message": "The given data was invalid.", "errors": errors })
}
