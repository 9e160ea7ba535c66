//! One field: what its directives say, whether that makes sense for its type, and how it is shown.

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{Field, Selection, Type},
};
use async_graphql_value::Value;
use gerbang_graphql::type_index::base_name;
use gerbang_kernel::error::ErrorCode;

use super::{
    directives::{self, ON_FIELD},
    report::{Report, suggest},
    schema::{Schema, is_list},
    selection::{Key, Walk},
};
use crate::model::{
    plan::{Bare, Content, Leaf, Outcome, Plan, ROWS, Show, Step},
    variable::PagingRole,
};

/// What the directives on a field say.
#[derive(Default)]
struct Directives {
    spread: bool,
    omit: Option<bool>,
    required: Option<ErrorCode>,
    nullable: bool,
    page: bool,
    entries: Option<(String, String)>,
    outcome: Option<Outcome>,
    values: Option<Vec<(String, String)>>,
    as_sent: Option<String>,
    /// How a text is shown, if not as it is.
    text: Option<Leaf>,
}

impl Walk<'_, '_> {
    fn read_directives(&mut self, field: &Field) -> Directives {
        let mut directives = Directives::default();
        for directive in directives::allowed(&field.directives, &ON_FIELD, "a field", self.report) {
            match directive.node.name.node.as_str() {
                "spread" => {
                    directives::read_bare(directive, self.report);
                    directives.spread = true;
                }
                "nullable" => {
                    directives::read_bare(directive, self.report);
                    directives.nullable = true;
                }
                "page" => {
                    directives::read_bare(directive, self.report);
                    directives.page = true;
                }
                "id" => {
                    directives::read_bare(directive, self.report);
                    directives.text = Some(Leaf::Id);
                }
                "omit" => directives.omit = Some(directives::read_omit(directive, self.report)),
                "required" => directives.required = Some(directives::read_required(directive, self.report)),
                "entries" => directives.entries = Some(directives::read_entries(directive, self.report)),
                "asSent" => directives.as_sent = directives::read_as_sent(directive, self.report),
                "values" => directives.values = Some(directives::read_values(directive, self.report)),
                _ => {
                    let outcome = directives::read_outcome(directive, self.report);
                    directives.outcome = Some(Outcome { status: outcome.status, message: outcome.message });
                }
            }
        }
        directives
    }

    /// The step of one field and the keys that it shows.
    pub(super) fn field(&mut self, field: &Positioned<Field>, parent: &str, hidden: bool) -> Option<(Step, Vec<Key>)> {
        let pos = field.pos;
        let field = &field.node;
        let directives = self.read_directives(field);
        let Some(definition) = self.schema.field(parent, &field.name.node) else {
            let names = self.schema.field_names(parent);
            let problem = format!("{parent} has no field `{}`", field.name.node);
            self.report.add(field.name.pos, problem, suggest(&field.name.node, names));
            return None;
        };
        self.arguments.read(&field.name, &field.arguments, &definition.arguments, self.report);
        let ty = &definition.ty;
        let hidden = hidden || directives.omit == Some(false) || directives.outcome.is_some();
        self.check_combination(field, pos, ty, &directives, hidden);
        let key = field.response_key().node.to_string();
        let show = match (&directives.omit, directives.spread) {
            (Some(false), _) => Show::Hidden,
            _ if directives.outcome.is_some() => Show::Hidden,
            (_, true) => Show::Spread,
            (Some(true), _) => Show::UnlessNull,
            (None, false) => Show::Member,
        };
        let (content, inner) = self.content(field, pos, ty, &key, &directives, hidden)?;
        let mut shown = match show {
            Show::Hidden => Vec::new(),
            Show::Spread => inner,
            Show::Member | Show::UnlessNull => vec![Key { name: key.clone(), on: None, pos }],
        };
        if directives.page {
            shown.extend(self.envelope.iter().map(|name| Key { name: (*name).to_owned(), on: None, pos }));
        }
        let bare = directives.as_sent.and_then(|variable| self.bare(pos, ty, variable, &content));
        let step = Step {
            key,
            position: 0,
            on: None,
            show,
            required: directives.required,
            outcome: directives.outcome,
            nullable: ty.nullable,
            list: is_list(ty),
            ty: ty.clone(),
            description: definition.description.clone(),
            content,
            bare,
        };
        Some((step, shown))
    }

