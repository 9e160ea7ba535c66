//! From a request to the variables of an operation.
//!
//! Everything that is wrong with the values is collected under the names that the client knows. Where
//! binding finds something, the rules that can be checked on what *is* there are checked too
//! ([`InputRules`]), so that a client sees all its mistakes at once.

mod body;
mod coerce;
mod given;
mod incoming;
mod multipart;
mod php;

use async_graphql::{Name, UploadValue, Value, Variables};
use axum::http::{Method, request::Parts};
use gerbang_kernel::{
    error::{ErrorCode, Rule, Violation},
    identity::bearer,
    text::UNSTORABLE,
};

use self::{
    body::Fields,
    coerce::Coercion,
    given::{Given, as_list, lenient, pick},
};
pub(crate) use self::{body::has_field, incoming::Incoming};
use crate::model::{
    dialect::Ids,
    failure::{Failure, FieldViolation},
    input_type::Kind,
    route::Route,
    rules::InputRules,
    settings::Limits,
    variable::{PagingRole, Source, Variable},
};

/// The variables of one request.
pub(crate) struct BoundVariables {
    pub(crate) variables: Variables,
    pub(crate) uploads: Vec<(String, UploadValue)>,
    /// How each of the route's variables is called in errors.
    pub(crate) names: Vec<String>,
    /// Number and size of the page that is asked for.
    pub(crate) page: (u32, u32),
    /// The variables for whose list a bare number was sent.
    pub(crate) bare: Vec<String>,
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
            let violation = |Violation { path, rule, .. }| FieldViolation { field: path.into_owned(), rule };
            Failure { violations: error.violations.into_iter().map(violation).collect(), ..error.code.into() }
        })?;
    }
    let query = php::urlencoded(parts.uri.query().unwrap_or_default().as_bytes()).ok_or(ErrorCode::BadRequest)?;

    let paging = route.dialect.paging;
    let mut bound = BoundVariables {
        variables: Variables::default(),
        uploads: Vec::new(),
        names: route.variables.iter().map(|variable| variable.names()[0].clone()).collect(),
        page: (1, paging.default_size),
        bare: Vec::new(),
    };
    let mut broken: Vec<(usize, FieldViolation)> = Vec::new();
    for (index, variable) in route.variables.iter().enumerate() {
        if let Kind::Upload = variable.input_type.kind
            && let Some(name) = variable.names().iter().find(|name| fields.files.contains_key(*name))
            && let Some(upload) = fields.files.remove(name)
        {
            match upload {
                Ok(upload) => {
                    bound.variables.insert(Name::new(&variable.name), Value::Null);
                    bound.uploads.push((variable.name.clone(), upload));
                }
                Err(rule) => broken.push((index, FieldViolation { field: name.clone(), rule })),
            }
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
                let list = as_list(variable, &given.value);
                bound.bare.extend(list.is_some().then(|| variable.name.clone()));
                let value = list.as_ref().unwrap_or(&given.value);
                if let Some(value) = coercion.read(&variable.input_type, value, name, &mut wrong) {
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
        let Some(partial) = input.part(&bound.variables) else { continue };
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

fn reads_query(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD
}

fn possible(variable: &Variable, text: &str, ids: Ids) -> bool {
    match variable.input_type.kind {
        Kind::Id => coerce::can_be_id(ids, text),
        _ => !text.trim().is_empty() && !text.contains(UNSTORABLE),
    }
}
