//! The bodies of successes: what the plan of a route shows, with the envelope around it.

use async_graphql::parser::types::{BaseType, Type};
use axum::http::StatusCode;
use gerbang_graphql::type_index::base_name;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::{context::described, samples::schema_of};
use crate::model::{
    dialect::{Dialect, Ids, Page, Times},
    plan::{Content, Leaf, Outcome, Plan, Show, Step},
    route::Route,
};

/// The members of an object.
#[derive(Clone, Debug, Default, PartialEq)]
struct Members {
    properties: Map<String, Json>,
    required: Vec<String>,
    /// The values of members whose names are data.
    open: Option<Json>,
}

impl Members {
    fn add(&mut self, name: &str, schema: Json, required: bool) {
        self.properties.insert(name.to_owned(), schema);
        if required {
            self.required.push(name.to_owned());
        }
    }

    fn append(&mut self, other: Self) {
        self.properties.extend(other.properties);
        self.required.extend(other.required);
        self.open = other.open.or(self.open.take());
    }

    fn into_schema(self) -> Json {
        json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": self.open.unwrap_or(Json::Bool(false)),
        })
    }
}

/// How a route may succeed: each status with the messages that it may come with.
pub(super) fn successes(route: &Route) -> IndexMap<StatusCode, Vec<Option<String>>> {
    let (mut by_type, mut by_field) = (Vec::new(), Vec::new());
    outcomes(&route.plan, &mut by_type, &mut by_field);
    // Outcomes of types leave none over.
    let default = Outcome::default();
    let all = if by_type.is_empty() { std::iter::once(&default).chain(by_field).collect() } else { by_type };
    let mut successes: IndexMap<StatusCode, Vec<Option<String>>> = IndexMap::new();
    for Outcome { status, message } in all {
        let messages = successes.entry(status.unwrap_or(route.status)).or_default();
        let message = message.clone().or_else(|| route.message.clone());
        if !messages.contains(&message) {
            messages.push(message);
        }
    }
    successes
}

fn outcomes<'p>(plan: &'p Plan, by_type: &mut Vec<&'p Outcome>, by_field: &mut Vec<&'p Outcome>) {
    by_type.extend(plan.outcomes.iter().map(|(_, outcome)| outcome));
    for step in &plan.steps {
        by_field.extend(&step.outcome);
        if let Content::Object(below) | Content::Page(below) = &step.content {
            outcomes(below, by_type, by_field);
        }
    }
}

/// The schema of a success that comes with one of these messages.
pub(super) fn body(route: &Route, messages: &[Option<String>]) -> Json {
    let dialect = &route.dialect;
    let mut before = Members::default();
    let texts: Vec<&String> = messages.iter().flatten().collect();
    if !texts.is_empty() {
        let schema = if let [only] = texts.as_slice() { json!({ "const": only }) } else { json!({ "enum": texts }) };
        let mut schema = schema;
        schema["type"] = "string".into();
        before.add("message", schema, texts.len() == messages.len());
    }
    let constants = |members: &Map<String, Json>, to: &mut Members| {
        for (name, value) in members {
            to.add(name, schema_of(std::slice::from_ref(value)), true);
        }
    };
    constants(&route.body, &mut before);
    let mut behind = Members::default();
    constants(&route.footer, &mut behind);
    let whole = alternatives(&route.plan, dialect, false).into_iter().map(|members| {
        let mut all = before.clone();
        all.append(members);
        all.append(behind.clone());
        all
    });
    any_of(whole.map(Members::into_schema).collect())
}

