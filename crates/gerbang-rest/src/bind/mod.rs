//! From a request to the variables of an operation.
//!
//! Everything that is wrong with the values is collected under the names that the client knows. Where
//! binding finds something, the rules that can be checked on what *is* there are checked too
//! ([`InputRules`]), so that a client sees all its mistakes at once.

mod body;
mod coerce;
mod incoming;
mod input_type;
mod multipart;
mod php;

use std::borrow::Cow;

use async_graphql::{Name, UploadValue, Value, Variables};
use async_graphql_value::Value as Literal;
use axum::http::{Method, request::Parts};
use gerbang_kernel::identity::bearer;
use gerbang_kernel::{
    error::{Error, ErrorCode, Rule, Violation},
    number,
    text::{UNSTORABLE, is_blank},
};
use serde_json::{Map, Value as Json};

pub use self::input_type::{InputType, Kind, Member};
use self::{body::Fields, coerce::Coercion};
pub(crate) use self::{body::has_field, incoming::Incoming};
use super::{
    dialect::{Failure, FieldViolation, Ids},
    route::{PagingRole, Route, Source, Variable},
};

/// The domain's rules that need nothing but the input: lengths, forms, ranges.
pub trait InputRules: Send + Sync {
    /// The rules that the members present in `partial`, a part of an input object of the GraphQL type
    /// `input_type`, break. Paths are those that the operation itself would raise (`input.birthPlace`).
    /// Absent members break nothing here.
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation>;
}

impl<F: Fn(&str, &Value) -> Vec<Violation> + Send + Sync> InputRules for F {
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation> {
        self(input_type, partial)
    }
}

/// For schemas whose rules all need the database.
impl InputRules for () {
    fn check(&self, _: &str, _: &Value) -> Vec<Violation> {
        Vec::new()
    }
}

/// How much a request may bring.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a body, files not counted.
    pub body: usize,
    /// Bytes of one file.
    pub file: u64,
}

/// The variables of one request.
pub(crate) struct BoundVariables {
    pub(crate) variables: Variables,
    pub(crate) uploads: Vec<(String, UploadValue)>,
    /// How each of the route's variables is called in errors.
    pub(crate) names: Vec<String>,
    /// Number and size of the page that is asked for.
    pub(crate) page: (u32, u32),
}

/// What a client sent for a variable.
struct Given<'a> {
    value: Cow<'a, Json>,
    textual: bool,
    /// Under which of the variable's names.
    name: usize,
}

