//! Who may do what: every role at every field that an operation can start at, on rows of its own, of others and on none.
//!
//! What comes out stands in [`permissions.txt`](../permissions.txt), which is read when something about it changes.

mod calls;
mod world;

use std::{
    collections::{BTreeSet, HashMap},
    env, fs,
    path::Path,
};

use async_graphql::parser::types::OperationType;
use gerbang_graphql::type_index::{SchemaIndex, TypeIndex, base_name};
use serde_json::Value;

use self::{
    calls::{About, CALLS, Call, Root},
    world::{Caller, Target, World},
};
use crate::support::app::Answer;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/graphql/permissions.txt");
/// Set to write the file anew.
const RENEW: &str = "GERBANG_TEST_RENEW";
const HEAD: &str = "\
# What each role is answered at each field that an operation can start at.
#
# own        a row that belongs to the caller or, where the role has none, to somebody whose role has; the caller's own
#            realm where rows belong to realms
# foreign    a like row of somebody else with that role; of another realm where rows belong to realms
# elsewhere  an account of another realm
# absent     no row
#
# ok: it is done or shown. null: it is not shown. own, foreign: which of the rows a list shows. Anything else is the code
# of the error, and the rules that were broken.
#
# Written by a test, which fails when something else comes out:
#     GERBANG_TEST_RENEW=1 cargo test --test it graphql::permissions
";

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Foreign => "foreign",
            Self::Elsewhere => "elsewhere",
            Self::Absent => "absent",
        }
    }
}

impl Root {
    fn of(self) -> (&'static str, OperationType) {
        match self {
            Self::Query => ("query", OperationType::Query),
            Self::Mutation => ("mutation", OperationType::Mutation),
            Self::Subscription => ("subscription", OperationType::Subscription),
        }
    }
}

/// What a field yields, as far as calls need it.
struct FieldSummary {
    selection: &'static str,
    is_list: bool,
    is_paged: bool,
}

fn summary_of(index: &SchemaIndex, root: Root, field: &str) -> FieldSummary {
    let parent = index.root(root.of().1).expect("the root type");
    let ty = &index.field(parent, field).unwrap_or_else(|| panic!("there is no {field}")).ty;
    let base = base_name(ty);
    let has_id = |name: &str| index.field(name, "id").is_some();
    if let Some(node) = base.strip_suffix("Connection") {
        let selection = if has_id(node) { "{ nodes { id } }" } else { "{ nodes { __typename } }" };
        return FieldSummary { selection, is_list: true, is_paged: true };
    }
    let (selection, is_list) = match index.get(base) {
        Some(TypeIndex::Fields(_)) if ty.to_string().starts_with('[') => ("{ id }", true),
        Some(TypeIndex::Fields(_) | TypeIndex::Union) => ("{ __typename }", false),
        _ => ("", false),
    };
    FieldSummary { selection, is_list, is_paged: false }
}

fn outcome(answer: &Answer, field: &str, seen: impl Fn(&Value) -> Vec<&'static str>, is_list: bool) -> String {
    if !answer.errors.is_null() {
        let code = answer.code();
        let rules = if code == "VALIDATION_FAILED" { answer.broken_rules().join(", ") } else { String::new() };
        return format!("{code} {rules}").trim().to_owned();
    }
    let value = &answer.data[field];
    match value {
        Value::Null if answer.data.get("watched").is_none() => "null".to_owned(),
        value if is_list => {
            let rows = value.get("nodes").unwrap_or(value).as_array().expect("a list");
            let seen: BTreeSet<_> = rows.iter().flat_map(seen).collect();
            let seen: Vec<_> = ["own", "foreign"].into_iter().filter(|name| seen.contains(name)).collect();
            if !seen.is_empty() {
                seen.join("+")
            } else if rows.is_empty() {
                "empty".to_owned()
            } else {
                "others".to_owned()
            }
        }
        _ => "ok".to_owned(),
    }
}

