//! What of an answer must be the same on every server.

use std::{collections::HashMap, fmt::Write};

use serde_json::{Map, Value};

use crate::support::protocol::Reply;

/// Members that are another in every answer, or follow from a key that is.
const OWN: [&str; 11] = [
    "requestId",
    "cursor",
    "startCursor",
    "endCursor",
    "token",
    "access_token",
    "accessToken",
    "refreshToken",
    "refresh_token",
    "content",
    "secret",
];

/// Reads answers; keys that are made by chance become numbers, in the order in which they were first seen.
#[derive(Default)]
pub(super) struct Normal {
    keys: HashMap<String, usize>,
}

impl Normal {
    pub(super) fn of(&mut self, reply: &Reply) -> String {
        if reply.body.is_null() {
            return format!("{} {}", reply.status, self.text(&reply.text));
        }
        let body = self.value("", &reply.body);
        format!("{} {body}", reply.status)
    }

    fn value(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::String(text) if OWN.contains(&name) => format!("{} bytes or so", text.len() / 100).into(),
            Value::String(text) => self.text(text).into(),
            // Those of several fields come as they come.
            Value::Array(errors) if name == "errors" => {
                let mut errors: Vec<Value> = errors.iter().map(|error| self.value("", error)).collect();
                errors.sort_by_key(Value::to_string);
                errors.into()
            }
            Value::Array(items) => items.iter().map(|item| self.value(name, item)).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, member)| (name.clone(), self.value(name, member)));
                Value::Object(members.collect::<Map<_, _>>())
            }
            value => value.clone(),
        }
    }

    /// The text with its UUIDs numbered and without the signatures and codes of links.
    fn text(&mut self, text: &str) -> String {
        let mut normal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('-').and_then(|dash| dash.checked_sub(8)).filter(|at| rest.is_char_boundary(*at))
        {
            let Some(key) = rest.get(at..at + 36).filter(|key| uuid::Uuid::try_parse(key).is_ok()) else {
                let (before, behind) = rest.split_at(at + 9);
                normal.push_str(before);
                rest = behind;
                continue;
            };
            normal.push_str(&rest[..at]);
            let next = self.keys.len();
            let number = self.keys.entry(key.to_owned()).or_insert(next);
            let _ = write!(normal, "<key {number}>");
            rest = &rest[at + 36..];
        }
        normal.push_str(rest);
        let chance = ["signature=", "?code="].iter().find_map(|name| normal.find(name).map(|at| at + name.len()));
        if let Some(end) = chance {
            normal.truncate(end);
        }
        normal
    }
}