/// Reads the variables of `route` from a request.
pub(crate) async fn bind(
    route: &Route,
    parts: &Parts,
    parameters: &[(String, String)],
    mut incoming: Incoming,
    limits: Limits,
    rules: &dyn InputRules,
) -> Result<BoundVariables, Failure> {
    let raw = route.variables.iter().any(|variable| variable.source == Source::RawBody);
    let mut fields = Fields::default();
    let mut raw_body = None;
    if raw {
        raw_body = Some(incoming.bytes(&parts.headers, limits.body).await.map_err(Failure::from)?);
    } else if route.reads_body(&parts.method) {
        incoming.check()?;
        let files: Vec<&str> = route
            .variables
            .iter()
            .filter(|variable| matches!(variable.input_type.kind, Kind::Upload))
            .flat_map(|variable| variable.names().iter().map(String::as_str))
            .collect();
        fields = body::read(&mut incoming, &parts.headers, &files, limits).await.map_err(|error| {
            if error.code == ErrorCode::Internal {
                route.log_fault(&error.message, error.cause());
            }
            Failure::from(error.code)
        })?;
    }
    let query = php::urlencoded(parts.uri.query().unwrap_or_default().as_bytes()).ok_or(ErrorCode::BadRequest)?;

    let paging = route.dialect.paging;
    let mut bound = BoundVariables {
        variables: Variables::default(),
        uploads: Vec::new(),
        names: route.variables.iter().map(|variable| variable.names()[0].clone()).collect(),
        page: (1, paging.default_size),
    };
    let mut broken: Vec<(usize, FieldViolation)> = Vec::new();
    for (index, variable) in route.variables.iter().enumerate() {
        if let Kind::Upload = variable.input_type.kind
            && let Some(name) = variable.names().iter().find(|name| fields.files.contains_key(*name))
            && let Some(upload) = fields.files.remove(name)
        {
            bound.variables.insert(Name::new(&variable.name), Value::Null);
            bound.uploads.push((variable.name.clone(), upload));
            continue;
        }
        let given = match &variable.source {
            Source::RawBody => {
                let bytes = raw_body.clone().unwrap_or_default();
                bound.variables.insert(Name::new(&variable.name), Value::Binary(bytes));
                continue;
            }
            Source::Token => match bearer(&parts.headers) {
                Some(token) => Some(Given::text(token)),
                None if variable.ty.nullable => None,
                None => return Err(ErrorCode::Unauthenticated.into()),
            },
            Source::Path(name) => {
                let value = parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str());
                if value.is_some_and(|value| !possible(variable, value, route.dialect.ids)) {
                    return Err(ErrorCode::NotFound.into());
                }
                value.map(Given::text)
            }
            Source::RequestPath => Some(Given::text(parts.uri.path())),
            Source::Header(name) => {
                parts.headers.get(name.as_str()).and_then(|value| value.to_str().ok()).map(Given::text)
            }
            Source::Query(names) => pick(names, &query, true),
            Source::Body(names) => pick(names, &fields.values, fields.textual),
            Source::Form(field) => pick(std::slice::from_ref(field), &fields.values, fields.textual)
                .filter(|given| !given.value.is_null())
                .map(|given| Given::text(form(&given.value))),
            Source::Input(names) if reads_query(&parts.method) => pick(names, &query, true),
            Source::Input(names) => pick(names, &fields.values, fields.textual).or_else(|| pick(names, &query, true)),
        };
        if let Some(role) = variable.paging {
            let value =
                lenient(role, given.as_ref().map(|given| given.value.as_ref()), paging.default_size, paging.max_size);
            match role {
                PagingRole::Number => bound.page.0 = value,
                PagingRole::Size => bound.page.1 = value,
            }
            bound.variables.insert(Name::new(&variable.name), Value::from(value));
            continue;
        }
        if let Some(given) = &given {
            bound.names[index].clone_from(&variable.names()[given.name]);
        }
        let name = &bound.names[index];
        let mut wrong = Vec::new();
        match given {
            None if variable.is_required() => {
                wrong.push(FieldViolation { field: name.clone(), rule: Rule::Required });
            }
            None => {}
            Some(given) => {
                let coercion = Coercion {
                    ids: route.dialect.ids,
                    blank: route.dialect.blank,
                    textual: given.textual,
                    trim: !variable.is_verbatim(),
                };
                let value = as_list(variable, &given.value);
                if let Some(value) = coercion.read(&variable.input_type, &value, name, &mut wrong) {
                    bound.variables.insert(Name::new(&variable.name), value);
                }
            }
        }
        if !wrong.is_empty() && matches!(variable.source, Source::Path(_)) {
            return Err(ErrorCode::NotFound.into());
        }
        broken.extend(wrong.into_iter().map(|violation| (index, violation)));
    }
    if broken.is_empty() { Ok(bound) } else { Err(all_violations(route, &bound, broken, rules)) }
}

/// The violations that binding found, together with those of the rules for what is there.
fn all_violations(
    route: &Route,
    bound: &BoundVariables,
    mut broken: Vec<(usize, FieldViolation)>,
    rules: &dyn InputRules,
) -> Failure {
    let found: Vec<usize> = broken.iter().map(|(variable, _)| *variable).collect();
    for input in &route.inputs {
        let Some(partial) = part_of(&input.template, &bound.variables) else { continue };
        for violation in rules.check(&input.ty, &partial) {
            // What is missing here may only be missing because binding refused it.
            let Some((variable, below)) = route.variable_at(&violation.path) else { continue };
            if !found.contains(&variable) {
                let field = format!("{}{below}", bound.names[variable]);
                broken.push((variable, FieldViolation { field, rule: violation.rule }));
            }
        }
    }
    broken.sort_by_key(|(variable, _)| *variable);
    Failure {
        violations: broken.into_iter().map(|(_, violation)| violation).collect(),
        ..ErrorCode::ValidationFailed.into()
    }
}

/// The literal with its variables filled in; what has no value is left out.
pub(crate) fn part_of(literal: &Literal, variables: &Variables) -> Option<Value> {
    match literal {
        Literal::Variable(name) => variables.get(name).cloned(),
        Literal::Object(members) => Some(Value::Object(
            members.iter().filter_map(|(name, member)| Some((name.clone(), part_of(member, variables)?))).collect(),
        )),
        Literal::List(items) => Some(Value::List(items.iter().filter_map(|item| part_of(item, variables)).collect())),
        constant => constant.clone().into_const(),
    }
}

impl Given<'_> {
    fn text(text: &str) -> Self {
        Self { value: Cow::Owned(Json::String(text.to_owned())), textual: true, name: 0 }
    }

    fn is_blank(&self) -> bool {
        match self.value.as_ref() {
            Json::Null => true,
            Json::String(text) => is_blank(text),
            _ => false,
        }
    }
}

