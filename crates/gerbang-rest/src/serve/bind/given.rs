//! What a client sent for a variable, under whichever of its names.

use std::borrow::Cow;

use async_graphql::Value;
use gerbang_kernel::{number, text::is_blank};
use serde_json::{Map, Value as Json};

use crate::model::variable::{PagingRole, Variable};

/// What a client sent for a variable.
pub(super) struct Given<'a> {
    pub(super) value: Cow<'a, Json>,
    pub(super) textual: bool,
    /// Under which of the variable's names.
    pub(super) name: usize,
}

impl Given<'_> {
    pub(super) fn text(text: &str) -> Self {
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
pub(super) fn pick<'a>(names: &[String], fields: &'a Map<String, Json>, textual: bool) -> Option<Given<'a>> {
    let mut present = names.iter().enumerate().filter_map(|(name, path)| {
        let mut segments = path.split('.');
        let first = fields.get(segments.next()?)?;
        let value = segments.try_fold(first, |value, segment| value.get(segment))?;
        Some(Given { value: Cow::Borrowed(value), textual, name })
    });
    let first = present.next()?;
    if first.is_blank() { present.find(|given| !given.is_blank()).or(Some(first)) } else { Some(first) }
}

/// The list that a bare number stands for, where the route says so.
pub(super) fn as_list(variable: &Variable, given: &Json) -> Option<Json> {
    let template = variable.number.as_ref()?;
    is_number(given).then(|| with_number(template, given))
}

/// A text that is a number counts as one, since forms send nothing else.
fn is_number(given: &Json) -> bool {
    given.is_number() || given.as_str().is_some_and(number::is_numeric)
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
pub(super) fn lenient(role: PagingRole, given: Option<&Json>, default_size: u32, max_size: u32) -> u32 {
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

#[cfg(test)]
mod tests {
    use async_graphql::Name;
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
