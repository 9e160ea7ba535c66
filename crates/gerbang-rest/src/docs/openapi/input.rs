//! What a route takes: parameters, and the body in each form that it may have.

use axum::http::Method;
use serde_json::{Map, Value as Json, json};

use super::{context::described, output::or_null, rules};
use crate::model::{
    dialect::Ids,
    example::Exchange,
    input_type::{InputType, Kind},
    route::Route,
    rules::InputRules,
    variable::{PagingRole, Source, Variable, parameters},
};

/// What a request to one method and path of a route may bring.
#[derive(Default)]
pub(super) struct Input {
    /// The `parameters` of the operation.
    pub(super) parameters: Vec<Json>,
    /// The `requestBody` of the operation, if it takes one.
    pub(super) body: Option<Json>,
    /// Whether the bearer token is one of its values.
    pub(super) token: bool,
}

/// Where a value goes.
enum Place<'v> {
    Path(&'v str),
    Query(&'v [String]),
    Header(&'v str),
    Body(&'v [String]),
    Raw,
    Token,
    Nowhere,
}

fn place<'v>(variable: &'v Variable, method: &Method) -> Place<'v> {
    match &variable.source {
        Source::Path(name) => Place::Path(name),
        Source::Query(names) => Place::Query(names),
        Source::Input(names) if *method == Method::GET => Place::Query(names),
        Source::Input(names) | Source::Body(names) => Place::Body(names),
        Source::Header(name) => Place::Header(name),
        Source::RawBody => Place::Raw,
        Source::Token => Place::Token,
        // The form of a field is not a field of its own.
        Source::RequestPath => Place::Nowhere,
    }
}

/// What a request to this method and path may bring.
pub(super) fn read(route: &Route, method: &Method, path: &str, rules: &dyn InputRules) -> Input {
    let mut input = Input::default();
    let mut fields = Fields::default();
    for (index, variable) in route.variables.iter().enumerate() {
        let schema = || schema_of(route, index, rules);
        match place(variable, method) {
            Place::Path(name) if parameters(path).any(|parameter| parameter == name) => {
                input.parameters.push(parameter(route, "path", name, true, variable, schema()));
            }
            Place::Path(_) | Place::Nowhere => {}
            Place::Query(names) => {
                for name in names {
                    let required = variable.is_required() && names.len() == 1;
                    input.parameters.push(parameter(route, "query", name, required, variable, schema()));
                }
            }
            Place::Header(name) => {
                let required = variable.is_required();
                input.parameters.push(parameter(route, "header", name, required, variable, schema()));
            }
            Place::Body(names) => fields.add(names, variable, schema()),
            Place::Raw => {
                let content = json!({ "application/json": { "schema": {} } });
                input.body = Some(json!({ "required": true, "content": content }));
            }
            Place::Token => input.token = true,
        }
    }
    if route.etag && *method == Method::GET {
        input.parameters.push(json!({
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` of an earlier answer; 304 if it would be the same.",
            "schema": { "type": "string" },
        }));
    }
    if !fields.properties.is_empty() {
        input.body = Some(fields.into_body(route));
    }
    input
}

fn parameter(route: &Route, place: &str, name: &str, required: bool, variable: &Variable, schema: Json) -> Json {
    // What is sent as text is never null.
    let schema = without_null(schema);
    let mut parameter = json!({ "name": name, "in": place, "required": required });
    match &variable.input_type.kind {
        Kind::List(_) => parameter["name"] = format!("{name}[]").into(),
        Kind::Object(_) => {
            parameter["style"] = "deepObject".into();
            parameter["explode"] = true.into();
        }
        _ => {
            if let Some(example) = sent(route, place, name).filter(|_| required) {
                let number = example.parse::<i64>().ok().filter(|_| schema["type"] == "integer");
                parameter["example"] = number.map_or_else(|| example.into(), Json::from);
            }
        }
    }
    parameter["schema"] = schema;
    explained(parameter, variable)
}

/// What the API's document sends there.
fn sent<'r>(route: &'r Route, place: &str, name: &str) -> Option<&'r str> {
    let mut exchanges = route.example.iter().flat_map(|example| &example.exchanges);
    exchanges.find_map(|Exchange { request, .. }| {
        let values = match place {
            "path" => &request.path,
            "query" => &request.query,
            _ => &request.headers,
        };
        values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    })
}

/// The schema or parameter with what the schema says about the value, where that is true of what this API sends. Of ids it
/// is not: the schema's have another form.
fn explained(what: Json, variable: &Variable) -> Json {
    let InputType { kind, .. } = &variable.input_type;
    match (variable.paging, kind) {
        (Some(PagingRole::Number), _) => described(what, Some("The number of the page, from 1."), []),
        (Some(PagingRole::Size), _) => described(what, Some("How many a page has."), []),
        (None, Kind::Id) => what,
        (None, Kind::Enum(words)) => {
            let words = words.iter().map(|(word, value)| (word.as_str(), value.as_str()));
            described(what, variable.description.as_deref(), words)
        }
        (None, _) => described(what, variable.description.as_deref(), []),
    }
}

/// The fields of a body.
#[derive(Default)]
struct Fields {
    properties: Map<String, Json>,
    required: Vec<String>,
    /// Of each of these groups one name is needed.
    choices: Vec<Vec<String>>,
    /// Whether a form can carry them all.
    plain: bool,
    nested: bool,
    file: bool,
}

impl Fields {
    fn add(&mut self, names: &[String], variable: &Variable, schema: Json) {
        match variable.input_type.kind {
            Kind::Upload => self.file = true,
            Kind::List(_) | Kind::Object(_) | Kind::Any => self.nested = true,
            _ => self.plain = true,
        }
        let schema = explained(schema, variable);
        for name in names {
            let mut segments = name.split('.').rev();
            let Some(last) = segments.next() else { continue };
            let within = segments.collect::<Vec<_>>();
            if within.is_empty() {
                self.properties.insert(last.to_owned(), schema.clone());
                continue;
            }
            self.nested = true;
            let mut members = &mut self.properties;
            for segment in within.into_iter().rev() {
                let member = members.entry(segment).or_insert_with(|| json!({ "type": "object", "properties": {} }));
                match member.get_mut("properties").and_then(Json::as_object_mut) {
                    Some(below) => members = below,
                    None => return,
                }
            }
            members.insert(last.to_owned(), schema.clone());
        }
        if variable.is_required() {
            let tops: Vec<String> =
                names.iter().map(|name| name.split('.').next().unwrap_or_default().to_owned()).collect();
            match tops.as_slice() {
                [only] => self.required.push(only.clone()),
                _ => self.choices.push(tops),
            }
        }
    }

    fn into_body(self, route: &Route) -> Json {
        let needed = !self.required.is_empty() || !self.choices.is_empty();
        let schema = |properties: &Map<String, Json>| {
            let mut schema = json!({ "type": "object", "properties": properties });
            if !self.required.is_empty() {
                schema["required"] = json!(self.required);
            }
            if let [names] = self.choices.as_slice() {
                schema["anyOf"] = names.iter().map(|name| json!({ "required": [name] })).collect();
            } else if !self.choices.is_empty() {
                let any = |names: &Vec<String>| {
                    let choices: Vec<Json> = names.iter().map(|name| json!({ "required": [name] })).collect();
                    json!({ "anyOf": choices })
                };
                schema["allOf"] = self.choices.iter().map(any).collect();
            }
            schema
        };
        // Forms know no null.
        let texts = self.properties.iter().map(|(name, schema)| (name.clone(), without_null(schema.clone()))).collect();
        let mut exchanges = route.example.iter().flat_map(|example| &example.exchanges);
        let example = exchanges.find_map(|exchange| exchange.request.body.as_ref());
        let media = |schema: Json| match &example {
            Some(example) => json!({ "schema": schema, "example": example }),
            None => json!({ "schema": schema }),
        };
        let mut content = Map::new();
        if self.file {
            content.insert("multipart/form-data".to_owned(), media(schema(&texts)));
        } else {
            content.insert("application/json".to_owned(), media(schema(&self.properties)));
            if !self.nested {
                content.insert("application/x-www-form-urlencoded".to_owned(), media(schema(&texts)));
            }
        }
        json!({ "required": needed, "content": content })
    }
}

/// The schema of a variable with its rules.
fn schema_of(route: &Route, index: usize, rules: &dyn InputRules) -> Json {
    let variable = &route.variables[index];
    if let Some(role) = variable.paging {
        let paging = route.dialect.paging;
        return match role {
            PagingRole::Number => json!({ "type": "integer", "minimum": 1, "default": 1 }),
            PagingRole::Size => {
                json!({ "type": "integer", "minimum": 1, "maximum": paging.max_size, "default": paging.default_size })
            }
        };
    }
    let mut schema = input_schema(&variable.input_type, route.dialect.ids);
    rules::apply(&mut schema, route, index, rules);
    if let Some(members) = schema.as_object_mut() {
        let is_text = members.get("type") == Some(&json!("string")) && !members.contains_key("enum");
        if variable.is_required() && is_text && !matches!(variable.input_type.kind, Kind::Upload) {
            // A blank text is a missing one.
            members.entry("minLength").or_insert(json!(1));
        }
    }
    if let Some(member) = variable.bare_member() {
        let number = schema["items"]["properties"][&member].clone();
        schema = json!({ "anyOf": [schema, number] });
    }
    schema
}

fn input_schema(input_type: &InputType, ids: Ids) -> Json {
    let schema = match &input_type.kind {
        Kind::String => json!({ "type": "string" }),
        Kind::Id => match ids {
            Ids::Integer => json!({ "type": "integer", "format": "int64", "minimum": 0 }),
            Ids::Text => json!({ "type": "string", "minLength": 1 }),
            Ids::Uuid => json!({ "type": "string", "format": "uuid" }),
        },
        Kind::Int => json!({ "type": "integer" }),
        Kind::Float | Kind::Decimal => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::DateTime => json!({ "type": "string", "format": "date-time" }),
        Kind::Enum(words) => {
            json!({ "type": "string", "enum": words.iter().map(|(word, _)| word).collect::<Vec<_>>() })
        }
        Kind::Object(members) => {
            let properties: Map<String, Json> =
                members.iter().map(|member| (member.name.clone(), input_schema(&member.input_type, ids))).collect();
            let required: Vec<&str> =
                members.iter().filter(|member| member.required).map(|member| member.name.as_str()).collect();
            json!({ "type": "object", "properties": properties, "required": required })
        }
        Kind::List(item) if input_type.nullable => json!({ "type": "array", "items": input_schema(item, ids) }),
        // An empty list is a missing one.
        Kind::List(item) => json!({ "type": "array", "items": input_schema(item, ids), "minItems": 1 }),
        Kind::Upload => json!({ "type": "string", "format": "binary" }),
        Kind::Scalar => json!({ "type": ["string", "number"] }),
        Kind::Any => json!({}),
    };
    if input_type.nullable && !matches!(input_type.kind, Kind::Upload) { or_null(schema) } else { schema }
}

/// The schema without null at its top.
fn without_null(mut schema: Json) -> Json {
    let Some(members) = schema.as_object_mut() else { return schema };
    if let Some(Json::Array(types)) = members.get_mut("type") {
        types.retain(|ty| ty != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Json::Array(words)) = members.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    schema
}
