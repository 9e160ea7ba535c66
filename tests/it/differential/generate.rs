//! Requests by chance: operations of the schema and calls of the documented routes, with values that databases are known
//! to differ in.

use async_graphql::{
    Positioned,
    parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind},
};
use gerbang::demo;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use crate::support::{
    app::PASSWORD,
    legacy::Legacy,
    types::{Types, named},
};

const SLUGS: [&str; 5] = ["talentsmapping", "apextrack", "notary", "scholarship", "staff"];

/// What texts are made of: letters that are ordered or folded otherwise, and signs that mean something to somebody.
const SIGNS: [&str; 30] = [
    "a", "A", "b", "B", "z", "Z", "é", "É", "e\u{301}", "ü", "Ü", "Ł", "ł", "ß", "Ñ", "字", "🎉", "%", "_", "'", "\"",
    "\\", "$1", "?", " ", "-", "9", "10", "\n", "\u{0}",
];
const INTEGERS: [i64; 12] = [0, 1, 2, 3, 5, 15, 100, 101, -1, 2_147_483_647, 2_147_483_648, i64::MAX];
const TIMES: [&str; 6] = [
    "2026-02-03T04:05:06Z",
    "2026-02-03T00:00:00+07:00",
    "2026-02-02T17:00:00.123456Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "2026-01-15",
];
const DATES: [&str; 5] = ["2026-02-03", "2000-02-29", "1899-12-31", "9999-12-31", "2026-02-30"];
const KEYS: [&str; 7] =
    ["0", "-1", "9223372036854775807", "9223372036854775808", "x", "00000000-0000-0000-0000-000000000000", "é"];

/// A request, whoever sends it.
#[derive(Debug)]
pub(super) struct Asked {
    /// The place of the account among the demo's; nobody's where it is none.
    pub(super) account: Option<usize>,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
}

