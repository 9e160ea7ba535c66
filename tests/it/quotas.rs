//! How often something may be done from one place that sends messages, makes accounts or tries codes: one number for
//! every API and GraphQL together.

use std::collections::BTreeSet;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role, user},
    config::{Config, Rate},
    outbox,
};
use gerbang_graphql::once::ONCE;
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{TestApp, app::PASSWORD, legacy::Legacy, protocol::Reply};

const HERE: [u8; 4] = [203, 0, 113, 7];
const NEIGHBOUR: [u8; 4] = [203, 0, 113, 8];
const ELSEWHERE: [u8; 4] = [198, 51, 100, 7];
/// A household of IPv6, another address of it, and its neighbour.
const HOUSEHOLD: [[u16; 8]; 3] = [
    [0x2001, 0xdb8, 5, 1, 0, 0, 0, 1],
    [0x2001, 0xdb8, 5, 1, 0xffff, 0xffff, 0xffff, 0xffff],
    [0x2001, 0xdb8, 5, 2, 0, 0, 0, 1],
];

const FORGOT: &str =
    "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresInMinutes } }";

async fn server(change: impl FnOnce(&mut Config)) -> Legacy {
    Legacy::over(TestApp::with(change).await)
}

const fn rate(per_address: u32, per_network: u32) -> Rate {
    Rate { per_address, per_network }
}

/// Somebody new.
fn newcomer(number: u32) -> Value {
    json!({
        "name": "Ani", "email": format!("ani{number}@example.com"), "phone": format!("0812345678{number:02}"),
        "password": PASSWORD, "password_confirmation": PASSWORD,
    })
}

/// The four ways to sign up oneself.
#[derive(Clone, Copy, Debug)]
enum Api {
    Apextrack,
    Notary,
    Scholarship,
    Graphql(&'static str),
}

impl Api {
    async fn sign_up(self, server: &Legacy, from: [u8; 4], number: u32) -> Reply {
        let body = newcomer(number);
        match self {
            Self::Apextrack => server.post("/apextrack/api/register").from(from).json(body).await,
            Self::Notary => server.post("/notary/api/v1/auth/signup").from(from).json(body).await,
            Self::Scholarship => server.post("/scholarship/api/register").from(from).json(body).await,
            Self::Graphql(realm) => graphql(server, from, SIGN_UP, sign_up_input(realm, number)).await,
        }
    }
}

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { user { id } } }";

fn sign_up_input(realm: &str, number: u32) -> Value {
    let Value::Object(mut input) = newcomer(number) else { unreachable!() };
    let confirmation = input.remove("password_confirmation").unwrap();
    input.insert("passwordConfirmation".to_owned(), confirmation);
    input.insert("realm".to_owned(), realm.into());
    input.into()
}

async fn graphql(server: &Legacy, from: [u8; 4], query: &str, input: Value) -> Reply {
    server.post("/graphql").from(from).json(json!({ "query": query, "variables": { "input": input } })).await
}

async fn accounts(server: &Legacy) -> u64 {
    user::row::Entity::find().count(server.app.domain.db.read()).await.unwrap()
}

async fn messages(server: &Legacy) -> u64 {
    outbox::row::Entity::find().count(server.app.domain.db.read()).await.unwrap()
}