/// One schema for several: itself where there is only one.
pub(super) fn any_of(mut schemas: Vec<Json>) -> Json {
    let mut distinct: Vec<Json> = Vec::with_capacity(schemas.len());
    for schema in schemas.drain(..) {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    if distinct.len() == 1 { distinct.remove(0) } else { json!({ "anyOf": distinct }) }
}

/// What an object shows, for each type that it can have.
fn alternatives(plan: &Plan, dialect: &Dialect, may_be_null: bool) -> Vec<Members> {
    let mut types: Vec<Option<&str>> = Vec::new();
    for ty in plan.steps.iter().filter_map(|step| step.on.as_ref()).flatten() {
        if !types.contains(&Some(ty.as_str())) {
            types.push(Some(ty));
        }
    }
    if types.is_empty() {
        types.push(None);
    }
    let mut all: Vec<Members> = Vec::new();
    for ty in types {
        let steps = plan.steps.iter().filter(|step| step.show != Show::Hidden && step.is_on(ty));
        let mut objects = vec![Members::default()];
        for step in steps {
            let added = members(step, dialect, may_be_null);
            objects = objects
                .iter()
                .flat_map(|object| {
                    added.iter().map(|members| {
                        let mut object = object.clone();
                        object.append(members.clone());
                        object
                    })
                })
                .collect();
        }
        for object in objects {
            if !all.contains(&object) {
                all.push(object);
            }
        }
    }
    all
}

/// What one field adds to its object.
fn members(step: &Step, dialect: &Dialect, may_be_null: bool) -> Vec<Members> {
    let never_null = step.required.is_some() || step.show == Show::UnlessNull;
    let nullable = (step.nullable || may_be_null) && !never_null;
    if step.show == Show::Spread
        && let Content::Object(plan) = &step.content
    {
        return alternatives(plan, dialect, nullable);
    }
    let mut own = Members::default();
    if step.show == Show::Spread
        && let Content::Entries { leaf, .. } = &step.content
    {
        own.open = Some(scalar(leaf, "JSON", dialect));
        return vec![own];
    }
    let schema = match &step.content {
        Content::Leaf(leaf) => typed(&step.ty, nullable, &|| scalar(leaf, base_name(&step.ty), dialect)),
        Content::Object(plan) => or_bare(step, typed(&step.ty, nullable, &|| object(plan, dialect))),
        Content::Page(plan) => json!({ "type": "array", "items": object(plan, dialect) }),
        Content::Entries { leaf, .. } => {
            json!({ "type": "object", "additionalProperties": scalar(leaf, "JSON", dialect) })
        }
    };
    own.add(&step.key, explained(schema, step), step.show != Show::UnlessNull);
    if let Content::Page(_) = &step.content {
        for (name, schema) in page_data(dialect) {
            own.add(name, schema, true);
        }
    }
    vec![own]
}

/// The same, or the number that stands for it.
fn or_bare(step: &Step, schema: Json) -> Json {
    if step.bare.is_some() { any_of(vec![schema, json!({ "type": "integer" })]) } else { schema }
}

/// The schema with what ours says about the field, where that is true of what this API shows: its ids have another form.
fn explained(schema: Json, step: &Step) -> Json {
    let description = step.description.as_deref();
    match &step.content {
        Content::Leaf(Leaf::Id) => schema,
        Content::Leaf(Leaf::Enum(words)) => {
            let words = words.iter().map(|(value, word)| (word.as_str(), value.as_str()));
            described(schema, description, words)
        }
        _ => described(schema, description, []),
    }
}

fn object(plan: &Plan, dialect: &Dialect) -> Json {
    any_of(alternatives(plan, dialect, false).into_iter().map(Members::into_schema).collect())
}

/// The lists and nulls of a type around what is at its heart.
fn typed(ty: &Type, nullable: bool, heart: &dyn Fn() -> Json) -> Json {
    let schema = match &ty.base {
        BaseType::Named(_) => heart(),
        BaseType::List(item) => json!({ "type": "array", "items": typed(item, item.nullable, heart) }),
    };
    if nullable { or_null(schema) } else { schema }
}

/// The same, or null.
pub(super) fn or_null(mut schema: Json) -> Json {
    match schema.get("type").cloned() {
        Some(Json::String(ty)) => {
            schema["type"] = json!([ty, "null"]);
            if let Some(words) = schema.get_mut("enum").and_then(Json::as_array_mut) {
                words.push(Json::Null);
            }
            schema
        }
        Some(Json::Array(mut types)) => {
            types.push("null".into());
            schema["type"] = types.into();
            schema
        }
        // Anything at all, null included.
        None if schema.as_object().is_some_and(Map::is_empty) => schema,
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

fn scalar(leaf: &Leaf, ty: &str, dialect: &Dialect) -> Json {
    match leaf {
        Leaf::Id => match dialect.ids {
            Ids::Integer => json!({ "type": "integer", "format": "int64" }),
            Ids::Text => json!({ "type": "string" }),
            Ids::Uuid => json!({ "type": "string", "format": "uuid" }),
        },
        Leaf::DateTime => match dialect.times {
            Times::Micros => {
                json!({ "type": "string", "format": "date-time", "examples": ["2024-08-17T08:05:00.000000Z"] })
            }
            Times::Seconds => json!({ "type": "string", "format": "date-time", "examples": ["2025-08-15T09:20:30Z"] }),
            Times::UnixMillis => json!({ "type": "integer", "format": "int64", "examples": [1_731_225_743_233_i64] }),
        },
        Leaf::Decimal => json!({ "type": "number" }),
        Leaf::Enum(words) => {
            json!({ "type": "string", "enum": words.iter().map(|(_, word)| word).collect::<Vec<_>>() })
        }
        Leaf::File => json!({ "type": "string", "format": "binary" }),
        Leaf::Plain => match ty {
            "String" => json!({ "type": "string" }),
            "Int" | "Rupiah" | "SafeInt" => json!({ "type": "integer" }),
            "Float" => json!({ "type": "number" }),
            "Boolean" => json!({ "type": "boolean" }),
            "Date" => json!({ "type": "string", "format": "date" }),
            _ => json!({}),
        },
    }
}

/// What the dialect puts beside the rows of a page, from the pages of some lists.
fn page_data(dialect: &Dialect) -> IndexMap<&'static str, Json> {
    let page = |number, size, count, total, url| Page { number, size, count, total, url };
    let pages = [
        page(1, 15, 15, 400, "https://one.example/things"),
        page(12, 10, 10, 300, "https://two.example/things"),
        page(27, 15, 10, 400, "https://one.example/things"),
        page(3, 20, 0, 0, "https://three.example/things"),
    ];
    let mut seen: IndexMap<&'static str, Vec<Json>> = IndexMap::new();
    for (name, value) in pages.iter().flat_map(|page| (dialect.paging.envelope)(page)) {
        seen.entry(name).or_default().push(value);
    }
    seen.into_iter().map(|(name, values)| (name, schema_of(&values))).collect()
}
