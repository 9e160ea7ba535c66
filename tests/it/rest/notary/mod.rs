//! The notary office against its document.

mod invitations;
mod paths;
mod services;
mod sessions;
mod sign_up;

use gerbang::accounts::{Realm, Role, user};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::{Call, Legacy},
    protocol::Reply,
};

/// Where the tests' links lead.
const PUBLIC_URL: &str = "http://gerbang.test";

/// The API on empty tables, called at the shared root: the document names no host.
struct Notary(Legacy);

impl Notary {
    async fn new() -> Self {
        Self(Legacy::empty().await)
    }

    /// The same with as many connections as a server has, so that what happens at once does.
    async fn busy() -> Self {
        Self(Legacy::over(TestApp::with(|config| config.database.connections = 8).await))
    }

    fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    /// A path as the document writes it, below the base.
    fn call(&self, method: &str, path: &str) -> Call<'_> {
        self.0.call(method, &format!("/api/v1{path}"))
    }

    async fn user(&self, role: Role) -> user::row::Model {
        self.0.app.user(Realm::Notary, role).await
    }

    /// The documented log-in.
    async fn sign_in(&self, email: &str, password: &str) -> Reply {
        self.post("/auth/signin").json(&json!({ "email": email, "password": password })).await
    }

    /// A token from the documented log-in.
    async fn token_of(&self, user: &user::row::Model) -> String {
        text(&self.sign_in(&user.email, PASSWORD).await, "/data/token")
    }

    /// The token of a new user.
    async fn token(&self, role: Role) -> String {
        self.token_of(&self.user(role).await).await
    }

    /// The link in the newest mail to this address, which is the only one to it since the last look.
    async fn link_to(&self, address: &str) -> String {
        let messages = self.0.app.messages().await;
        let mails: Vec<_> = messages.iter().filter(|message| message["to"] == address).collect();
        let [mail] = mails.as_slice() else { panic!("one mail to {address}: {messages:#?}") };
        let link = mail["link"].as_str().unwrap_or_else(|| panic!("no link in {mail:#?}"));
        assert!(mail["body"].as_str().unwrap().contains(link), "{mail:#?}");
        link.to_owned()
    }

    /// Opens a link of this server, as a browser does.
    async fn open(&self, link: &str) -> Reply {
        let path = link.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("not a link of ours: {link}"));
        self.0.get(path).send().await
    }
}

/// The text at a JSON pointer of an answer.
#[track_caller]
fn text(reply: &Reply, pointer: &str) -> String {
    let text = reply.body.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no text at {pointer}: {reply:?}")).to_owned()
}

/// The code that a link ends with.
fn code_in(link: &str) -> &str {
    link.split_once("?code=").unwrap_or_else(|| panic!("no code in {link}")).1
}

/// The same body with other values; `null` takes a member away.
fn with(mut body: Value, changes: &Value) -> Value {
    let members = body.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    body
}