#[tokio::test]
async fn sign_ups_of_all_apis_count_together_for_an_address_and_for_its_network() {
    let server = server(|config| config.limits.sign_ups = rate(4, 6)).await;
    let apis = [Api::Apextrack, Api::Notary, Api::Scholarship, Api::Graphql("APEXTRACK")];
    for (number, api) in (0..).zip(apis) {
        let reply = api.sign_up(&server, HERE, number).await;
        assert!(reply.status.is_success() && reply.body.get("errors").is_none(), "{api:?} {reply:?}");
    }
    let before = (accounts(&server).await, messages(&server).await);
    for (api, message) in [
        (Api::Apextrack, "Terlalu banyak percobaan. Silakan coba beberapa saat lagi."),
        (Api::Notary, "Too many request"),
        (Api::Scholarship, "Terlalu banyak permintaan"),
    ] {
        let refused = api.sign_up(&server, HERE, 10).await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "3600"), "{api:?} {refused:?}");
        assert_eq!(refused.body["message"], message, "{api:?} {refused:?}");
    }
    let refused = Api::Graphql("NOTARY").sign_up(&server, HERE, 10).await;
    assert_eq!(refused.body["errors"][0]["extensions"], json!({ "code": "RATE_LIMITED", "retryAfter": 3600 }));
    assert_eq!((accounts(&server).await, messages(&server).await), before);

    // The network has two left, whoever of it comes.
    for number in 20..22 {
        assert_eq!(Api::Apextrack.sign_up(&server, NEIGHBOUR, number).await.status, 201);
    }
    assert_eq!(Api::Apextrack.sign_up(&server, NEIGHBOUR, 22).await.status, 429);
    assert_eq!(Api::Apextrack.sign_up(&server, [203, 0, 113, 99], 22).await.status, 429);
    assert_eq!(Api::Apextrack.sign_up(&server, ELSEWHERE, 22).await.status, 201);

    server.app.clock.advance(TimeDelta::hours(1));
    assert_eq!(Api::Apextrack.sign_up(&server, HERE, 30).await.status, 201);
}

#[tokio::test]
async fn a_refused_sign_up_does_not_reveal_accounts() {
    let server = server(|config| config.limits.sign_ups = rate(1, 9)).await;
    assert_eq!(Api::Apextrack.sign_up(&server, HERE, 1).await.status, 201);
    let (known, unknown) =
        (Api::Apextrack.sign_up(&server, HERE, 1).await, Api::Apextrack.sign_up(&server, HERE, 2).await);
    assert_eq!((known.status.as_u16(), known.text), (429, unknown.text));
}

#[tokio::test]
async fn resets_count_together_whether_or_not_there_is_an_account() {
    let server = server(|config| config.limits.password_resets = rate(4, 9)).await;
    server
        .app
        .user_with(Realm::Scholarship, Role::Applicant, |row| {
            row.phone = Set(Some("081234567890".to_owned()));
            row.phone_key = Set(Some("+6281234567890".to_owned()));
        })
        .await;
    let forgot = async |phone: &str| {
        server.post("/scholarship/api/forgot-password").from(HERE).json(json!({ "phone": phone })).await
    };
    assert_eq!(forgot("081234567890").await.status, 200);
    assert_eq!(forgot("081234567899").await.status, 200);
    let reset = json!({
        "phone": "081234567890", "token": "000000", "password": "sandi baru", "password_confirmation": "sandi baru",
    });
    let reset = || server.post("/scholarship/api/reset-password").from(HERE).json(&reset);
    assert_eq!(reset().await.status, 422, "trying a code counts, too");
    let input = json!({ "realm": "NOTARY", "email": "nobody@example.com" });
    assert!(graphql(&server, HERE, FORGOT, input.clone()).await.body.get("errors").is_none());
    assert_eq!(reset().await.status, 429);
    let (known, unknown) = (forgot("081234567890").await, forgot("081234567899").await);
    assert_eq!((known.status.as_u16(), known.text), (429, unknown.text));
    let refused = graphql(&server, HERE, FORGOT, input.clone()).await;
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    assert!(
        graphql(&server, NEIGHBOUR, FORGOT, input).await.text.contains("RATE_LIMITED"),
        "within a minute of the last"
    );
}

#[tokio::test]
async fn invitations_and_verification_codes_have_quotas() {
    let server = server(|config| {
        config.limits.invitations = rate(2, 9);
        config.limits.verifications = rate(2, 9);
    })
    .await;
    let app = &server.app;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    let invite = async |number: u32| {
        let input = json!({ "realm": "NOTARY", "email": format!("guest{number}@example.com"), "role": "PPAT", "expiresInMinutes": 60 });
        let query = "mutation($input: CreateInvitationInput!) { createInvitation(input: $input) { link } }";
        app.as_user(&admin).graphql_with(query, json!({ "input": input })).await
    };
    invite(1).await.ok();
    invite(2).await.ok();
    assert_eq!(invite(3).await.code(), "RATE_LIMITED");
    let input = json!({ "code": "x", "name": "Ani", "password": PASSWORD });
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }";
    let accepted = app.anonymous().graphql_with(accept, json!({ "input": input })).await;
    assert_eq!(accepted.code(), "RATE_LIMITED", "accepting counts with them");

    let waiting = app.user_with(Realm::Apextrack, Role::Affiliate, |row| row.email_verified_at = Set(None)).await;
    let verify = async || {
        app.as_user(&waiting).graphql("mutation { verifyEmail(input: { code: \"1\" }) { user { id } } }").await
    };
    assert_eq!(verify().await.code(), "INVALID_CODE");
    app.as_user(&waiting).graphql("mutation { resendVerification { user { id } } }").await.ok();
    assert_eq!(verify().await.code(), "RATE_LIMITED");
    let resend = app.anonymous().graphql("mutation { resendSignUp(input: { token: \"x\" }) { attempt { id } } }").await;
    assert_eq!(resend.code(), "RATE_LIMITED");
}

