//! Lengths, forms and ranges of what a route takes. They are not written down here: the very rules that judge requests
//! are asked about values that break them.

use async_graphql::{Name, Value, Variables};
use gerbang_kernel::error::Rule;
use serde_json::{Map, Value as Json, json};

use crate::model::{input_type::Kind, route::Route, rules::InputRules};

/// The keywords that the rules for the variable at `index` come to.
pub(super) fn keywords(route: &Route, index: usize, rules: &dyn InputRules) -> Map<String, Json> {
    let mut keywords = Map::new();
    let mut add = |key: &str, value: Json| {
        keywords.entry(key.to_owned()).or_insert(value);
    };
    for rule in
        probes(&route.variables[index].input_type.kind).iter().flat_map(|probe| broken(route, index, probe, rules))
    {
        match rule {
            Rule::MinLength(least) => add("minLength", json!(least)),
            Rule::MaxLength(most) => add("maxLength", json!(most)),
            Rule::Min(least) => add("minimum", json!(least)),
            Rule::Max(most) => add("maximum", json!(most)),
            Rule::Email => add("format", json!("email")),
            Rule::Url => add("format", json!("uri")),
            Rule::Phone => {
                let bare = broken(route, index, &Value::from("1234567890"), rules);
                let start = if bare.contains(&Rule::Phone) { r"(\+|0)" } else { r"[+0-9]" };
                add("pattern", json!(format!("^{start}[0-9 ().-]{{7,}}[0-9]$")));
            }
            _ => {}
        }
    }
    keywords
}

/// Values of this kind that break rules, if there are any.
fn probes(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::String => vec![Value::from("a"), Value::from("a".repeat(20)), Value::from("a".repeat(100_000))],
        Kind::Int => vec![Value::from(i64::MIN), Value::from(i64::MAX)],
        _ => Vec::new(),
    }
}

/// The rules that `probe` breaks as the value of a variable, alone in its input.
fn broken(route: &Route, index: usize, probe: &Value, rules: &dyn InputRules) -> Vec<Rule> {
    let mut variables = Variables::default();
    variables.insert(Name::new(&route.variables[index].name), probe.clone());
    let judged = route.inputs.iter().filter_map(|input| Some((&input.ty, input.part(&variables)?)));
    let violations = judged.flat_map(|(ty, partial)| rules.check(ty, &partial));
    violations
        .filter(|violation| route.variable_at(&violation.path) == Some((index, "")))
        .map(|violation| violation.rule)
        .collect()
}
