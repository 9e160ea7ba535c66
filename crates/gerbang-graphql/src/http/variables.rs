//! The values of variables, as JSON.
//!
//! JSON does not say what an object with two members of one name means, and GraphQL forbids it: whichever was taken,
//! the client might have meant the other. Where the text is still there, it is seen.

use std::fmt;

use async_graphql::{Name, Variables, indexmap::IndexMap};
use async_graphql_value::{ConstValue, Number};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use super::refusal::{Kind, Refusal};

/// The variables of one operation as they were sent.
#[derive(Debug, Default)]
pub(super) struct SentVariables {
    pub(super) values: Variables,
    /// A name that one of the objects has twice.
    repeated: Option<String>,
}

impl SentVariables {
    /// The values.
    ///
    /// # Errors
    /// When an object names a member twice.
    pub(super) fn into_values(self) -> Result<Variables, Refusal> {
        match self.repeated {
            Some(name) => Err(Refusal::new(
                Kind::Variables,
                format!("There can be only one member named \"{name}\" in an object of the variables."),
            )),
            None => Ok(self.values),
        }
    }
}

impl<'de> Deserialize<'de> for SentVariables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut repeated = None;
        match Reader(&mut repeated).deserialize(deserializer)? {
            ConstValue::Null => Ok(Self::default()),
            values @ ConstValue::Object(_) => Ok(Self { values: Variables::from_value(values), repeated }),
            _ => Err(D::Error::custom("`variables` must be an object")),
        }
    }
}

/// Reads any JSON, and notes the first name that an object has twice.
struct Reader<'r>(&'r mut Option<String>);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = ConstValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ConstValue, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ConstValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<ConstValue, E> {
        Ok(ConstValue::Null)
    }

    fn visit_none<E>(self) -> Result<ConstValue, E> {
        Ok(ConstValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<ConstValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<ConstValue, E> {
        Ok(ConstValue::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<ConstValue, E> {
        Ok(ConstValue::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<ConstValue, E> {
        Ok(ConstValue::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<ConstValue, E> {
        Ok(Number::from_f64(value).map_or(ConstValue::Null, ConstValue::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<ConstValue, E> {
        Ok(ConstValue::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<ConstValue, E> {
        Ok(ConstValue::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ConstValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Reader(self.0))? {
            list.push(item);
        }
        Ok(ConstValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<ConstValue, A::Error> {
        let mut object = IndexMap::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Reader(self.0))?;
            if object.insert(Name::new(&name), value).is_some() {
                self.0.get_or_insert(name);
            }
        }
        Ok(ConstValue::Object(object))
    }
}
