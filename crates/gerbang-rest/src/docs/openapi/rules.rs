//! Lengths, forms and ranges of what a route takes, as they are declared at the inputs' fields.

use async_graphql::{Variables, indexmap::IndexMap};
use gerbang_graphql::rules::{FieldRule, Form, Members};
use serde_json::{Map, Value as Json, json};

use crate::model::{route::Route, rules::InputRules};

/// `+` or a leading 0 and 8 to 15 digits, with blanks, dots, hyphens and parentheses wherever they are.
const PHONE: &str = r"^[ .()-]*(\+[ .()-]*[0-9]|0)([ .()-]*[0-9]){7,14}[ .()-]*$";
/// The same, or without the leading 0.
const BARE_PHONE: &str = r"^ *([1-9]([ .()-]*[0-9]){6,13}|[ .()-]*(\+[ .()-]*[0-9]|0)([ .()-]*[0-9]){7,14})[ .()-]*$";

/// Adds the rules for the variable at `index` to its `schema`.
pub(super) fn apply(schema: &mut Json, route: &Route, index: usize, rules: &dyn InputRules) {
    // What the route fixes, such as the realm, may decide.
    let constants = Variables::default();
    let partials = route.inputs.iter().filter_map(|input| Some((&input.ty, input.part(&constants)?)));
    for (ty, partial) in partials {
        for place in route.places.iter().filter(|place| place.variable == index) {
            // Behind the argument, and wherever in a list.
            let names = place.path.split('.').skip(1).filter(|name| name.parse::<usize>().is_err());
            if let Some((form, field)) = rules.form(ty, &names.collect::<Vec<_>>(), &partial) {
                of_field(schema, form, field);
            }
        }
    }
}

fn of_field(schema: &mut Json, form: Form, field: &FieldRule) {
    if let Some(items) = schema.get_mut("items") {
        of_field(items, form, field);
        if let Some((min, max)) = field.items {
            schema["minItems"] = min.into();
            schema["maxItems"] = max.into();
        }
        return;
    }
    if let (Some(members), Some(rules)) = (schema.get_mut("properties").and_then(Json::as_object_mut), field.members) {
        for field in rules.fields {
            if let Some(member) = members.get_mut(field.name) {
                let nothing = IndexMap::default();
                of_field(member, field.form.among(&Members::of(&nothing)), field);
            }
        }
        return;
    }
    if let Some(members) = schema.as_object_mut().filter(|members| !members.contains_key("enum")) {
        let mut may_be_null = false;
        if let Some(types) = members.get_mut("type").and_then(Json::as_array_mut) {
            types.retain(|name| !(field.required && name == "null"));
            may_be_null = types.iter().any(|name| name == "null");
        }
        for (key, mut value) in keywords(form) {
            if let Json::Array(words) = &mut value {
                words.extend(field.optional.then(|| "".into()));
                words.extend(may_be_null.then_some(Json::Null));
            }
            members.insert(key, value);
        }
        // What is blank is refused, unless it stands for nothing, as it does in most APIs where there may be nothing.
        if !field.optional && !may_be_null && matches!(form, Form::Text { min: 0, .. } | Form::Name { min: 0, .. }) {
            members.insert("minLength".to_owned(), 1.into());
        }
    }
}

fn keywords(form: Form) -> Map<String, Json> {
    let lengths = |min: u64, max: u64| match min {
        0 => json!({ "maxLength": max }),
        _ => json!({ "minLength": min, "maxLength": max }),
    };
    let keywords = match form {
        Form::Text { min, max } | Form::Name { min, max } => lengths(min, max),
        Form::Email { max } => json!({ "format": "email", "maxLength": max }),
        Form::Phone => json!({ "pattern": PHONE }),
        Form::BarePhone => json!({ "pattern": BARE_PHONE }),
        Form::Password { min } => lengths(min, Form::MAX_PASSWORD),
        Form::Currency => json!({ "pattern": "^[A-Za-z]{3}$" }),
        Form::Url { max } => json!({ "format": "uri", "maxLength": max }),
        Form::Word { max } => json!({ "pattern": "^[A-Za-z0-9._-]+$", "maxLength": max }),
        Form::Pattern { pattern, max } => json!({ "pattern": format!("^(?:{pattern})$"), "maxLength": max }),
        Form::Number { min, max } => json!({ "minimum": min, "maximum": max }),
        // Of a text: an API has its own words for those of an enum, which stand in the schema already.
        Form::OneOf(words) => json!({ "enum": words }),
        Form::Any | Form::Repeats(_) | Form::By(_) => json!({}),
    };
    match keywords {
        Json::Object(keywords) => keywords,
        _ => Map::new(),
    }
}
