//! What a document may cost, found out before anything runs.
//!
//! The engine's own limits count introspection as depth, know nothing of page sizes and expand a fragment
//! each time it is spread, which a few hundred bytes can make take forever. Here a fragment is measured
//! once, so the time is linear in the document's length; a look at the schema costs what it is answered with
//! ([`introspection`](super::introspection)).

use std::{collections::HashMap, sync::LazyLock};

use async_graphql::{
    ErrorExtensionValues, Pos, ServerError, Variables,
    parser::types::{BaseType, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};
use gerbang_kernel::page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};
use regex::Regex;

use super::{
    introspection::Introspection,
    type_index::{SchemaIndex, base_name},
};
use crate::settings::Limits;

/// Selection sets inside each other, fragments included: the engine's own bound against deep recursion.
const MAX_NESTING: u64 = 32;
/// Lists of introspection inside each other (`fields` of the types of `fields` ...), whose product is the answer's size.
const MAX_INTROSPECTION_LISTS: u64 = 3;
/// Looks at the whole schema in one request. Clients that want more of it ask for more fields.
const MAX_SCHEMAS: u64 = 1;

/// What a selection set costs, and the field's own place in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Fields inside each other.
    pub depth: u64,
    /// Aliases.
    pub aliases: u64,
    /// Fields that are answered once.
    pub fields: u64,
    /// Fields inside lists, which a connection answers once for each row of its page.
    pub items: u64,
    /// Looks at the whole schema.
    pub schemas: u64,
    nesting: u64,
    introspection_lists: u64,
    introspects: bool,
}

impl Cost {
    /// Fields of the answer at most.
    pub const fn complexity(self) -> u64 {
        self.fields.saturating_add(self.items)
    }

    /// Both selections beside each other.
    fn and(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            aliases: self.aliases.saturating_add(other.aliases),
            fields: self.fields.saturating_add(other.fields),
            items: self.items.saturating_add(other.items),
            schemas: self.schemas.saturating_add(other.schemas),
            nesting: self.nesting.max(other.nesting),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            introspects: self.introspects || other.introspects,
        }
    }

    fn one_level_down(self) -> Self {
        Self { nesting: self.nesting + 1, ..self }
    }
}

/// Refuses a document of too many tokens before the parser spends time on it.
///
/// # Errors
/// When it has more than [`Limits::tokens`].
pub fn check_tokens(limits: &Limits, query: &str) -> Result<(), ServerError> {
    // No token is shorter than a byte.
    if query.len() <= limits.tokens {
        return Ok(());
    }
    let tokens = TOKEN.find_iter(query).filter(|token| !token.as_str().starts_with('#'));
    if tokens.take(limits.tokens + 1).count() <= limits.tokens {
        return Ok(());
    }
    let message = format!("The document has more than {} tokens.", limits.tokens);
    Err(refusal(message, "tokens", limits.tokens as u64, None))
}

/// Measures every operation and fragment of a document, without regard to page sizes.
///
/// # Errors
/// When one of them is over a limit, or a fragment spreads itself. Nothing that walks a document fragment by
/// fragment may see one that was not checked here: it could take forever.
pub fn check_document(limits: &Limits, index: &SchemaIndex, document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut measure = Measure::new(limits, index, document, None);
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let cost = measure.selections(index.root(operation.ty), &operation.selection_set.node)?;
        check_cost(limits, cost)?;
    }
    for (name, fragment) in &document.fragments {
        check_cost(limits, measure.fragment(name, fragment.pos)?)?;
    }
    Ok(())
}

