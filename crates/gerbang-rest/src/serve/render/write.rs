//! Writing the body, straight from the engine's values.

use async_graphql::Value;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Map;

use super::{
    inspect::{Members, type_of},
    scalar::Scalar,
};
use crate::model::{
    dialect::{Dialect, Page},
    plan::{Bare, Content, Leaf, Plan, ROWS, Show, Step, TOTAL_KEY},
};

/// What stands around the answer of an operation.
pub(crate) struct Frame<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) message: Option<&'a str>,
    /// Constant members.
    pub(crate) body: &'a Map<String, serde_json::Value>,
    /// Constant members behind it.
    pub(crate) footer: &'a Map<String, serde_json::Value>,
    /// Number and size of the page that was asked for.
    pub(crate) page: (u32, u32),
    /// The variables for whose list a bare number was sent.
    pub(crate) bare: &'a [String],
    /// The called URL without its query.
    pub(crate) url: &'a str,
}

/// The body that `plan` makes of an operation's answer.
pub(crate) fn write(plan: &Plan, answer: &Value, frame: &Frame<'_>) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    Body { plan, answer, frame }.serialize(&mut serde_json::Serializer::new(&mut bytes))?;
    Ok(bytes)
}

struct Body<'a> {
    plan: &'a Plan,
    answer: &'a Value,
    frame: &'a Frame<'a>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(message) = self.frame.message {
            map.serialize_entry("message", message)?;
        }
        for (key, value) in self.frame.body {
            map.serialize_entry(key, value)?;
        }
        members(self.plan, self.answer, self.frame, &mut map)?;
        for (key, value) in self.frame.footer {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct Object<'a> {
    plan: &'a Plan,
    value: &'a Value,
    frame: &'a Frame<'a>,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::List(items) => serializer.collect_seq(items.iter().map(|value| Object { value, ..*self })),
            Value::Object(_) => {
                let mut map = serializer.serialize_map(None)?;
                members(self.plan, self.value, self.frame, &mut map)?;
                map.end()
            }
            _ => serializer.serialize_none(),
        }
    }
}

/// Writes the members of one object among those around it.
fn members<M: SerializeMap>(plan: &Plan, value: &Value, frame: &Frame<'_>, map: &mut M) -> Result<(), M::Error> {
    let present = match value {
        Value::Object(members) => Some(members),
        _ => None,
    };
    let ty = present.and_then(type_of);
    plan.steps
        .iter()
        .filter(|step| step.show != Show::Hidden && step.is_on(ty))
        .try_for_each(|step| member(step, present, frame, map))
}

fn member<M: SerializeMap>(
    step: &Step,
    present: Option<&Members>,
    frame: &Frame<'_>,
    map: &mut M,
) -> Result<(), M::Error> {
    let value = match present {
        Some(members) => match step.of(members) {
            Some(value) => value,
            // Left out by `@skip` or `@include`.
            None => return Ok(()),
        },
        // The object is null and spread: its members are null.
        None => &Value::Null,
    };
    if step.show == Show::UnlessNull && *value == Value::Null {
        return Ok(());
    }
    if let Some(number) = step.bare.as_ref().and_then(|bare| bare.number(value, frame.bare)) {
        return map.serialize_entry(&step.key, number);
    }
    match &step.content {
        Content::Object(plan) if step.show == Show::Spread => members(plan, value, frame, map),
        Content::Object(plan) => map.serialize_entry(&step.key, &Object { plan, value, frame }),
        Content::Leaf(leaf) => map.serialize_entry(&step.key, &scalar(value, leaf, frame)),
        Content::Page(plan) => page(step, plan, value, frame, map),
        Content::Entries { key, value: name, leaf } => {
            let pairs = Pairs { list: value, key, name, leaf, frame };
            if step.show == Show::Spread { pairs.write(map) } else { map.serialize_entry(&step.key, &pairs) }
        }
    }
}

impl Bare {
    /// The number that stands for the list, where one did so among what was sent.
    fn number<'a>(&self, list: &'a Value, sent: &[String]) -> Option<&'a Value> {
        let Value::List(items) = list else { return None };
        let Value::Object(members) = items.first().filter(|_| sent.contains(&self.variable))? else { return None };
        members.get(self.key.as_str())
    }
}

fn scalar<'a>(value: &'a Value, leaf: &'a Leaf, frame: &Frame<'_>) -> Scalar<'a> {
    Scalar { value, leaf, ids: frame.dialect.ids, times: frame.dialect.times }
}

fn page<M: SerializeMap>(
    step: &Step,
    plan: &Plan,
    value: &Value,
    frame: &Frame<'_>,
    map: &mut M,
) -> Result<(), M::Error> {
    let Value::Object(connection) = value else { return map.serialize_entry(&step.key, &()) };
    let rows = connection.get(ROWS).unwrap_or(&Value::Null);
    map.serialize_entry(&step.key, &Object { plan, value: rows, frame })?;
    let total = match connection.get(TOTAL_KEY) {
        Some(Value::Number(total)) => total.as_u64().unwrap_or_default(),
        _ => 0,
    };
    let count = if let Value::List(rows) = rows { rows.len() as u64 } else { 0 };
    let (number, size) = frame.page;
    for (key, value) in (frame.dialect.paging.envelope)(&Page { number, size, count, total, url: frame.url }) {
        map.serialize_entry(key, &value)?;
    }
    Ok(())
}

/// A list of pairs as an object.
struct Pairs<'a> {
    list: &'a Value,
    key: &'a str,
    name: &'a str,
    leaf: &'a Leaf,
    frame: &'a Frame<'a>,
}

impl Pairs<'_> {
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let Value::List(pairs) = self.list else { return Ok(()) };
        for pair in pairs {
            if let Value::Object(pair) = pair
                && let Some(Value::String(key)) = pair.get(self.key)
            {
                let value = pair.get(self.name).unwrap_or(&Value::Null);
                map.serialize_entry(key, &scalar(value, self.leaf, self.frame))?;
            }
        }
        Ok(())
    }
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map)?;
        map.end()
    }
}
