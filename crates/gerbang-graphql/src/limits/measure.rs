//! Walking through a document, in time that is linear in its length.

use std::collections::HashMap;

use async_graphql::{
    Pos, ServerError, Variables,
    parser::types::{BaseType, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};
use gerbang_kernel::page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};

use super::{cost::Cost, refusal::refusal};
use crate::{
    introspection::Introspection,
    settings::Limits,
    type_index::{SchemaIndex, base_name},
};

/// Selection sets inside each other, fragments included: the engine's own bound against deep recursion.
pub(super) const MAX_NESTING: u64 = 32;

/// Measures selections, each fragment once.
pub(super) struct Measure<'a> {
    index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    /// Where page sizes come from; without it a page counts as one row.
    pages: Option<Pages<'a>>,
    fragments: HashMap<&'a str, Cost>,
    /// The fragments that are being measured, outermost first.
    open: Vec<&'a str>,
    introspection: Introspection<'a>,
}

/// Where page sizes come from.
#[derive(Clone, Copy)]
pub(super) struct Pages<'a> {
    pub(super) operation: &'a OperationDefinition,
    pub(super) variables: &'a Variables,
}

impl<'a> Measure<'a> {
    pub(super) fn new(
        limits: &Limits,
        index: &'a SchemaIndex,
        document: &'a ExecutableDocument,
        pages: Option<Pages<'a>>,
    ) -> Self {
        // One more than is allowed is enough to know.
        let introspection = Introspection::new(index, document, limits.complexity as u64 + 1);
        Self { index, document, pages, fragments: HashMap::new(), open: Vec::new(), introspection }
    }

    pub(super) fn selections(&mut self, parent: Option<&'a str>, set: &'a SelectionSet) -> Result<Cost, ServerError> {
        let mut total = Cost::default();
        for selection in &set.items {
            let cost = match &selection.node {
                Selection::Field(field) => self.field(parent, &field.node)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.selections(condition.or(parent), &fragment.node.selection_set.node)?.one_level_down()
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, spread.pos)?,
            };
            total = total.and(cost);
        }
        Ok(total)
    }

    pub(super) fn fragment(&mut self, name: &'a str, pos: Pos) -> Result<Cost, ServerError> {
        if let Some(known) = self.fragments.get(name) {
            return Ok(*known);
        }
        // An unknown fragment is the validation's to report.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Cost::default()) };
        if self.open.contains(&name) {
            return Err(ServerError::new(format!("Cannot spread fragment \"{name}\" within itself."), Some(pos)));
        }
        if self.open.len() as u64 >= MAX_NESTING {
            let message = format!("Fragments are spread more than {MAX_NESTING} levels deep.");
            return Err(refusal(message, "nesting", MAX_NESTING, None));
        }
        self.open.push(name);
        let on = fragment.node.type_condition.node.on.node.as_str();
        let cost = self.selections(Some(on), &fragment.node.selection_set.node)?.one_level_down();
        self.open.pop();
        self.fragments.insert(name, cost);
        Ok(cost)
    }

    fn field(&mut self, parent: Option<&'a str>, field: &'a Field) -> Result<Cost, ServerError> {
        let known = parent.and_then(|parent| self.index.field(parent, &field.name.node));
        let ty = known.map(|known| base_name(&known.ty).as_str());
        let mut cost = self.selections(ty, &field.selection_set.node)?;
        if !field.selection_set.node.items.is_empty() {
            cost = cost.one_level_down();
        }
        cost.aliases = cost.aliases.saturating_add(u64::from(field.alias.is_some()));
        let name = field.name.node.as_str();
        if name.starts_with("__") {
            cost.depth = 0;
            cost.introspects |= name != "__typename";
            cost.schemas += u64::from(name == "__schema");
        } else {
            cost.depth += 1;
        }
        if parent.is_some_and(|parent| parent.starts_with("__"))
            && matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields")
        {
            cost.introspection_lists += 1;
        }
        if let Some(answered) = self.introspected(parent, field) {
            (cost.fields, cost.items) = (answered, 0);
            return Ok(cost);
        }
        let rows = if ty.is_some_and(|ty| ty.ends_with("Connection")) { self.page_size(field) } else { 1 };
        let mut answered = cost.fields.saturating_add(cost.items.saturating_mul(rows)).saturating_add(1);
        let is_list = known.is_some_and(|known| matches!(known.ty.base, BaseType::List(_)));
        if let Some(ids) = field.get_argument("ids").filter(|_| is_list) {
            answered = answered.saturating_mul(self.pages.map_or(1, |pages| pages.length(&ids.node)));
        }
        (cost.fields, cost.items) = if is_list { (0, answered) } else { (answered, 0) };
        Ok(cost)
    }

    /// What a look at the schema costs, once variables are known: its fields, and the search for what may be seen, which
    /// goes through the whole schema each time.
    fn introspected(&mut self, parent: Option<&str>, field: &'a Field) -> Option<u64> {
        let pages = self.pages?;
        let set = &field.selection_set.node;
        let answered = match field.name.node.as_str() {
            _ if parent != self.index.root(OperationType::Query) => return None,
            "__schema" => self.introspection.schema(set),
            "__type" => {
                let name = field.get_argument("name").and_then(|value| pages.text(&value.node));
                name.map_or(0, |name| self.introspection.named(name, set))
            }
            _ => return None,
        };
        Some(answered.saturating_add(self.index.size()).saturating_add(1))
    }

    /// How many rows a page may have: what is asked for, within reason.
    fn page_size(&self, field: &Field) -> u64 {
        let Some(pages) = self.pages else { return 1 };
        ["first", "last", "perPage"]
            .into_iter()
            .filter_map(|argument| pages.number(&field.get_argument(argument)?.node))
            .max()
            .unwrap_or(DEFAULT_PAGE_SIZE)
            .min(MAX_PAGE_SIZE)
    }
}

impl<'a> Pages<'a> {
    fn number(self, value: &'a Value) -> Option<u64> {
        match value {
            Value::Number(number) => number.as_u64(),
            Value::Variable(name) => match self.variable(name)? {
                ConstValue::Number(number) => number.as_u64(),
                _ => None,
            },
            _ => None,
        }
    }

    /// How many entries a list has.
    fn length(self, value: &Value) -> u64 {
        match value {
            Value::List(entries) => entries.len() as u64,
            Value::Variable(name) => match self.variable(name) {
                Some(ConstValue::List(entries)) => entries.len() as u64,
                _ => 1,
            },
            _ => 1,
        }
    }

    fn text(self, value: &'a Value) -> Option<&'a str> {
        match value {
            Value::String(text) => Some(text),
            Value::Variable(name) => match self.variable(name)? {
                ConstValue::String(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// What was given, or else stands for it.
    fn variable(self, name: &str) -> Option<&'a ConstValue> {
        self.variables.get(name).or_else(|| {
            let definitions = &self.operation.variable_definitions;
            let variable = definitions.iter().find(|variable| variable.node.name.node == *name)?;
            variable.node.default_value.as_ref().map(|default| &default.node)
        })
    }
}