pub(super) struct Generator {
    random: StdRng,
    types: Types,
    /// The documents of the APIs.
    documents: Vec<(usize, Value)>,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), types: Types::read(), documents: Vec::new() }
    }

    /// Reads the documents of the APIs.
    pub(super) async fn learn(&mut self, legacy: &Legacy) {
        for (place, slug) in SLUGS.iter().enumerate() {
            let document = legacy.get(&format!("/{slug}/openapi.json")).send().await.body;
            assert!(document["paths"].is_object(), "{slug}");
            self.documents.push((place, document));
        }
    }

    pub(super) fn next(&mut self) -> Asked {
        match self.random.random_range(0..10) {
            0..5 => self.operation("Query", "query"),
            5..7 => self.operation("Mutation", "mutation"),
            _ => self.route(),
        }
    }

    fn account(&mut self) -> Option<usize> {
        // The first administers all, and is refused the least.
        if self.chance(50) {
            return Some(0);
        }
        let account = self.random.random_range(0..=demo::accounts().len());
        (account < demo::accounts().len()).then_some(account)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        values.choose(&mut self.random).expect("there are some").clone()
    }

    fn text(&mut self, longest: usize) -> String {
        let length = self.random.random_range(1..=longest);
        (0..length).map(|_| self.one_of(&SIGNS)).collect()
    }

    fn operation(&mut self, root: &str, keyword: &str) -> Asked {
        // What was refused is written down in the background, so when it is there differs.
        let fields = self.types.fields(root).filter(|field| field.name.node != "auditEntries");
        let fields: Vec<FieldDefinition> = fields.cloned().collect();
        let field = self.one_of(&fields);
        let arguments = self.arguments(&field.arguments);
        let selection = self.selection(&field.ty.node, 3);
        let query = format!("{keyword} {{ {}{arguments} {selection} }}", field.name.node);
        Asked { account: self.account(), method: "POST", path: "/graphql".to_owned(), body: json!({ "query": query }) }
    }

    fn arguments(&mut self, arguments: &[Positioned<InputValueDefinition>]) -> String {
        // A list is paged in one way.
        let unwanted = self.one_of(&[["page", "perPage", "last", "before"], ["first", "last", "after", "before"]]);
        let arguments: Vec<_> = arguments
            .iter()
            .filter(|argument| !unwanted.contains(&argument.node.name.node.as_str()))
            .cloned()
            .collect();
        let members = self.members(&arguments);
        if members.is_empty() { String::new() } else { format!("({members})") }
    }

    fn members(&mut self, inputs: &[Positioned<InputValueDefinition>]) -> String {
        let mut members = Vec::new();
        for input in inputs.iter().map(|input| &input.node) {
            let optional = input.ty.node.nullable || input.default_value.is_some();
            if input.name.node == "after" || optional && self.chance(55) {
                continue;
            }
            members.push(format!("{}: {}", input.name.node, self.literal(&input.name.node, &input.ty.node)));
        }
        members.join(", ")
    }

    fn literal(&mut self, name: &str, ty: &Type) -> String {
        let base = match &ty.base {
            BaseType::List(item) => {
                let items: Vec<String> =
                    (0..self.random.random_range(0..4)).map(|_| self.literal(name, item)).collect();
                return format!("[{}]", items.join(", "));
            }
            BaseType::Named(base) => base.as_str(),
        };
        match self.types.kind(base) {
            Some(TypeKind::Enum(words)) => {
                let words: Vec<String> = words.values.iter().map(|word| word.node.value.node.to_string()).collect();
                return self.one_of(&words);
            }
            Some(TypeKind::InputObject(input)) => {
                let fields = input.fields.clone();
                return format!("{{ {} }}", self.members(&fields));
            }
            _ => {}
        }
        match base {
            "Int" | "SafeInt" | "Rupiah" => self.one_of(&INTEGERS).to_string(),
            "Float" => self.one_of(&["0", "0.5", "1e3", "-2.25", "99999999999.999", "1e300"]).to_owned(),
            "Boolean" => self.one_of(&["true", "false"]).to_owned(),
            "Date" => json!(self.one_of(&DATES)).to_string(),
            "DateTime" => json!(self.one_of(&TIMES)).to_string(),
            "ID" => json!(self.key(name)).to_string(),
            "JSON" => self
                .one_of(&[
                    "{ b: 1, a: 2.0, B: 1e3 }",
                    r#"{ nested: { z: [1.10, null], a: 12345678901234567890 }, text: "\u0000é" }"#,
                    r#""text""#,
                ])
                .to_owned(),
            _ => json!(self.string(name)).to_string(),
        }
    }

    /// A key of what the name says, such as it is there mostly.
    fn key(&mut self, name: &str) -> String {
        if self.chance(15) {
            return self.one_of(&KEYS).to_owned();
        }
        let number = self.random.random_range(1..20).to_string();
        let service = self.one_of(&["akta-jual-beli", "pendirian-pt", "x"]);
        match name.strip_suffix("Id").or(name.strip_suffix("_id")).unwrap_or(name) {
            "service" => service.to_owned(),
            _ => number,
        }
    }

    fn string(&mut self, name: &str) -> String {
        let account = self.one_of(demo::accounts());
        match name {
            "email" | "login" if self.chance(70) => match self.random.random_range(0..4) {
                0 => account.email.to_owned(),
                1 => account.email.to_uppercase(),
                2 => format!("{}@example.test", self.random.random_range(0..30)),
                _ => format!("{}@exämple.test", self.text(3)),
            },
            "phone" | "phone_number" if self.chance(80) => {
                self.one_of(&["08123456789", "+62 812-3456-7890", "0812", "+999999999999999999"]).to_owned()
            }
            name if name.to_lowercase().contains("password") && self.chance(80) => PASSWORD.to_owned(),
            "search" | "q" => self.text(4),
            _ if self.chance(5) => self.text(400),
            _ => self.text(12),
        }
    }

    fn selection(&mut self, ty: &Type, depth: usize) -> String {
        let name = named(ty).to_owned();
        match self.types.kind(&name) {
            Some(TypeKind::Object(_)) => {}
            Some(TypeKind::Interface(_) | TypeKind::Union(_)) => return "{ __typename }".to_owned(),
            _ => return String::new(),
        }
        let fields: Vec<FieldDefinition> = self.types.fields(&name).cloned().collect();
        let mut selected = vec!["__typename".to_owned()];
        for field in fields {
            let required = field
                .arguments
                .iter()
                .any(|argument| !argument.node.ty.node.nullable && argument.node.default_value.is_none());
            let is_object = self.types.fields(named(&field.ty.node)).next().is_some();
            if required || is_object && depth == 0 || !is_object && self.chance(20) || is_object && self.chance(30) {
                continue;
            }
            let arguments = if self.chance(50) { self.arguments(&field.arguments) } else { String::new() };
            let selection = self.selection(&field.ty.node, depth.saturating_sub(1));
            selected.push(format!("{}{arguments} {selection}", field.name.node));
        }
        format!("{{ {} }}", selected.join(" "))
    }

    fn route(&mut self) -> Asked {
        let (place, document) = self.documents[self.random.random_range(0..self.documents.len())].clone();
        let paths: Vec<(String, Value)> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .map(|(path, item)| (path.clone(), item.clone()))
            .collect();
        let (mut path, item) = self.one_of(&paths);
        let methods: Vec<&'static str> =
            ["get", "post", "put", "patch", "delete"].into_iter().filter(|method| item[*method].is_object()).collect();
        let method = self.one_of(&methods);
        let operation = &item[method];
        let mut query = Vec::new();
        let parameters =
            [&item["parameters"], &operation["parameters"]].into_iter().filter_map(Value::as_array).flatten();
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = self.plain(name, &parameter["schema"], &document);
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &value.replace('+', "%20")),
                Some("query") if self.chance(60) => query.push(format!("{name}={value}")),
                _ => {}
            }
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = if schema.is_null() { Value::Null } else { self.plain("", schema, &document) };
        let server = document["servers"][0]["url"].as_str().unwrap_or_default();
        let prefix = server.strip_prefix("http://gerbang.test").unwrap_or(server).trim_end_matches('/');
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let realms = [2, 4, 5, 6, 0];
        let account = if self.chance(70) { Some(realms[place]) } else { self.account() };
        Asked { account, method: method_name(method), path: format!("{prefix}{path}{query}"), body }
    }

    /// A value as a schema of an API says, or not quite.
    fn plain(&mut self, name: &str, schema: &Value, document: &Value) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let schema = document.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default();
            return self.plain(name, &schema, document);
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let choice = self.one_of(choices);
            return self.plain(name, &choice, document);
        }
        if let Some(words) = schema["enum"].as_array()
            && self.chance(85)
        {
            return self.one_of(words);
        }
        let ty = match &schema["type"] {
            Value::Array(types) => self.one_of(types),
            ty => ty.clone(),
        };
        match ty.as_str().unwrap_or_default() {
            "object" => {
                let mut members = Map::new();
                for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                    if self.chance(85) {
                        members.insert(name.clone(), self.plain(name, schema, document));
                    }
                }
                members.into()
            }
            "array" => {
                (0..self.random.random_range(0..3)).map(|_| self.plain(name, &schema["items"], document)).collect()
            }
            "integer" | "number" if name.ends_with("id") => self.random.random_range(1..20).into(),
            "integer" => self.one_of(&INTEGERS).into(),
            "number" => self.one_of(&[json!(0), json!(1.5), json!(250_000), json!(-1), json!(1e15)]),
            "boolean" => self.one_of(&[json!(true), json!(false)]),
            "null" => Value::Null,
            _ => match schema["format"].as_str() {
                Some("date") => self.one_of(&DATES).into(),
                Some("date-time") => self.one_of(&TIMES).into(),
                _ if name.ends_with("id") => self.key(name).into(),
                _ => self.string(name).into(),
            },
        }
    }
}

fn method_name(method: &str) -> &'static str {
    match method {
        "get" => "GET",
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        _ => "DELETE",
    }
}
