//! Checking values against rules.

use async_graphql::Value;
use gerbang_kernel::error::{Rule, Violation, Violations};

use super::{FieldRule, Form, InputRules, Members, of};

gerbang_kernel::custom_rule! {
    /// A list has its bound.
    pub TOO_MANY: "These are too many at once.", "Terlalu banyak sekaligus."
}

/// The rules that the members of `partial`, a part of an input of the type `input_type`, break. Paths are those that the
/// operation itself raises, such as `input.question`.
pub fn check(input_type: &str, partial: &Value) -> Vec<Violation> {
    let mut found = Violations::new();
    if let (Some(rules), Value::Object(members)) = (of(input_type), partial) {
        object(rules, Members::of(members), "input", &mut found);
    }
    found.into_inner()
}

/// The form of the member at `path` (such as `fees.name`) of an input of this type, of which `partial` is known.
pub fn form_at(input_type: &str, path: &[&str], partial: &Value) -> Option<(Form, &'static FieldRule)> {
    let Value::Object(members) = partial else { return None };
    let (last, above) = path.split_last()?;
    let mut rules = of(input_type)?;
    for name in above {
        rules = rules.fields.iter().find(|field| field.name == *name)?.members?;
    }
    let field = rules.fields.iter().find(|field| field.name == *last)?;
    Some((field.form.among(&Members::of(members)), field))
}

pub(super) fn object(rules: &InputRules, members: Members<'_>, path: &str, found: &mut Violations) {
    for field in rules.fields {
        let Some(value) = members.get(field.name) else {
            if field.required && members.is_null(field.name) {
                found.add(format!("{path}.{}", field.name), Rule::Required);
            }
            continue;
        };
        if let Form::Repeats(other) = field.form {
            let (given, repeated) = (members.text(other), members.text(field.name));
            if given.is_some() && given != repeated {
                found.add(format!("{path}.{other}"), Rule::Confirmed);
            }
            continue;
        }
        let form = field.form.among(&members);
        self::value(field, form, value, &format!("{path}.{}", field.name), found);
    }
    if let Some(also) = rules.also {
        also(members, found);
    }
}

fn value(field: &FieldRule, form: Form, value: &Value, path: &str, found: &mut Violations) {
    match value {
        Value::List(items) => {
            if let Some((min, max)) = field.items {
                match items.len() as u64 {
                    count if count < min => found.add(path.to_owned(), Rule::Required),
                    count if count > max => found.add(path.to_owned(), TOO_MANY),
                    _ => {}
                }
            }
            for (place, item) in items.iter().enumerate() {
                self::value(field, form, item, &format!("{path}.{place}"), found);
            }
        }
        Value::Object(members) => {
            if let Some(rules) = field.members {
                object(rules, Members::of(members), path, found);
            }
        }
        Value::Enum(word) => {
            if let Some(rule) = form.broken_by_word(word) {
                found.add(path.to_owned(), rule);
            }
        }
        Value::String(text) => {
            let missing = field.optional && gerbang_kernel::text::is_blank(text.trim());
            let checked = || field.check.and_then(|check| check(text.trim()));
            let broken = || match form {
                // That it is none of the words says less than what its check finds.
                Form::OneOf(_) => checked().or_else(|| form.broken_by_text(text)),
                _ => form.broken_by_text(text).or_else(checked),
            };
            if let Some(rule) = (!missing).then(broken).flatten() {
                found.add(path.to_owned(), rule);
            }
        }
        Value::Number(number) => {
            // One above 64 bits is too large for every rule, as the largest of 64 bits is.
            let whole = number.as_i64().or_else(|| number.as_u64().map(|_| i64::MAX));
            if let Some(rule) = whole.and_then(|number| form.broken_by_number(number)) {
                found.add(path.to_owned(), rule);
            }
        }
        Value::Null | Value::Boolean(_) | Value::Binary(_) => {}
    }
}