#[tokio::test]
async fn changes_of_addresses_have_a_quota_and_a_notice_reaches_none_that_was_never_verified() {
    let server = server(|config| config.limits.address_changes = rate(2, 9)).await;
    let app = &server.app;
    let admin = app.user(Realm::Staff, Role::Admin).await;
    let employee = app.user_with(Realm::Staff, Role::Employee, |row| row.email_verified_at = Set(None)).await;
    let staff = async |email: &str| {
        let query = "mutation($input: UpdateStaffInput!) { updateStaff(input: $input) { user { email } } }";
        let input = json!({ "id": format!("user_{}", employee.id), "email": email });
        app.as_user(&admin).graphql_with(query, json!({ "input": input })).await
    };
    staff("satu@example.com").await.ok();
    assert_eq!(messages(&server).await, 1, "staff never verify, and are told all the same");
    let never_verified =
        app.user_with(Realm::Apextrack, Role::Affiliate, |row| row.email_verified_at = Set(None)).await;
    let id = format!("user_{}", never_verified.id);
    let own = async |input: Value| {
        let query = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { email } } }";
        app.as_user(&never_verified).graphql_with(query, json!({ "input": input })).await
    };
    own(json!({ "id": id, "email": "dua@example.com", "currentPassword": PASSWORD })).await.ok();
    assert_eq!(messages(&server).await, 1, "a stranger's address gets no mail");
    assert_eq!(
        own(json!({ "id": id, "email": "tiga@example.com", "currentPassword": PASSWORD })).await.code(),
        "RATE_LIMITED"
    );
    assert_eq!(staff("empat@example.com").await.code(), "RATE_LIMITED", "they count together");
    // What changes no address is not counted.
    own(json!({ "id": id, "name": "Ani", "email": "DUA@example.com" })).await.ok();
    staff("satu@example.com").await.ok();
}

#[tokio::test]
async fn an_ipv6_prefix_of_64_bits_is_one_address_and_of_48_bits_one_network() {
    let server = server(|config| config.limits.client_errors = rate(2, 3)).await;
    let report = async |from: [u16; 8]| {
        server.post("/talentsmapping/api/log-client-error").from(from).json(json!({ "message": "a" })).await.status
    };
    let [one, same, neighbour] = HOUSEHOLD;
    assert_eq!(
        [report(one).await, report(same).await, report(one).await].map(|status| status.as_u16()),
        [201, 201, 429]
    );
    assert_eq!([report(neighbour).await, report(neighbour).await].map(|status| status.as_u16()), [201, 429]);
    // Where an API limits all requests, too.
    let ask = async |from: [u16; 8]| {
        server.get("/scholarship/api/faqs").from(from).send().await.header("x-ratelimit-remaining").to_owned()
    };
    assert_eq!([ask(one).await, ask(same).await, ask(neighbour).await], ["59", "58", "59"]);
}

#[tokio::test]
async fn the_scale_of_the_limits_applies_to_quotas_too() {
    let server = server(|config| {
        config.limits.sign_ups = rate(1, 1);
        config.limits.scale = 3;
    })
    .await;
    for (number, status) in (0..).zip([201, 201, 201, 429]) {
        assert_eq!(Api::Apextrack.sign_up(&server, HERE, number).await.status, status);
    }
}

