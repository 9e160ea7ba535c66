//! From what a client sent to a GraphQL value, by the type of the variable.
//!
//! Absent, null, an empty text and a list are four different things here. Forms and queries send
//! everything as text; JSON must have the right type, except that a numeric text passes for a number.

use async_graphql::{Name, ScalarType, Value, indexmap::IndexMap};
use chrono::DateTime;
use gerbang_graphql::date::{Date, is_writable};
use gerbang_kernel::{
    error::Rule,
    number,
    text::{UNSTORABLE, is_blank},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::Value as Json;

use crate::model::{
    dialect::{Blank, Ids},
    failure::FieldViolation,
    input_type::{InputType, Kind, Member},
};

/// How one value is read.
#[derive(Clone, Copy)]
pub(super) struct Coercion {
    pub(super) ids: Ids,
    pub(super) blank: Blank,
    /// Whether it came as text, from a form, a query, a path or a header.
    pub(super) textual: bool,
    /// Whether blanks around a text are cut off.
    pub(super) trim: bool,
}

impl Coercion {
    /// The value in GraphQL, or the rules that it breaks.
    pub(super) fn read(
        self,
        input_type: &InputType,
        given: &Json,
        field: &str,
        broken: &mut Vec<FieldViolation>,
    ) -> Option<Value> {
        let result = match given {
            Json::Null => null(input_type),
            Json::String(text) if is_blank(text) => self.blank(input_type),
            Json::Array(items) if items.is_empty() && !input_type.nullable => Err(Rule::Required),
            given => match (&input_type.kind, given) {
                (Kind::List(item), Json::Array(items)) => return self.list(item, items, field, broken),
                (Kind::Object(members), Json::Object(given)) => return self.object(members, given, field, broken),
                // A form's list without members, or with names for keys, is an object.
                (Kind::List(_) | Kind::Object(_), _) => Err(Rule::Array),
                (kind, given) => self.scalar(kind, given),
            },
        };
        result.map_err(|rule| broken.push(FieldViolation { field: field.to_owned(), rule })).ok()
    }

    fn blank(self, input_type: &InputType) -> Result<Value, Rule> {
        match (&input_type.kind, self.blank) {
            (Kind::String | Kind::Any, Blank::Text) if input_type.nullable => Ok(Value::String(String::new())),
            _ => null(input_type),
        }
    }

    fn list(self, item: &InputType, items: &[Json], field: &str, broken: &mut Vec<FieldViolation>) -> Option<Value> {
        let before = broken.len();
        let items: Vec<Option<Value>> = items
            .iter()
            .enumerate()
            .map(|(index, given)| self.read(item, given, &format!("{field}.{index}"), broken))
            .collect();
        (broken.len() == before).then(|| Value::List(items.into_iter().flatten().collect()))
    }

    fn object(
        self,
        members: &[Member],
        given: &serde_json::Map<String, Json>,
        field: &str,
        broken: &mut Vec<FieldViolation>,
    ) -> Option<Value> {
        let before = broken.len();
        let mut object = IndexMap::with_capacity(members.len());
        for Member { name, input_type, required } in members {
            let path = format!("{field}.{name}");
            match given.get(name) {
                Some(given) => {
                    if let Some(value) = self.read(input_type, given, &path, broken) {
                        object.insert(Name::new(name), value);
                    }
                }
                None if *required => broken.push(FieldViolation { field: path, rule: Rule::Required }),
                None => {}
            }
        }
        (broken.len() == before).then_some(Value::Object(object))
    }

    fn scalar(self, kind: &Kind, given: &Json) -> Result<Value, Rule> {
        match kind {
            Kind::String => self.string(given).map(Value::String),
            Kind::Id => self.id(given),
            Kind::Int => integer(given).map(Value::from).ok_or(Rule::Integer),
            Kind::Float => decimal(given).and_then(|number| number.to_f64()).map(Value::from).ok_or(Rule::Numeric),
            Kind::Decimal => decimal(given).map(|number| Value::String(number.to_string())).ok_or(Rule::Numeric),
            Kind::Boolean => self.boolean(given).map(Value::Boolean).ok_or(Rule::Boolean),
            Kind::Date => date(given).ok_or(Rule::Date),
            Kind::DateTime => moment(given).ok_or(Rule::Date),
            Kind::Enum(words) => {
                let given = given.as_str().map(str::trim);
                let value = words.iter().find(|(word, _)| Some(word.as_str()) == given).map(|(_, value)| value);
                value.cloned().map(Value::Enum).ok_or(Rule::In)
            }
            Kind::Upload => Err(Rule::File),
            Kind::Scalar => match given {
                Json::Number(number) => Ok(Value::Number(number.clone())),
                Json::String(_) => self.string(given).map(Value::String),
                _ => Err(Rule::Format),
            },
            Kind::Any if holds_unstorable(given) => Err(Rule::Format),
            Kind::Any => Value::from_json(given.clone()).map_err(|_| Rule::Format),
            // Lists and objects are read above.
            Kind::List(_) | Kind::Object(_) => Err(Rule::Array),
        }
    }

    fn string(self, given: &Json) -> Result<String, Rule> {
        let text = given.as_str().ok_or(Rule::String)?;
        if text.contains(UNSTORABLE) {
            return Err(Rule::Format);
        }
        Ok(if self.trim { text.trim() } else { text }.to_owned())
    }

    fn id(self, given: &Json) -> Result<Value, Rule> {
        match self.ids {
            Ids::Integer => row_id(given).map(|id| Value::String(id.to_string())).ok_or(Rule::Integer),
            Ids::Text | Ids::Uuid => self.string(given).map(|text| Value::String(text.trim().to_owned())),
        }
    }

    fn boolean(self, given: &Json) -> Option<bool> {
        match given {
            Json::Bool(flag) => Some(*flag),
            Json::String(text) if self.textual => match text.trim() {
                "1" | "true" => Some(true),
                "0" | "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

fn null(input_type: &InputType) -> Result<Value, Rule> {
    if input_type.nullable { Ok(Value::Null) } else { Err(Rule::Required) }
}

fn date(given: &Json) -> Option<Value> {
    Some(Date::read(given.as_str()?.trim())?.to_value())
}

fn moment(given: &Json) -> Option<Value> {
    let moment = DateTime::parse_from_rfc3339(given.as_str()?.trim()).ok()?;
    is_writable(moment.to_utc()).then(|| Value::String(moment.to_rfc3339()))
}

/// Whether a parameter of a path can be an id at all.
pub(super) fn can_be_id(ids: Ids, text: &str) -> bool {
    match ids {
        Ids::Integer => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_ok()
        }
        Ids::Text => !text.trim().is_empty() && !text.contains(UNSTORABLE),
        Ids::Uuid => text.len() == 36 && uuid::Uuid::try_parse(text).is_ok(),
    }
}

/// Whether a text in a value, or the name of a member, can't be stored.
fn holds_unstorable(given: &Json) -> bool {
    match given {
        Json::String(text) => text.contains(UNSTORABLE),
        Json::Array(items) => items.iter().any(holds_unstorable),
        Json::Object(members) => {
            members.iter().any(|(name, member)| name.contains(UNSTORABLE) || holds_unstorable(member))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The number of a row: digits and nothing else, since whatever else is taken for a number may be another row's.
fn row_id(given: &Json) -> Option<i64> {
    let id = match given {
        Json::Number(_) => integer(given),
        Json::String(text) if text.trim().bytes().all(|byte| byte.is_ascii_digit()) => number::digits(text),
        _ => None,
    };
    id.filter(|id| *id >= 0)
}

fn integer(given: &Json) -> Option<i64> {
    match given {
        Json::Number(number) => number.as_i64().or_else(|| number::integer(&number.to_string())),
        Json::String(text) => number::integer(text),
        _ => None,
    }
}

fn decimal(given: &Json) -> Option<Decimal> {
    match given {
        Json::Number(number) => number::decimal(&number.to_string()),
        Json::String(text) => number::decimal(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JSON: Coercion = Coercion { ids: Ids::Integer, blank: Blank::Null, textual: false, trim: true };
    const FORM: Coercion = Coercion { textual: true, ..JSON };

    fn read(coercion: Coercion, kind: Kind, nullable: bool, given: Json) -> Result<Value, Rule> {
        let mut broken = Vec::new();
        let value = coercion.read(&InputType { kind, nullable }, &given, "field", &mut broken);
        value.ok_or_else(|| broken.remove(0).rule)
    }

    #[test]
    fn null_blank_and_empty_list_are_missing_where_a_value_is_required() {
        for given in [json!(null), json!(""), json!("  "), json!([])] {
            assert_eq!(read(JSON, Kind::String, false, given), Err(Rule::Required));
        }
        assert_eq!(read(JSON, Kind::String, true, json!(null)), Ok(Value::Null));
        assert_eq!(read(JSON, Kind::String, true, json!("")), Ok(Value::Null));
        assert_eq!(
            read(Coercion { blank: Blank::Text, ..JSON }, Kind::String, true, json!(" ")),
            Ok(Value::String(String::new()))
        );
        assert_eq!(read(JSON, Kind::Int, true, json!("")), Ok(Value::Null));
    }

    #[test]
    fn json_has_types_but_a_numeric_text_passes_for_a_number() {
        assert_eq!(read(JSON, Kind::String, false, json!(7)), Err(Rule::String));
        assert_eq!(read(JSON, Kind::String, false, json!(["a"])), Err(Rule::String));
        assert_eq!(read(JSON, Kind::Int, false, json!("42")), Ok(Value::from(42)));
        assert_eq!(read(JSON, Kind::Int, false, json!(42.0)), Ok(Value::from(42)));
        assert_eq!(read(JSON, Kind::Int, false, json!("5000000.00")), Ok(Value::from(5_000_000)));
        assert_eq!(read(JSON, Kind::Int, false, json!(1.5)), Err(Rule::Integer));
        assert_eq!(read(JSON, Kind::Int, false, json!(true)), Err(Rule::Integer));
        assert_eq!(read(JSON, Kind::Decimal, false, json!(400.50)), Ok(Value::from("400.5")));
        assert_eq!(read(JSON, Kind::Decimal, false, json!("abc")), Err(Rule::Numeric));
        assert_eq!(read(JSON, Kind::Float, false, json!("NaN")), Err(Rule::Numeric));
        for odd in ["1_0", "5__0", "1 0", "++1", "\u{ff11}", "1_"] {
            assert_eq!(read(FORM, Kind::Int, false, json!(odd)), Err(Rule::Integer), "{odd}");
            assert_eq!(read(FORM, Kind::Decimal, false, json!(odd)), Err(Rule::Numeric), "{odd}");
            assert_eq!(read(FORM, Kind::Float, false, json!(odd)), Err(Rule::Numeric), "{odd}");
        }
    }

    #[test]
    fn an_id_is_digits_and_nothing_else() {
        for given in [json!("10"), json!(" 10 "), json!(10), json!(10.0)] {
            assert_eq!(read(JSON, Kind::Id, false, given.clone()), Ok(Value::from("10")), "{given}");
        }
        for odd in
            [json!("1_0"), json!("1_"), json!("+10"), json!("-10"), json!("1e1"), json!("10.0"), json!(-10), json!(1.5)]
        {
            assert_eq!(read(JSON, Kind::Id, false, odd.clone()), Err(Rule::Integer), "{odd}");
        }
    }

    #[test]
    fn no_text_holds_what_a_database_refuses() {
        for given in [json!("a\0"), json!({ "a": "\0" }), json!({ "a\0": 1 }), json!([[{ "b": ["\0"] }]])] {
            assert_eq!(read(JSON, Kind::Any, false, given.clone()), Err(Rule::Format), "{given}");
        }
        assert_eq!(read(JSON, Kind::String, false, json!("a\0")), Err(Rule::Format));
        assert_eq!(read(JSON, Kind::Scalar, false, json!("\0")), Err(Rule::Format));
    }

    #[test]
    fn scalars_of_the_schema_are_texts_or_numbers() {
        assert_eq!(read(JSON, Kind::Scalar, false, json!(" {payout} ")), Ok(Value::from("{payout}")));
        assert_eq!(read(JSON, Kind::Scalar, false, json!(12.5)), Ok(Value::from(12.5)));
        for wrong in [json!(true), json!(["1"]), json!({ "a": 1 })] {
            assert_eq!(read(JSON, Kind::Scalar, false, wrong.clone()), Err(Rule::Format), "{wrong}");
        }
    }

    #[test]
    fn booleans_are_words_in_forms_only() {
        assert_eq!(read(JSON, Kind::Boolean, false, json!(true)), Ok(Value::Boolean(true)));
        assert_eq!(read(JSON, Kind::Boolean, false, json!("1")), Err(Rule::Boolean));
        for (word, expected) in [("1", true), ("0", false), ("true", true), ("false", false)] {
            assert_eq!(read(FORM, Kind::Boolean, false, json!(word)), Ok(Value::Boolean(expected)));
        }
        assert_eq!(read(FORM, Kind::Boolean, false, json!("on")), Err(Rule::Boolean));
    }

    #[test]
    fn dates_are_strict() {
        assert_eq!(read(JSON, Kind::Date, false, json!("2024-02-29")), Ok(Value::from("2024-02-29")));
        for wrong in ["2023-02-29", "2024-2-9", "29/02/2024", "2024-02-29T00:00:00Z"] {
            assert_eq!(read(JSON, Kind::Date, false, json!(wrong)), Err(Rule::Date), "{wrong}");
        }
    }

    #[test]
    fn times_lie_in_the_years_1_to_9999() {
        let read = |time: &str| read(JSON, Kind::DateTime, false, json!(time));
        assert_eq!(read("9999-12-31T23:59:59Z"), Ok(Value::from("9999-12-31T23:59:59+00:00")));
        for wrong in ["9999-12-31T23:59:59-01:00", "0000-12-31T23:59:59Z", "+12000-01-01T00:00:00Z"] {
            assert_eq!(read(wrong), Err(Rule::Date), "{wrong}");
        }
    }

    #[test]
    fn one_value_is_no_list_and_a_list_is_no_value() {
        let list = || Kind::List(Box::new(InputType { kind: Kind::String, nullable: false }));
        assert_eq!(read(JSON, list(), false, json!("a")), Err(Rule::Array));
        assert_eq!(read(JSON, list(), false, json!(["a", "b"])), Ok(Value::from(vec!["a", "b"])));
        assert_eq!(read(JSON, list(), false, json!(["a", 1])), Err(Rule::String));
    }

    #[test]
    fn members_of_objects_are_named_by_their_path() {
        let input_type = InputType {
            kind: Kind::Object(vec![Member {
                name: "amount".to_owned(),
                input_type: InputType { kind: Kind::Int, nullable: false },
                required: true,
            }]),
            nullable: false,
        };
        let mut broken = Vec::new();
        assert_eq!(JSON.read(&input_type, &json!({ "other": 1 }), "fee.0", &mut broken), None);
        assert_eq!(broken, [FieldViolation { field: "fee.0.amount".to_owned(), rule: Rule::Required }]);
    }

    #[test]
    fn texts_are_trimmed_unless_they_are_secret() {
        assert_eq!(read(JSON, Kind::String, false, json!(" a ")), Ok(Value::from("a")));
        assert_eq!(read(Coercion { trim: false, ..JSON }, Kind::String, false, json!(" a ")), Ok(Value::from(" a ")));
        assert_eq!(read(JSON, Kind::String, false, json!("a\0b")), Err(Rule::Format));
    }

    #[test]
    fn path_ids_have_a_form() {
        assert!(can_be_id(Ids::Integer, "17"));
        for wrong in ["", "-1", "1.0", "abc", "client_17", "99999999999999999999"] {
            assert!(!can_be_id(Ids::Integer, wrong), "{wrong}");
        }
        assert!(can_be_id(Ids::Uuid, "0190a5b0-0000-7000-8000-000000000001"));
        assert!(!can_be_id(Ids::Uuid, "0190a5b0000070008000000000000001"));
        assert!(can_be_id(Ids::Text, "akta-jual-beli"));
    }
}
