//! Values as JSON.

use async_graphql::Value;
use serde::Serialize;

/// Writes a value. Bytes are JSON already, as [rows](super::rows) leave it.
pub fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => plain(out, number),
        Value::String(text) => plain(out, text),
        Value::Enum(name) => plain(out, name.as_str()),
        Value::Binary(json) => out.extend_from_slice(json),
        Value::List(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index);
                write(out, item);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            for (index, (key, value)) in fields.iter().enumerate() {
                separate(out, index);
                write_key(out, key);
                write(out, value);
            }
            out.push(b'}');
        }
    }
}

/// The same value without bytes, for what is not written by [`write()`].
pub(crate) fn read(value: Value) -> Value {
    match value {
        Value::Binary(json) => serde_json::from_slice(&json).unwrap_or_else(|error| {
            tracing::error!(error = %error, "a part of an answer is no JSON");
            Value::Null
        }),
        Value::List(items) => Value::List(items.into_iter().map(read).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (key, read(value))).collect()),
        leaf => leaf,
    }
}

/// Writes the name of a field of an object.
pub fn write_key(out: &mut Vec<u8>, key: &str) {
    plain(out, key);
    out.push(b':');
}

/// Writes the name that a client gave a field, in which there is nothing to escape.
pub(crate) fn write_name(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Writes what stands between the entries of a list or an object.
pub fn separate(out: &mut Vec<u8>, index: usize) {
    if index > 0 {
        out.push(b',');
    }
}

/// Writes what can always be written: texts, numbers, and what is made of them under names that are texts.
pub(crate) fn plain<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    if let Err(error) = serde_json::to_writer(out, value) {
        tracing::error!(error = %error, "a part of an answer could not be written as JSON");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_as_serde_writes_it() {
        let json = r#"{"a":[1,-2.5,1e300,true,false,null,{}],"b\"":"line\nbreak\u0001 é漢 \\ /","c":{"d":[]},"e":18446744073709551615}"#;
        let value: Value = serde_json::from_str(json).unwrap();
        let mut out = Vec::new();
        write(&mut out, &value);
        assert_eq!(out, serde_json::to_vec(&value).unwrap());
    }

    #[test]
    fn what_is_json_already_stays_as_it_is() {
        let mut out = Vec::new();
        write(
            &mut out,
            &Value::List(vec![
                Value::Binary(br#"{"a":1}"#.to_vec().into()),
                Value::Enum(async_graphql::Name::new("A")),
            ]),
        );
        assert_eq!(out, br#"[{"a":1},"A"]"#);
    }
}