#[tokio::test]
async fn two_hundred_sign_ups_in_one_document_are_refused_before_the_first() {
    let server = server(|_| ()).await;
    let fields: String = (0..200)
        .map(|n| {
            format!("a{n}: signUp(input: {{ realm: APEXTRACK, name: \"A\", email: \"a{n}@example.com\", password: \"{PASSWORD}\" }}) {{ user {{ id }} }}\n")
        })
        .collect();
    for query in [
        format!("mutation {{ {fields} }}"),
        format!("mutation {{ ...All }} fragment All on Mutation {{ {fields} }}"),
        r#"mutation { ...F ...F } fragment F on Mutation { signUp(input: { realm: APEXTRACK, name: "A", email: "a@example.com", password: "rahasia-demo-123" }) { user { id } } }"#.to_owned(),
    ] {
        let refused = server.post("/graphql").from(HERE).json(json!({ "query": query })).await;
        assert_eq!(refused.refused(), "GRAPHQL_VALIDATION_FAILED", "{refused:?}");
        assert_eq!(refused.body["errors"][0]["extensions"]["limit"], "once", "{refused:?}");
    }
    assert_eq!((accounts(&server).await, messages(&server).await), (0, 0));
}

#[test]
fn the_schema_describes_which_fields_are_allowed_once_per_operation() {
    let sdl = gerbang::graphql::sdl();
    let mut said = BTreeSet::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition
            && definition.node.name.node == "Mutation"
            && let TypeKind::Object(mutation) = definition.node.kind
        {
            for field in mutation.fields {
                let text = field.node.description.map(|text| text.node.replace('\n', " ")).unwrap_or_default();
                if text.contains("Once in an operation.") {
                    said.insert(field.node.name.node.to_string());
                }
            }
        }
    }
    assert_eq!(said, ONCE.map(str::to_owned).into());
}

#[tokio::test]
async fn a_name_that_goes_into_mails_holds_no_line_break_and_no_link() {
    let server = server(|config| config.limits.scale = 100).await;
    for name in ["Ani\r\n\r\nKlik", "Ani\u{2028}Klik", "Klik http://evil.test/x", "klik www.evil.test", "bit.ly/hadiah"]
    {
        let named = |field: &str| {
            let mut body = newcomer(1);
            body[field] = name.into();
            body
        };
        let refused = server.post("/apextrack/api/register").from(HERE).json(named("name")).await;
        assert_eq!(refused.status, 422, "{name}: {refused:?}");
        assert!(refused.body["errors"]["name"].is_array(), "{name}: {refused:?}");
        assert_eq!(server.post("/notary/api/v1/auth/signup").from(HERE).json(named("name")).await.status, 400);
        assert_eq!(server.post("/scholarship/api/register").from(HERE).json(named("name")).await.status, 422);
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(named("name").as_object().unwrap().iter().map(|(key, value)| (key, value.as_str().unwrap())))
            .finish();
        assert_eq!(server.post("/apextrack/api/register").from(HERE).form(&form).await.status, 422, "{form}");
        let mut input = sign_up_input("NOTARY", 1);
        input["name"] = name.into();
        let refused = graphql(&server, HERE, SIGN_UP, input).await;
        assert_eq!(
            refused.body["errors"][0]["extensions"]["fields"]["name"][0]["rule"], "FORMAT",
            "{name}: {refused:?}"
        );
    }
    assert_eq!((accounts(&server).await, messages(&server).await), (0, 0));
    let mut body = newcomer(1);
    body["name"] = "Dr. Siti Aminah, S.Si".into();
    assert_eq!(server.post("/apextrack/api/register").from(HERE).json(body).await.status, 201);
    let mail = server.app.message_to("ani1@example.com").await;
    assert!(mail.body.as_deref().unwrap_or_default().starts_with("Halo Dr. Siti Aminah, S. Si,\n"), "{mail:?}");
}

#[tokio::test]
async fn a_stored_name_makes_no_link_in_a_mail() {
    let server = server(|_| ()).await;
    let user = server
        .app
        .user_with(Realm::Apextrack, Role::Affiliate, |row| {
            row.name = Set("Ani\n\nKlik http://evil.test/x".to_owned());
            row.email_verified_at = Set(None);
        })
        .await;
    server.app.as_user(&user).graphql("mutation { resendVerification { user { id } } }").await.ok();
    let mail = server.app.message_to(&user.email).await;
    assert!(mail.body.as_deref().unwrap_or_default().starts_with("Halo Ani Klik http evil. test x,\n"), "{mail:?}");
}
