//! The selection against the schema, and the plan that it makes for showing the answer.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{
        Directive, Field, FieldDefinition, InlineFragment, InputValueDefinition, Selection, SelectionSet, Type,
        TypeKind,
    },
};
use async_graphql_value::Value;

use super::arguments::Arguments;
use crate::rest::{
    defect::{Report, suggest},
    directives::{self, ON_FIELD, ON_FRAGMENT},
    render::{Content, Leaf, Outcome, Plan, ROWS, Show, Step},
    route::PagingRole,
    sdl::{Sdl, is_list, named},
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
    pub(super) sdl: &'a Sdl,
    pub(super) report: &'a mut Report<'f>,
    pub(super) arguments: Arguments<'a>,
    /// What each paginated list reads from which variable.
    pub(super) paging: HashMap<Name, PagingRole>,
    /// The API's words by enum type, from `@values` on variables.
    pub(super) words: HashMap<String, Vec<(String, String)>>,
    /// The members that the dialect puts beside the rows of a page.
    pub(super) envelope: Vec<&'static str>,
    /// The leaves that are shown: key, type and place.
    pub(super) leaves: Vec<(String, String, Pos)>,
}

/// What the directives on a field say.
#[derive(Default)]
struct Marks {
    spread: bool,
    omit: Option<bool>,
    required: Option<crate::error::ErrorCode>,
    nullable: bool,
    page: bool,
    entries: Option<(String, String)>,
    outcome: Option<Outcome>,
    values: Option<Vec<(String, String)>>,
}

