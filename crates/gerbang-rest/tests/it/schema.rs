//! A schema with one of everything that the engine knows about.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_graphql::{
    Context, EmptySubscription, Enum, ID, InputObject, InputValueError, InputValueResult, MaybeUndefined, Object,
    Scalar, ScalarType, Schema, SchemaBuilder, SimpleObject, Union, Upload, Value,
};
use chrono::{DateTime, NaiveDate, Utc};
use gerbang_graphql::date::Date;
use gerbang_kernel::error::{Error, ErrorCode, Result, Rule, Violation};
use rust_decimal::Decimal;

use super::identity::Viewer;

pub(super) type TestSchema = SchemaBuilder<Query, Mutation, EmptySubscription>;

/// How many operations have really run.
#[derive(Clone, Default)]
pub(super) struct Runs(Arc<AtomicU32>);

impl Runs {
    pub(super) fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

pub(super) fn schema(runs: Runs) -> TestSchema {
    Schema::build(Query, Mutation, EmptySubscription).data(runs)
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Color {
    DeepRed,
    Blue,
}

#[derive(Clone, SimpleObject)]
pub(super) struct Owner {
    id: ID,
    name: String,
}

#[derive(Clone)]
pub(super) struct Thing(i64);

#[Object]
impl Thing {
    async fn id(&self) -> ID {
        ID(self.0.to_string())
    }
    async fn name(&self) -> String {
        format!("Thing {}", self.0)
    }
    async fn color(&self) -> Color {
        if self.0 % 2 == 0 { Color::Blue } else { Color::DeepRed }
    }
    async fn price(&self) -> Decimal {
        Decimal::new(40_050, 2)
    }
    async fn note(&self) -> Option<String> {
        (self.0 == 2).then(|| "noted".to_owned())
    }
    async fn made_on(&self) -> Date {
        NaiveDate::from_ymd_opt(2024, 8, 17).unwrap().into()
    }
    async fn made_at(&self) -> DateTime<Utc> {
        "2024-08-17T08:05:00.5Z".parse().unwrap()
    }
    async fn owner(&self) -> Option<Owner> {
        (self.0 == 1).then(|| Owner { id: ID("9".to_owned()), name: "Ani".to_owned() })
    }
    async fn broken(&self) -> Result<String> {
        Err(Error::internal("the disk is full"))
    }
}

#[derive(SimpleObject)]
pub(super) struct ThingConnection {
    nodes: Vec<Thing>,
    total_count: u64,
}

#[derive(SimpleObject)]
pub(super) struct Setting {
    key: String,
    value: String,
}

#[derive(SimpleObject)]
pub(super) struct Waiting {
    attempts: i32,
    token: String,
}

#[derive(SimpleObject)]
pub(super) struct Confirmed {
    token: String,
}

#[derive(Union)]
pub(super) enum SignUp {
    Waiting(Waiting),
    Confirmed(Confirmed),
}

/// A file, as the shim takes it.
pub(super) struct File(Value);

#[Scalar]
impl ScalarType for File {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }
    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

/// A body that is not parsed.
pub(super) struct RawBody(Vec<u8>);

#[Scalar]
impl ScalarType for RawBody {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Binary(bytes) => Ok(Self(bytes.to_vec())),
            other => Err(InputValueError::expected_type(other)),
        }
    }
    fn to_value(&self) -> Value {
        Value::Null
    }
}

#[derive(Default)]
pub(super) struct Query;

#[Object]
impl Query {
    async fn thing(&self, ctx: &Context<'_>, id: ID) -> Option<Thing> {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        id.parse().ok().filter(|id| (1..=2).contains(id)).map(Thing)
    }
    async fn first_thing(&self) -> Thing {
        Thing(1)
    }
    async fn things(&self, search: Option<String>, page: Option<i32>, per_page: Option<i32>) -> ThingConnection {
        let (page, size) = (i64::from(page.unwrap_or(1)), i64::from(per_page.unwrap_or(15)));
        let total = if search.as_deref() == Some("none") { 0 } else { 20 };
        let from = (page - 1).saturating_mul(size);
        let nodes = (from + 1..=(from + size).min(total)).map(Thing).collect();
        ThingConnection { nodes, total_count: total.unsigned_abs() }
    }
    async fn all_things(&self, ctx: &Context<'_>) -> Vec<Thing> {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        vec![Thing(1), Thing(2)]
    }
    async fn settings(&self) -> Vec<Setting> {
        let setting = |key: &str, value: &str| Setting { key: key.to_owned(), value: value.to_owned() };
        vec![setting("hero_title", "Halo"), setting("about", "Kami")]
    }
    async fn sign_up(&self, token: String) -> SignUp {
        match token.as_str() {
            "confirmed" => SignUp::Confirmed(Confirmed { token }),
            _ => SignUp::Waiting(Waiting { attempts: 2, token }),
        }
    }
    async fn file(&self) -> File {
        let members = [
            ("content", Value::Binary(b"%PDF-1.7 test".to_vec().into())),
            ("contentType", Value::from("application/pdf")),
            ("name", Value::from("report.pdf")),
        ];
        File(Value::Object(members.into_iter().map(|(name, value)| (async_graphql::Name::new(name), value)).collect()))
    }
    async fn location(&self, code: String) -> Result<String> {
        if code == "good" {
            Ok(format!("http://app.test/invitation?code={code}"))
        } else {
            Err(Error::not_found("Invitation"))
        }
    }
    async fn whoami(&self, ctx: &Context<'_>) -> String {
        ctx.data_unchecked::<Viewer>().email().unwrap_or("nobody").to_owned()
    }
    /// Fails with the code of this name.
    async fn fail(&self, code: String) -> Result<String> {
        Err(failure(&code))
    }
    /// Fails and takes nothing else with it.
    async fn fail_softly(&self, code: String) -> Option<Result<String>> {
        Some(Err(failure(&code)))
    }
}