    /// Reports directives that can't mean anything on a field of this type.
    fn check_combination(&mut self, field: &Field, pos: Pos, ty: &Type, directives: &Directives, hidden: bool) {
        let name = &field.name.node;
        let composite = self.schema.is_composite(base_name(ty));
        let mut wrong = |problem: String, remedy: &str| self.report.add(pos, problem, remedy);
        if !ty.nullable {
            for (given, directive) in [
                (directives.required.is_some(), "@required"),
                (directives.omit == Some(true), "@omit(when: NULL)"),
                (directives.nullable, "@nullable"),
            ] {
                if given {
                    wrong(format!("`{name}` is {ty} and never null"), &format!("Take {directive} away."));
                }
            }
        }
        if ty.nullable
            && composite
            && !hidden
            && directives.required.is_none()
            && directives.omit.is_none()
            && !directives.nullable
        {
            wrong(
                format!("`{name}` is {ty} and may be null"),
                "Say what null means: @required (an error), @omit(when: NULL) (left out) or @nullable (shown as null).",
            );
        }
        if directives.nullable && ty.nullable && !composite {
            wrong(format!("`{name}` is a {ty}, which is shown as null anyway"), "Take @nullable away.");
        }
        if directives.spread && (!composite || is_list(ty)) && directives.entries.is_none() {
            wrong(format!("`{name}` is {ty}, and only one object can be spread"), "Take @spread away.");
        }
        if directives.spread && directives.omit.is_some() {
            wrong(format!("`{name}` is spread and left out"), "Choose @spread or @omit.");
        }
        if directives.spread && field.alias.is_some() {
            wrong(format!("the alias of `{name}` is never shown, since it is spread"), "Take the alias away.");
        }
        if directives.outcome.is_some() && (base_name(ty).as_str() != "Boolean" || ty.nullable || is_list(ty)) {
            wrong(
                format!("`{name}` is {ty}, and an outcome is decided by a Boolean!"),
                "Put @outcome on a boolean, or on inline fragments.",
            );
        }
        if directives.text.is_some() && base_name(ty).as_str() != "String" {
            wrong(format!("`{name}` is {ty} and no text"), "Take @id away: an ID is shown as one anyway.");
        }
        if directives.values.is_some() && !self.schema.is_enum(base_name(ty)) {
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
        declared: &Type,
        key: &str,
        directives: &Directives,
        hidden: bool,
    ) -> Option<(Content, Vec<Key>)> {
        let ty = base_name(declared).to_string();
        let name = &field.name.node;
        let selects = !field.selection_set.node.items.is_empty();
        if !self.schema.is_composite(&ty) {
            if selects {
                self.report.add(
                    field.selection_set.pos,
                    format!("`{name}` is {ty}, which has no fields"),
                    "Take the braces away.",
                );
            }
            if directives.page || directives.entries.is_some() {
                self.report.add(pos, format!("`{name}` is {ty}, not a list of objects"), "Take the directive away.");
            }
            if !hidden {
                self.leaves.push((key.to_owned(), ty.clone(), pos));
            }
            let by_type = || self.leaf(&ty, directives.values.as_deref(), pos);
            let leaf = directives.text.clone().unwrap_or_else(by_type);
            return Some((Content::Leaf(leaf), Vec::new()));
        }
        if !selects {
            let fields = suggest("", self.schema.field_names(&ty));
            self.report.add(pos, format!("`{name}` is {ty}, and none of its fields is selected"), fields);
            return None;
        }
        if directives.page {
            return self.page(field, pos, &ty, hidden).map(|plan| (Content::Page(plan), Vec::new()));
        }
        let (plan, keys) = self.object(&field.selection_set, &ty, hidden || directives.entries.is_some());
        let Some((name, value)) = &directives.entries else { return Some((Content::Object(plan), keys)) };
        if !is_list(declared) {
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

    /// How a list is shown whose `variable` was sent as a bare number.
    fn bare(&mut self, pos: Pos, ty: &Type, variable: String, content: &Content) -> Option<Bare> {
        let Some(key) = self.bare.get(&variable).cloned() else {
            let problem = format!("`${variable}` never comes as a bare number");
            self.report.add(pos, problem, "Name a variable with `@from(number: [{ ...: VALUE }])`.");
            return None;
        };
        let shown = |plan: &Plan| {
            plan.steps.iter().any(|step| step.key == key && matches!(step.content, Content::Leaf(Leaf::Plain)))
        };
        if !is_list(ty) || !matches!(content, Content::Object(plan) if shown(plan)) {
            let problem = format!("`${variable}` was sent for no list that shows `{key}`");
            self.report.add(pos, problem, format!("Put @asSent on a list and select `{key}` in it, without an alias."));
        }
        Some(Bare { variable, key })
    }

    fn leaf(&mut self, ty: &str, values: Option<&[(String, String)]>, pos: Pos) -> Leaf {
        match ty {
            "ID" => Leaf::Id,
            "DateTime" => Leaf::DateTime,
            "Decimal" => Leaf::Decimal,
            "File" => Leaf::File,
            _ if self.schema.is_enum(ty) => {
                if let Some(values) = values {
                    check_words(self.schema, ty, values, pos, self.report);
                }
                let words = values.or(self.words.get(ty).map(Vec::as_slice)).unwrap_or_default();
                let word = |value: &Name| {
                    let own = words.iter().find(|(_, known)| *value == *known).map(|(word, _)| word.clone());
                    (value.to_string(), own.unwrap_or_else(|| value.to_lowercase()))
                };
                Leaf::Enum(self.schema.enum_values(ty).map(word).collect())
            }
            _ => Leaf::Plain,
        }
    }

    /// A connection that is shown as its rows.
    fn page(&mut self, field: &Field, pos: Pos, ty: &str, hidden: bool) -> Option<Plan> {
        let schema = self.schema;
        let rows = schema.field(ty, ROWS);
        if rows.is_none_or(|rows| !is_list(&rows.ty)) || schema.field(ty, "totalCount").is_none() {
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
                Some(self.object(&rows.node.selection_set, base_name(&schema.field(ty, ROWS)?.ty), hidden).0)
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
}

/// Reports words that stand for nothing in the enum `ty`.
pub(super) fn check_words(schema: &Schema, ty: &str, words: &[(String, String)], pos: Pos, report: &mut Report<'_>) {
    for (_, value) in words {
        if !schema.enum_values(ty).any(|known| *known == *value) {
            report.add(
                pos,
                format!("{ty} has no value `{value}`"),
                suggest(value, schema.enum_values(ty).map(Name::as_str)),
            );
        }
    }
}