/// Measures one operation of a checked document with the values of its variables.
///
/// # Errors
/// When it is over a limit.
pub fn check_operation(
    limits: &Limits,
    index: &SchemaIndex,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Cost, ServerError> {
    let mut measure = Measure::new(limits, index, document, Some(Pages { operation, variables }));
    let cost = measure.selections(index.root(operation.ty), &operation.selection_set.node)?;
    check_cost(limits, cost)?;
    Ok(cost)
}

fn check_cost(limits: &Limits, cost: Cost) -> Result<(), ServerError> {
    if cost.introspects && !limits.introspection {
        return Err(ServerError::new("Introspection is turned off here.", None));
    }
    for (name, what, found, maximum) in [
        ("depth", "fields deep", cost.depth, limits.depth as u64),
        ("nesting", "levels deep, counting fragments", cost.nesting, MAX_NESTING),
        ("introspection", "lists of introspection deep", cost.introspection_lists, MAX_INTROSPECTION_LISTS),
    ] {
        if found > maximum {
            let message = format!("The operation is {found} {what}; at most {maximum} are allowed.");
            return Err(refusal(message, name, maximum, Some(found)));
        }
    }
    check_schemas(cost.schemas)?;
    let maximum = limits.aliases as u64;
    if cost.aliases > maximum {
        let message = format!("The operation has {} aliases; at most {maximum} are allowed.", cost.aliases);
        return Err(refusal(message, "aliases", maximum, Some(cost.aliases)));
    }
    let (complexity, maximum) = (cost.complexity(), limits.complexity as u64);
    if complexity > maximum {
        let message = format!(
            "The operation asks for up to {complexity} fields; at most {maximum} are allowed. Ask for smaller pages or fewer fields."
        );
        return Err(refusal(message, "complexity", maximum, Some(complexity)));
    }
    Ok(())
}

/// Refuses to show the whole schema twice in one request.
///
/// # Errors
/// When it is asked for more often.
pub fn check_schemas(found: u64) -> Result<(), ServerError> {
    if found <= MAX_SCHEMAS {
        return Ok(());
    }
    let message = format!("The request asks for `__schema` {found} times; once is enough for all of it.");
    Err(refusal(message, "schemas", MAX_SCHEMAS, Some(found)))
}

/// Comments, strings, and everything else that is a token; white space and commas lie between.
pub(super) static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        \#[^\n\r]*
        | """(?:\\"""|"{0,2}(?:[^"\\]|\\))*"""
        | "(?:[^"\\\n\r]|\\.)*"
        | [_A-Za-z][_0-9A-Za-z]*
        | -?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?
        | \.\.\.
        | [^\s,\ufeff]
        "#,
    )
    .expect("the pattern is constant")
});

pub(super) fn refusal(message: String, limit: &str, maximum: u64, found: Option<u64>) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("limit", limit);
    extensions.set("maximum", maximum);
    if let Some(found) = found {
        extensions.set("found", found);
    }
    ServerError { extensions: Some(extensions), ..ServerError::new(message, None) }
}

struct Measure<'a> {
    index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    /// Where page sizes come from; without it a page counts as one row.
    pages: Option<Pages<'a>>,
    fragments: HashMap<&'a str, Cost>,
    /// The fragments that are being measured, outermost first.
    open: Vec<&'a str>,
    introspection: Introspection<'a>,
}

#[derive(Clone, Copy)]
struct Pages<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

impl<'a> Measure<'a> {
    fn new(
        limits: &Limits,
        index: &'a SchemaIndex,
        document: &'a ExecutableDocument,
        pages: Option<Pages<'a>>,
    ) -> Self {
        // One more than is allowed is enough to know.
        let introspection = Introspection::new(index, document, limits.complexity as u64 + 1);
        Self { index, document, pages, fragments: HashMap::new(), open: Vec::new(), introspection }
    }

    fn selections(&mut self, parent: Option<&'a str>, set: &'a SelectionSet) -> Result<Cost, ServerError> {
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

    fn fragment(&mut self, name: &'a str, pos: Pos) -> Result<Cost, ServerError> {
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
        let answered = cost.fields.saturating_add(cost.items.saturating_mul(rows)).saturating_add(1);
        let is_list = known.is_some_and(|known| matches!(known.ty.base, BaseType::List(_)));
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