/// The value under the first of these names that says something, else under the first that is there.
fn pick<'a>(names: &[String], fields: &'a Map<String, Json>, textual: bool) -> Option<Given<'a>> {
    let mut present = names.iter().enumerate().filter_map(|(name, path)| {
        let mut segments = path.split('.');
        let first = fields.get(segments.next()?)?;
        let value = segments.try_fold(first, |value, segment| value.get(segment))?;
        Some(Given { value: Cow::Borrowed(value), textual, name })
    });
    let first = present.next()?;
    if first.is_blank() { present.find(|given| !given.is_blank()).or(Some(first)) } else { Some(first) }
}

fn reads_query(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD
}

/// The list that a bare number stands for, where the route says so.
fn as_list<'a>(variable: &Variable, given: &'a Json) -> Cow<'a, Json> {
    match &variable.number {
        Some(template) if form(given) == "number" => Cow::Owned(with_number(template, given)),
        _ => Cow::Borrowed(given),
    }
}

/// How a value was sent; a text that is a number counts as one, since forms send nothing else.
fn form(given: &Json) -> &'static str {
    match given {
        Json::Number(_) => "number",
        Json::String(text) if number::is_numeric(text) => "number",
        Json::Null | Json::String(_) => "text",
        Json::Bool(_) => "boolean",
        Json::Array(_) => "list",
        Json::Object(_) => "object",
    }
}

fn with_number(template: &Value, number: &Json) -> Json {
    match template {
        Value::Enum(name) if *name == "VALUE" => number.clone(),
        Value::List(items) => items.iter().map(|item| with_number(item, number)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.to_string(), with_number(member, number))).collect()
        }
        constant => constant.clone().into_json().unwrap_or_default(),
    }
}

/// A page's number or size: what is no number from 1 up counts as absent.
fn lenient(role: PagingRole, given: Option<&Json>, default_size: u32, max_size: u32) -> u32 {
    let number = match given {
        Some(Json::String(text)) => number::digits(text).and_then(|number| u64::try_from(number).ok()),
        Some(Json::Number(number)) => number.as_u64(),
        _ => None,
    };
    let number = number.filter(|number| *number >= 1);
    match role {
        // As far as GraphQL's own `Int` goes.
        PagingRole::Number => number.map_or(1, |number| u32::try_from(number).unwrap_or(u32::MAX).min(i32::MAX as u32)),
        PagingRole::Size => {
            number.map_or(default_size, |number| u32::try_from(number).unwrap_or(u32::MAX).min(max_size))
        }
    }
}

fn possible(variable: &Variable, text: &str, ids: Ids) -> bool {
    match variable.input_type.kind {
        Kind::Id => coerce::can_be_id(ids, text),
        _ => !text.trim().is_empty() && !text.contains(UNSTORABLE),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: error.code, violations: Vec::new(), retry_after: error.retry_after }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_are_read_leniently() {
        let read = |role, given: Json| lenient(role, Some(&given), 15, 100);
        assert_eq!(lenient(PagingRole::Number, None, 15, 100), 1);
        for wrong in [json!("abc"), json!("0"), json!("-3"), json!(""), json!(null), json!([2])] {
            assert_eq!(read(PagingRole::Number, wrong.clone()), 1, "{wrong}");
            assert_eq!(read(PagingRole::Size, wrong.clone()), 15, "{wrong}");
        }
        assert_eq!(read(PagingRole::Number, json!("3")), 3);
        assert_eq!(read(PagingRole::Size, json!("1000")), 100);
        assert_eq!(read(PagingRole::Number, json!("99999999999")), 2_147_483_647);
    }

    #[test]
    fn the_first_name_that_says_something_is_taken() {
        let names = ["email".to_owned(), "user.phone".to_owned()];
        let chosen = |fields: Json| {
            let fields = fields.as_object().unwrap().clone();
            pick(&names, &fields, false).map(|given| given.name)
        };
        assert_eq!(chosen(json!({ "email": "a", "user": { "phone": "b" } })), Some(0));
        assert_eq!(chosen(json!({ "email": "", "user": { "phone": "b" } })), Some(1));
        assert_eq!(chosen(json!({ "email": "" })), Some(0));
        assert_eq!(chosen(json!({ "user": "b" })), None);
    }

    #[test]
    fn a_bare_number_becomes_the_list_it_stands_for() {
        let template = Value::from_json(json!([{ "name": "Biaya", "amount": null }])).unwrap();
        let Value::List(mut items) = template else { unreachable!() };
        if let Value::Object(members) = &mut items[0] {
            members.insert(Name::new("amount"), Value::Enum(Name::new("VALUE")));
        }
        assert_eq!(with_number(&Value::List(items), &json!(1500)), json!([{ "name": "Biaya", "amount": 1500 }]));
    }
}
