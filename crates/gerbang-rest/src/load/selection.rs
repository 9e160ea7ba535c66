//! The selection against the schema, and the plan that it makes for showing the answer.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{BaseType, Directive, InlineFragment, Selection, SelectionSet, Type},
};
use gerbang_graphql::type_index::{Input, Inputs};

use super::{
    arguments::Arguments,
    directives::{self, ON_FRAGMENT},
    report::{Report, suggest},
    schema::Schema,
};
use crate::model::{
    document::STANDARD,
    plan::{Content, Outcome, Plan},
    variable::PagingRole,
};

/// A key of the body, the types that have it, and where it comes from.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) on: Option<Vec<String>>,
    pub(super) pos: Pos,
}

/// Walks a selection.
pub(super) struct Walk<'a, 'f> {
    pub(super) schema: &'a Schema,
    pub(super) report: &'a mut Report<'f>,
    pub(super) arguments: Arguments<'a>,
    /// What each paginated list reads from which variable.
    pub(super) paging: HashMap<Name, PagingRole>,
    /// The API's words by enum type, from `@values` on variables.
    pub(super) words: HashMap<String, Vec<(String, String)>>,
    /// The variables that may come as a bare number, and the member of the list's object that it becomes.
    pub(super) bare: HashMap<String, String>,
    /// The members that the dialect puts beside the rows of a page.
    pub(super) envelope: Vec<&'static str>,
    /// The leaves that are shown: key, type and place.
    pub(super) leaves: Vec<(String, String, Pos)>,
}

/// Where a selection stands.
#[derive(Clone, Copy)]
struct Scope<'a> {
    /// The type whose fields are selected.
    parent: &'a str,
    /// The types of object that this is selected on; `None` for all.
    on: Option<&'a [String]>,
    /// Whether nothing of it is shown.
    hidden: bool,
}

/// An object in the making.
#[derive(Default)]
struct Object {
    plan: Plan,
    keys: Vec<Key>,
}

impl Walk<'_, '_> {
    /// The plan of an object of type `parent`, and the keys that it shows.
    pub(super) fn object(&mut self, set: &Positioned<SelectionSet>, parent: &str, hidden: bool) -> (Plan, Vec<Key>) {
        let mut object = Object::default();
        self.items(&set.node, Scope { parent, on: None, hidden }, &mut object);
        let Object { mut plan, keys } = object;
        if !plan.outcomes.is_empty() {
            self.exhaustive(&plan, set.pos, parent);
        }
        plan.needs_inspection = !plan.outcomes.is_empty()
            || plan.steps.iter().any(|step| {
                let below = match &step.content {
                    Content::Object(plan) | Content::Page(plan) => plan.needs_inspection,
                    Content::Leaf(_) | Content::Entries { .. } => false,
                };
                below || step.required.is_some() || step.outcome.is_some()
            });
        plan.paged = plan.steps.iter().any(|step| match &step.content {
            Content::Page(_) => true,
            Content::Object(plan) => plan.paged,
            Content::Leaf(_) | Content::Entries { .. } => false,
        });
        (plan, keys)
    }

    fn items(&mut self, set: &SelectionSet, scope: Scope<'_>, object: &mut Object) {
        for item in &set.items {
            self.standard(item.node.directives());
            match &item.node {
                Selection::Field(field) => {
                    if let Some((mut step, shown)) = self.field(field, scope.parent, scope.hidden) {
                        step.on = scope.on.map(<[String]>::to_vec);
                        step.position = object.plan.steps.len();
                        if object
                            .plan
                            .steps
                            .iter()
                            .any(|other| other.key == step.key && overlap(other.on.as_ref(), step.on.as_ref()))
                        {
                            let problem = format!("`{}` is selected twice", step.key);
                            self.report.add(field.pos, problem, "Give one of them an alias.");
                            continue;
                        }
                        object.plan.steps.push(step);
                        for mut key in shown {
                            if key.on.is_none() {
                                key.on = scope.on.map(<[String]>::to_vec);
                            }
                            self.claim(key, &mut object.keys);
                        }
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.fragment(fragment, scope, object);
                }
                Selection::FragmentSpread(spread) => self.report.add(
                    spread.pos,
                    format!("`...{}` is a named fragment", spread.node.fragment_name.node),
                    "Write the fields out: the file is the shape of its answer.",
                ),
            }
        }
    }

    /// Takes a key of the body, unless another field has it.
    pub(super) fn claim(&mut self, key: Key, keys: &mut Vec<Key>) {
        if keys.iter().any(|other| other.name == key.name && overlap(other.on.as_ref(), key.on.as_ref())) {
            let problem = format!("the body would have the key `{}` twice", key.name);
            self.report.add(key.pos, problem, "Give one of them an alias, or leave it out with @omit.");
        } else {
            keys.push(key);
        }
    }

    fn fragment(&mut self, fragment: &Positioned<InlineFragment>, scope: Scope<'_>, object: &mut Object) {
        let Scope { parent, hidden, .. } = scope;
        let Positioned { pos, node: fragment } = fragment;
        let allowed = directives::allowed(&fragment.directives, &ON_FRAGMENT, "an inline fragment", self.report);
        let outcome = allowed.first().map(|directive| directives::read_outcome(directive, self.report));
        let ty = fragment.type_condition.as_ref().map_or(parent, |condition| condition.node.on.node.as_str());
        let types: Vec<String> = self.schema.possible_types(ty).into_iter().map(str::to_owned).collect();
        let possible = self.schema.possible_types(parent);
        if !types.iter().any(|ty| possible.contains(&ty.as_str())) {
            let problem = format!("{parent} is never a {ty}");
            self.report.add(*pos, problem, suggest(ty, possible.iter().copied()));
            return;
        }
        if let Some(outcome) = outcome {
            let outcome = Outcome { status: outcome.status, message: outcome.message };
            object.plan.outcomes.push((types.clone(), outcome));
        }
        let on = if ty == parent { scope.on } else { Some(types.as_slice()) };
        self.items(&fragment.selection_set.node, Scope { parent: ty, on, hidden }, object);
    }

    /// Reports types without an outcome, or with two.
    fn exhaustive(&mut self, plan: &Plan, pos: Pos, parent: &str) {
        let mut seen = HashSet::new();
        for ty in plan.outcomes.iter().flat_map(|(types, _)| types) {
            if !seen.insert(ty.as_str()) {
                let problem = format!("two @outcome fragments apply to {ty}");
                self.report.add(pos, problem, "Make the fragments disjoint.");
            }
        }
        for ty in self.schema.possible_types(parent) {
            if !seen.contains(ty) {
                let problem = format!("no @outcome fragment applies to {ty}, which {parent} can be");
                self.report.add(pos, problem, format!("Add `... on {ty} @outcome {{ ... }}`."));
            }
        }
    }

    /// GraphQL's own directives, whose variables are used.
    pub(super) fn standard(&mut self, directives: &[Positioned<Directive>]) {
        let condition = Input::of(Type { base: BaseType::Named(Name::new("Boolean")), nullable: false });
        let defined = Inputs::from([(Name::new("if"), condition)]);
        for directive in directives.iter().filter(|directive| STANDARD.contains(&directive.node.name.node.as_str())) {
            self.arguments.read(&directive.node.name, &directive.node.arguments, &defined, self.report);
        }
    }
}

fn overlap(left: Option<&Vec<String>>, right: Option<&Vec<String>>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.iter().any(|ty| right.contains(ty)),
        _ => true,
    }
}