/// One line of the file for each outcome, with the callers who have it.
fn lines(target: &str, outcomes: &[(&'static str, String)]) -> String {
    let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
    for (caller, outcome) in outcomes {
        match grouped.iter_mut().find(|(known, _)| known == outcome) {
            Some((_, callers)) => callers.push(caller),
            None => grouped.push((outcome, vec![caller])),
        }
    }
    let callers = |callers: &[&str]| {
        if callers.len() == outcomes.len() { "everybody".to_owned() } else { callers.join(" ") }
    };
    grouped.iter().map(|(outcome, with)| format!("    {target:<10} {outcome}: {}\n", callers(with))).collect()
}

async fn ask(world: &World, index: &SchemaIndex, call: &Call) -> String {
    let (root, field, about, arguments) = *call;
    let FieldSummary { selection, is_list, is_paged } = summary_of(index, root, field);
    let has_target = arguments.contains("{id}");
    let targets: Vec<Option<Target>> =
        if has_target { about.targets().iter().copied().map(Some).collect() } else { vec![None] };
    let mut text = format!(
        "{} {field}{}\n",
        root.of().0,
        if arguments.is_empty() { String::new() } else { format!("({arguments})") }
    );
    for target in targets {
        let mut outcomes = Vec::new();
        for caller in &world.callers {
            let key = target.map_or_else(String::new, |target| about.key(caller, target));
            let arguments = if is_paged { format!("first: 100 {arguments}") } else { arguments.replace("{id}", &key) };
            let arguments = if arguments.is_empty() { arguments } else { format!("({arguments})") };
            let answer = world.call(caller, root, &format!("{field}{arguments} {selection}")).await;
            if root == Root::Mutation && answer.errors.is_null() {
                world.restore().await;
            }
            outcomes.push((caller.name, outcome(&answer, field, |row| seen(about, caller, row), is_list)));
        }
        text += &lines(target.map_or("", Target::name), &outcomes);
    }
    text
}

/// Whose row it is.
fn seen(about: About, caller: &Caller, row: &Value) -> Vec<&'static str> {
    let id = row["id"].as_str().unwrap_or_default();
    let is = |target: Target| {
        let key = about.key(caller, target);
        !key.is_empty() && (id == key || id.ends_with(&format!("_{key}")))
    };
    [Target::Own, Target::Foreign].into_iter().filter(|target| is(*target)).map(Target::name).collect()
}

#[test]
fn every_field_that_an_operation_can_start_at_is_called() {
    let index = SchemaIndex::new(gerbang::graphql::sdl()).unwrap();
    let mut called: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (root, field, ..) in CALLS {
        called.entry(root.of().0).or_default().insert(field);
    }
    for root in [Root::Query, Root::Mutation, Root::Subscription] {
        let (word, kind) = root.of();
        let Some(TypeIndex::Fields(fields)) = index.root(kind).and_then(|root| index.get(root)) else {
            panic!("{word} has no fields");
        };
        let missing: Vec<_> =
            fields.keys().filter(|field| !field.starts_with("__") && !called[word].contains(field.as_str())).collect();
        assert!(missing.is_empty(), "say in CALLS how these are called, as a {word}: {missing:?}");
    }
}

#[tokio::test]
async fn every_role_is_answered_as_the_file_says() {
    let world = World::new().await;
    let index = SchemaIndex::new(gerbang::graphql::sdl()).unwrap();
    let mut found = HEAD.to_owned();
    for call in CALLS {
        found += "\n";
        found += &ask(&world, &index, call).await;
    }
    if env::var_os(RENEW).is_some() {
        fs::write(FILE, &found).unwrap();
        return;
    }
    let known = fs::read_to_string(Path::new(FILE)).unwrap_or_default();
    let different: Vec<_> = found
        .split("\n\n")
        .filter(|call| !known.split("\n\n").any(|known| known.trim_end() == call.trim_end()))
        .collect();
    assert!(
        different.is_empty() && known == found,
        "permissions.txt says something else about this; if it is meant, renew it with `{RENEW}=1 cargo test --test it graphql::permissions` and read what changed:\n{}",
        different.join("\n\n")
    );
}
