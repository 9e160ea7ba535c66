//! What the explorer's page gets: accounts to log in with, and the operation behind every legacy route.

use axum::http::Method;
use gerbang_rest::{InputType, Kind, Route};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::app::KnownAccount;

/// How deep an example of an input goes.
const MAX_DEPTH: usize = 4;

/// All of it, as `explorer/src/context.ts` reads it.
#[derive(Debug, Serialize)]
pub(super) struct Context {
    /// Accounts whose password may be shown.
    accounts: Vec<KnownAccount>,
    /// The user bases, in the schema's words.
    realms: Vec<String>,
    apis: Vec<Api>,
    /// Whether the explorer is for administrators, and who asks is none.
    restricted: bool,
}

#[derive(Debug, Serialize)]
struct Api {
    slug: &'static str,
    title: &'static str,
    operations: Vec<Operation>,
}

/// The operation that replaces a route.
#[derive(Debug, Serialize)]
pub(super) struct Operation {
    pub(super) name: String,
    /// Such as `GET /api/clients`.
    routes: Vec<String>,
    pub(super) query: String,
    variables: Vec<Variable>,
}

#[derive(Debug, Serialize)]
struct Variable {
    name: String,
    required: bool,
    /// A value of its type, to be replaced.
    example: Json,
}

impl Context {
    pub(super) fn new(accounts: &[KnownAccount], routes: &[Route]) -> Self {
        let (mut apis, mut realms) = (Vec::<Api>::new(), Vec::new());
        for route in routes {
            let (slug, title) = (route.dialect.slug, route.dialect.title);
            if apis.last().is_none_or(|api| api.slug != slug) {
                apis.push(Api { slug, title, operations: Vec::new() });
                realms.push(route.dialect.realm.to_owned());
            }
            if let Some(api) = apis.last_mut() {
                api.operations.push(Operation::of(route));
            }
        }
        Self { accounts: accounts.to_vec(), realms, apis, restricted: false }
    }

    /// What there is before an administrator has logged in.
    pub(super) fn restricted(&self) -> Self {
        Self { accounts: self.accounts.clone(), realms: self.realms.clone(), apis: Vec::new(), restricted: true }
    }

    /// The operation of this name.
    pub(super) fn operation(&self, name: &str) -> Option<&Operation> {
        self.apis.iter().flat_map(|api| &api.operations).find(|operation| operation.name == name)
    }
}

impl Operation {
    fn of(route: &Route) -> Self {
        let methods = route.methods.iter().map(Method::as_str).collect::<Vec<_>>().join("|");
        let base = route.dialect.bases.first().copied().unwrap_or_default();
        let variables = route.variables.iter().map(|variable| Variable {
            name: variable.name.clone(),
            required: variable.is_required(),
            example: example(&variable.input_type, MAX_DEPTH),
        });
        Self {
            name: route.operation.clone(),
            routes: route.paths.iter().map(|path| format!("{methods} {base}{path}")).collect(),
            query: route.operation_text(),
            variables: variables.collect(),
        }
    }
}

/// A value that the type takes. Files are chosen beside the variables, which hold null in their place.
fn example(input_type: &InputType, depth: usize) -> Json {
    match &input_type.kind {
        Kind::String | Kind::Scalar => json!(""),
        Kind::Id => json!("1"),
        Kind::Int => json!(1),
        Kind::Float => json!(1.5),
        Kind::Decimal => json!("1.50"),
        Kind::Boolean => json!(true),
        Kind::Date => json!("2026-01-31"),
        Kind::DateTime => json!("2026-01-31T08:00:00Z"),
        Kind::Enum(words) => words.first().map_or(Json::Null, |(_, value)| json!(value.as_str())),
        Kind::Object(members) if depth > 0 => {
            let required = members.iter().filter(|member| member.required);
            let members = required.map(|member| (member.name.clone(), example(&member.input_type, depth - 1)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        Kind::List(item) if depth > 0 => json!([example(item, depth - 1)]),
        Kind::Object(_) | Kind::Any => json!({}),
        Kind::List(_) => json!([]),
        Kind::Upload => Json::Null,
    }
}