fn failure(code: &str) -> Error {
    match code {
        "RATE_LIMITED" => Error::rate_limited(42),
        "VALIDATION_FAILED" => {
            Error::invalid(vec![Violation::new("code", Rule::Taken), Violation::new("code", Rule::MinLength(8))])
        }
        "UNNAMED" => Error::violation("somewhere.else", Rule::Required),
        "INTERNAL" => Error::internal("the disk is full"),
        code => Error::new(ErrorCode::parse(code).unwrap_or(ErrorCode::Internal), "failed"),
    }
}

#[derive(InputObject)]
pub(super) struct FeeInput {
    name: String,
    amount: i64,
}

#[derive(InputObject)]
pub(super) struct MakeInput {
    name: String,
    email: Option<String>,
    fees: Option<Vec<FeeInput>>,
}

/// Every kind of value, all of them optional.
#[derive(InputObject)]
pub(super) struct ProbeInput {
    text: MaybeUndefined<String>,
    number: MaybeUndefined<i64>,
    price: MaybeUndefined<Decimal>,
    flag: MaybeUndefined<bool>,
    color: MaybeUndefined<Color>,
    day: MaybeUndefined<Date>,
    words: MaybeUndefined<Vec<String>>,
    fees: MaybeUndefined<Vec<FeeInput>>,
    id: MaybeUndefined<ID>,
    password: MaybeUndefined<String>,
}

#[derive(SimpleObject)]
pub(super) struct Payload {
    created: bool,
    thing: Thing,
}

#[derive(Default)]
pub(super) struct Mutation;

fn seen<T>(name: &str, value: &MaybeUndefined<T>, show: impl Fn(&T) -> String) -> Option<String> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(format!("{name}=null")),
        MaybeUndefined::Value(value) => Some(format!("{name}={}", show(value))),
    }
}

#[Object]
impl Mutation {
    async fn make(&self, ctx: &Context<'_>, input: MakeInput) -> Result<Payload> {
        ctx.data_unchecked::<Runs>().0.fetch_add(1, Ordering::SeqCst);
        let mut broken = Vec::new();
        if input.name == "taken" {
            broken.push(Violation::new("input.name", Rule::Taken));
        }
        if input.email.is_some_and(|email| !email.contains('@')) {
            broken.push(Violation::new("input.email", Rule::Email));
        }
        if let Some(index) = input.fees.iter().flatten().position(|fee| fee.amount < 0) {
            broken.push(Violation::new(format!("input.fees.{index}.amount"), Rule::Min(0)));
        }
        if !broken.is_empty() {
            return Err(Error::invalid(broken));
        }
        Ok(Payload { created: input.name != "again", thing: Thing(1) })
    }
    /// Says what arrived.
    async fn probe(&self, input: ProbeInput) -> String {
        let fee = |fees: &Vec<FeeInput>| {
            fees.iter().map(|fee| format!("{}:{}", fee.name, fee.amount)).collect::<Vec<_>>().join("+")
        };
        let seen = [
            seen("text", &input.text, |text| format!("'{text}'")),
            seen("number", &input.number, ToString::to_string),
            seen("price", &input.price, ToString::to_string),
            seen("flag", &input.flag, ToString::to_string),
            seen("color", &input.color, |color| if *color == Color::Blue { "blue" } else { "red" }.to_owned()),
            seen("day", &input.day, |day| NaiveDate::from(*day).to_string()),
            seen("words", &input.words, |words| words.join("+")),
            seen("fees", &input.fees, fee),
            seen("id", &input.id, |id| id.to_string()),
            seen("password", &input.password, |text| format!("'{text}'")),
        ];
        seen.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
    async fn store(&self, ctx: &Context<'_>, file: Upload, note: Option<String>) -> Result<String> {
        let mut upload = file.value(ctx)?;
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut upload.content, &mut content)?;
        let content = String::from_utf8_lossy(&content);
        let ty = upload.content_type.unwrap_or_default();
        Ok(format!("{} {ty} {} {content:.20} {}", upload.filename, content.len(), note.unwrap_or_default()))
    }
    async fn receive(&self, body: RawBody, signature: Option<String>, path: String) -> String {
        format!("{} {} {path}", String::from_utf8_lossy(&body.0), signature.unwrap_or_default())
    }
}