impl Walk<'_, '_> {
    /// The plan of an object of type `parent`, and the keys that it shows.
    pub(super) fn object(&mut self, set: &Positioned<SelectionSet>, parent: &str, hidden: bool) -> (Plan, Vec<Key>) {
        let (mut plan, mut keys) = (Plan::default(), Vec::new());
        self.items(&set.node, parent, None, hidden, &mut plan, &mut keys);
        if !plan.outcomes.is_empty() {
            self.exhaustive(&plan, set.pos, parent);
        }
        plan.watched = !plan.outcomes.is_empty()
            || plan.steps.iter().any(|step| {
                let below = match &step.content {
                    Content::Object(plan) | Content::Page(plan) => plan.watched,
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

    fn items(
        &mut self,
        set: &SelectionSet,
        parent: &str,
        on: Option<&[String]>,
        hidden: bool,
        plan: &mut Plan,
        keys: &mut Vec<Key>,
    ) {
        for item in &set.items {
            self.standard(item.node.directives());
            match &item.node {
                Selection::Field(field) => {
                    if let Some((mut step, shown)) = self.field(field, parent, hidden) {
                        step.on = on.map(<[String]>::to_vec);
                        step.position = plan.steps.len();
                        if plan.steps.iter().any(|other| other.key == step.key && overlap(&other.on, &step.on)) {
                            let problem = format!("`{}` is selected twice", step.key);
                            self.report.add(field.pos, problem, "Give one of them an alias.");
                            continue;
                        }
                        plan.steps.push(step);
                        for mut key in shown {
                            if key.on.is_none() {
                                key.on = on.map(<[String]>::to_vec);
                            }
                            self.claim(key, keys);
                        }
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.fragment(&fragment.node, fragment.pos, parent, on, hidden, plan, keys);
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
        if keys.iter().any(|other| other.name == key.name && overlap(&other.on, &key.on)) {
            let problem = format!("the body would have the key `{}` twice", key.name);
            self.report.add(key.pos, problem, "Give one of them an alias, or leave it out with @omit.");
        } else {
            keys.push(key);
        }
    }

    fn fragment(
        &mut self,
        fragment: &InlineFragment,
        pos: Pos,
        parent: &str,
        on: Option<&[String]>,
        hidden: bool,
        plan: &mut Plan,
        keys: &mut Vec<Key>,
    ) {
        let marks = directives::allowed(&fragment.directives, &ON_FRAGMENT, "an inline fragment", self.report);
        let outcome = marks.first().map(|directive| directives::read_outcome(directive, self.report));
        let ty = fragment.type_condition.as_ref().map_or(parent, |condition| condition.node.on.node.as_str());
        let types: Vec<String> = self.sdl.possible_types(ty).into_iter().map(str::to_owned).collect();
        let possible = self.sdl.possible_types(parent);
        if !types.iter().any(|ty| possible.contains(&ty.as_str())) {
            let problem = format!("{parent} is never a {ty}");
            self.report.add(pos, problem, suggest(ty, possible.iter().copied()));
            return;
        }
        if let Some(outcome) = outcome {
            let outcome = Outcome { status: outcome.status, message: outcome.message };
            plan.outcomes.push((types.clone(), outcome));
        }
        if ty == parent {
            self.items(&fragment.selection_set.node, parent, on, hidden, plan, keys);
        } else {
            self.items(&fragment.selection_set.node, ty, Some(&types), hidden, plan, keys);
        }
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
        for ty in self.sdl.possible_types(parent) {
            if !seen.contains(ty) {
                let problem = format!("no @outcome fragment applies to {ty}, which {parent} can be");
                self.report.add(pos, problem, format!("Add `... on {ty} @outcome {{ ... }}`."));
            }
        }
    }

    fn marks(&mut self, field: &Field) -> Marks {
        let mut marks = Marks::default();
        for directive in directives::allowed(&field.directives, &ON_FIELD, "a field", self.report) {
            match directive.node.name.node.as_str() {
                "spread" => {
                    directives::read_bare(directive, self.report);
                    marks.spread = true;
                }
                "nullable" => {
                    directives::read_bare(directive, self.report);
                    marks.nullable = true;
                }
                "page" => {
                    directives::read_bare(directive, self.report);
                    marks.page = true;
                }
                "omit" => marks.omit = Some(directives::read_omit(directive, self.report)),
                "required" => marks.required = Some(directives::read_required(directive, self.report)),
                "entries" => marks.entries = Some(directives::read_entries(directive, self.report)),
                "values" => marks.values = Some(directives::read_values(directive, self.report)),
                _ => {
                    let outcome = directives::read_outcome(directive, self.report);
                    marks.outcome = Some(Outcome { status: outcome.status, message: outcome.message });
                }
            }
        }
        marks
    }

    /// The step of one field and the keys that it shows.
    fn field(&mut self, field: &Positioned<Field>, parent: &str, hidden: bool) -> Option<(Step, Vec<Key>)> {
        let pos = field.pos;
        let field = &field.node;
        let marks = self.marks(field);
        let Some(definition) = self.sdl.field(parent, &field.name.node) else {
            let names = self.sdl.fields(parent).map(|field| field.name.node.as_str());
            let problem = format!("{parent} has no field `{}`", field.name.node);
            self.report.add(field.name.pos, problem, suggest(&field.name.node, names));
            return None;
        };
        self.arguments.read(&field.name, &field.arguments, &definition.arguments, self.report);
        let ty = &definition.ty.node;
        let hidden = hidden || marks.omit == Some(false) || marks.outcome.is_some();
        self.sensible(field, pos, ty, &marks, hidden);
        let key = field.response_key().node.to_string();
        let show = match (&marks.omit, marks.spread) {
            (Some(false), _) => Show::Hidden,
            _ if marks.outcome.is_some() => Show::Hidden,
            (_, true) => Show::Spread,
            (Some(true), _) => Show::UnlessNull,
            (None, false) => Show::Member,
        };
        let (content, inner) = self.content(field, pos, definition, &key, &marks, hidden)?;
        let mut shown = match show {
            Show::Hidden => Vec::new(),
            Show::Spread => inner,
            Show::Member | Show::UnlessNull => vec![Key { name: key.clone(), on: None, pos }],
        };
        if marks.page {
            shown.extend(self.envelope.iter().map(|name| Key { name: (*name).to_owned(), on: None, pos }));
        }
        let step = Step {
            key,
            position: 0,
            on: None,
            show,
            required: marks.required,
            outcome: marks.outcome,
            nullable: ty.nullable,
            list: is_list(ty),
            content,
        };
        Some((step, shown))
    }

    /// Reports directives that can't mean anything on a field of this type.
    fn sensible(&mut self, field: &Field, pos: Pos, ty: &Type, marks: &Marks, hidden: bool) {
        let name = &field.name.node;
        let composite = self.sdl.is_composite(named(ty));
        let mut wrong = |problem: String, remedy: &str| self.report.add(pos, problem, remedy);
        if !ty.nullable {
            for (given, directive) in [
                (marks.required.is_some(), "@required"),
                (marks.omit == Some(true), "@omit(when: NULL)"),
                (marks.nullable, "@nullable"),
            ] {
                if given {
                    wrong(format!("`{name}` is {ty} and never null"), &format!("Take {directive} away."));
                }
            }
        }
        if ty.nullable && composite && !hidden && marks.required.is_none() && marks.omit.is_none() && !marks.nullable {
            wrong(
                format!("`{name}` is {ty} and may be null"),
                "Say what null means: @required (an error), @omit(when: NULL) (left out) or @nullable (shown as null).",
            );
        }
        if marks.nullable && ty.nullable && !composite {
            wrong(format!("`{name}` is a {ty}, which is shown as null anyway"), "Take @nullable away.");
        }
        if marks.spread && (!composite || is_list(ty)) && marks.entries.is_none() {
            wrong(format!("`{name}` is {ty}, and only one object can be spread"), "Take @spread away.");
        }
        if marks.spread && marks.omit.is_some() {
            wrong(format!("`{name}` is spread and left out"), "Choose @spread or @omit.");
        }
        if marks.spread && field.alias.is_some() {
            wrong(format!("the alias of `{name}` is never shown, since it is spread"), "Take the alias away.");
        }
        if marks.outcome.is_some() && (named(ty) != "Boolean" || ty.nullable || is_list(ty)) {
            wrong(
                format!("`{name}` is {ty}, and an outcome is decided by a Boolean!"),
                "Put @outcome on a boolean, or on inline fragments.",
            );
        }
        if marks.values.is_some() && !matches!(self.sdl.kind(named(ty)), Some(TypeKind::Enum(_))) {
            self.report.add(
                pos,
                format!("`{name}` is {ty} and has no words"),
                "Put @values on a field or variable of an enum type.",
            );
        }
    }

    fn content(
        &mut self,
        field: &Field,
        pos: Pos,
        definition: &FieldDefinition,
        key: &str,
        marks: &Marks,
        hidden: bool,
    ) -> Option<(Content, Vec<Key>)> {
        let ty = named(&definition.ty.node).to_owned();
        let name = &field.name.node;
        let selects = !field.selection_set.node.items.is_empty();
        if !self.sdl.is_composite(&ty) {
            if selects {
                self.report.add(
                    field.selection_set.pos,
                    format!("`{name}` is {ty}, which has no fields"),
                    "Take the braces away.",
                );
            }
            if marks.page || marks.entries.is_some() {
                self.report.add(pos, format!("`{name}` is {ty}, not a list of objects"), "Take the directive away.");
            }
            if !hidden {
                self.leaves.push((key.to_owned(), ty.clone(), pos));
            }
            return Some((Content::Leaf(self.leaf(&ty, marks.values.as_deref(), pos)), Vec::new()));
        }
        if !selects {
            let fields = self.sdl.fields(&ty).map(|field| field.name.node.as_str());
            self.report.add(pos, format!("`{name}` is {ty}, and none of its fields is selected"), suggest("", fields));
            return None;
        }
        if marks.page {
            return self.page(field, pos, &ty, hidden).map(|plan| (Content::Page(plan), Vec::new()));
        }
        let (plan, keys) = self.object(&field.selection_set, &ty, hidden || marks.entries.is_some());
        let Some((name, value)) = &marks.entries else { return Some((Content::Object(plan), keys)) };
        if !is_list(&definition.ty.node) {
            self.report.add(pos, format!("`{}` is no list", field.name.node), "Put @entries on a list of pairs.");
        }
        let leaf = plan.steps.iter().find(|step| step.key == *value).and_then(|step| match &step.content {
            Content::Leaf(leaf) => Some(leaf.clone()),
            _ => None,
        });
        let has_key = plan.steps.iter().any(|step| step.key == *name && matches!(step.content, Content::Leaf(_)));
        match leaf {
            Some(leaf) if has_key => {
                Some((Content::Entries { key: name.clone(), value: value.clone(), leaf }, Vec::new()))
            }
            _ => {
                self.report.add(
                    pos,
                    format!("@entries needs `{name}` and `{value}`"),
                    "Select both of them in the braces.",
                );
                None
            }
        }
    }

    fn leaf(&mut self, ty: &str, values: Option<&[(String, String)]>, pos: Pos) -> Leaf {
        match ty {
            "ID" => Leaf::Id,
            "DateTime" => Leaf::DateTime,
            "Decimal" => Leaf::Decimal,
            "File" => Leaf::File,
            _ if matches!(self.sdl.kind(ty), Some(TypeKind::Enum(_))) => {
                if let Some(values) = values {
                    check_words(self.sdl, ty, values, pos, self.report);
                }
                let words = values.or(self.words.get(ty).map(Vec::as_slice)).unwrap_or_default();
                let word = |value: &Name| {
                    let own = words.iter().find(|(_, known)| *value == *known).map(|(word, _)| word.clone());
                    (value.to_string(), own.unwrap_or_else(|| value.to_lowercase()))
                };
                Leaf::Enum(self.sdl.enum_values(ty).map(word).collect())
            }
            _ => Leaf::Plain,
        }
    }

    /// A connection that is shown as its rows.
    fn page(&mut self, field: &Field, pos: Pos, ty: &str, hidden: bool) -> Option<Plan> {
        let sdl = self.sdl;
        let rows = sdl.field(ty, ROWS);
        if rows.is_none_or(|rows| !is_list(&rows.ty.node)) || sdl.field(ty, "totalCount").is_none() {
            self.report.add(
                pos,
                format!("{ty} is no connection"),
                "Put @page on a field with `nodes` and `totalCount`.",
            );
            return None;
        }
        for (argument, role) in [("page", PagingRole::Number), ("perPage", PagingRole::Size)] {
            match field.get_argument(argument).map(|value| &value.node) {
                Some(Value::Variable(name)) => {
                    self.paging.insert(name.clone(), role);
                }
                _ => self.report.add(
                    pos,
                    format!("a page needs a variable for `{argument}`"),
                    "Pass `page: $page, perPage: $per_page`.",
                ),
            }
        }
        match field.selection_set.node.items.as_slice() {
            [Positioned { node: Selection::Field(rows), .. }]
                if rows.node.name.node == ROWS && rows.node.alias.is_none() =>
            {
                Some(self.object(&rows.node.selection_set, named(&sdl.field(ty, ROWS)?.ty.node), hidden).0)
            }
            _ => {
                self.report.add(
                    field.selection_set.pos,
                    "a page selects something else than its rows",
                    "Write `@page { nodes { ... } }`.",
                );
                None
            }
        }
    }

    /// GraphQL's own directives, whose variables are used.
    pub(super) fn standard(&mut self, directives: &[Positioned<Directive>]) {
        for directive in
            directives.iter().filter(|directive| directives::STANDARD.contains(&directive.node.name.node.as_str()))
        {
            let condition = InputValueDefinition {
                description: None,
                name: Positioned::new(Name::new("if"), directive.pos),
                ty: Positioned::new(
                    Type { base: async_graphql::parser::types::BaseType::Named(Name::new("Boolean")), nullable: false },
                    directive.pos,
                ),
                default_value: None,
                directives: Vec::new(),
            };
            let defined = [Positioned::new(condition, directive.pos)];
            self.arguments.read(&directive.node.name, &directive.node.arguments, &defined, self.report);
        }
    }
}

fn overlap(left: &Option<Vec<String>>, right: &Option<Vec<String>>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.iter().any(|ty| right.contains(ty)),
        _ => true,
    }
}

/// Reports words that stand for nothing in the enum `ty`.
pub(super) fn check_words(sdl: &Sdl, ty: &str, words: &[(String, String)], pos: Pos, report: &mut Report<'_>) {
    for (_, value) in words {
        if !sdl.enum_values(ty).any(|known| *known == *value) {
            report.add(
                pos,
                format!("{ty} has no value `{value}`"),
                suggest(value, sdl.enum_values(ty).map(Name::as_str)),
            );
        }
    }
}
