//! One route file.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Name, Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use gerbang_graphql::{source, type_index::base_name};
use heck::ToUpperCamelCase;

use super::{
    arguments::Arguments,
    consistency,
    directives::{self, ErrorRule, ON_OPERATION, Rest},
    example,
    report::Report,
    schema::Schema,
    selection::Walk,
    variables,
};
use crate::model::{
    defect::{Defect, NOWHERE},
    dialect::{Dialect, Page, SourceFile},
    document,
    route::Route,
    route_error::RouteError,
    variable::{Place, Variable},
};

/// Reads one file. A route comes out only if nothing is wrong with it.
pub(super) fn load(dialect: &Arc<Dialect>, file: &SourceFile, schema: &Schema) -> Result<Route, Vec<Defect>> {
    let mut report = Report::new(&file.path);
    let route = read(dialect, file, schema, &mut report);
    match route {
        Some(route) if report.is_empty() => Ok(route),
        _ => Err(report.into_defects()),
    }
}

fn read(dialect: &Arc<Dialect>, file: &SourceFile, schema: &Schema, report: &mut Report<'_>) -> Option<Route> {
    let document = match source::parse(&file.text) {
        Ok(document) => document,
        Err(error) => {
            let pos = error.positions().next().unwrap_or(NOWHERE);
            report.add(pos, format!("the file can't be read: {error}"), "A route file is one GraphQL operation.");
            return None;
        }
    };
    for error in source::check_unique_fields(&file.text).err().unwrap_or_default() {
        let pos = error.locations.last().copied().unwrap_or(NOWHERE);
        report.add(pos, error.message, "Keep one of them.");
    }
    let (name, operation) = only_operation(&document, file, report)?;
    let operation = operation.node.clone();
    let (rest, errors) = header(&operation, report)?;
    consistency::paths(&rest, report);

    let words = HashMap::new();
    if operation.ty == OperationType::Subscription {
        report.add(rest.pos, "a route can't be a subscription", "Use a query or a mutation.");
        return None;
    }
    let root = schema.root(operation.ty);
    if operation.ty == OperationType::Mutation && operation.selection_set.node.items.len() != 1 {
        report.add(
            operation.selection_set.pos,
            "a mutation route has more than one root field",
            "Give the schema one mutation that does all of it: two fields would be two transactions.",
        );
    }

    let mut variables: Vec<Variable> = Vec::with_capacity(operation.variable_definitions.len());
    for definition in &operation.variable_definitions {
        let variable_name = &definition.node.name.node;
        if variables.iter().any(|other| *variable_name == other.name) {
            report.add(definition.pos, format!("`${variable_name}` is declared twice"), "Keep one of them.");
        } else if let Some(variable) = variables::read(definition, &rest, schema, report) {
            variables.push(variable);
        }
    }

    let page = Page { number: 1, size: 1, count: 0, total: 0, url: "" };
    let mut walk = Walk {
        schema,
        report,
        arguments: Arguments { schema, uses: Vec::new(), inputs: Vec::new() },
        paging: HashMap::new(),
        words,
        bare: variables.iter().filter_map(|variable| Some((variable.name.clone(), variable.bare_member()?))).collect(),
        envelope: (dialect.paging.envelope)(&page).into_iter().map(|(key, _)| key).collect(),
        leaves: Vec::new(),
    };
    for definition in &operation.variable_definitions {
        let mut quiet = Report::new(&file.path);
        for directive in &definition.node.directives {
            if directive.node.name.node == "values" {
                let ty = base_name(&definition.node.var_type.node).to_string();
                walk.words.insert(ty, directives::read_values(directive, &mut quiet));
            }
        }
    }
    walk.standard(&operation.directives);
    let (plan, keys) = walk.object(&operation.selection_set, root, false);
    consistency::envelope(&mut walk, &rest, keys);
    consistency::output(&mut walk, &rest);
    let Walk { arguments: Arguments { uses, inputs, .. }, paging, .. } = walk;

    let mut places = Vec::with_capacity(uses.len());
    for usage in &uses {
        match operation.variable_definitions.iter().find(|definition| definition.node.name.node == usage.variable) {
            Some(definition) => {
                // Of one that is no input at all enough has been said.
                if let Some(variable) = variables.iter().position(|variable| usage.variable == variable.name) {
                    usage.check(&definition.node.var_type.node, definition.node.default_value.is_some(), report);
                    places.push(Place { path: usage.path.clone(), variable });
                    if variables[variable].description.is_none() {
                        variables[variable].description.clone_from(&usage.place.description);
                    }
                }
            }
            None => report.add(
                rest.pos,
                format!("`${}` is used, but not declared", usage.variable),
                "Declare it in the parentheses behind the operation's name.",
            ),
        }
    }
    for definition in &operation.variable_definitions {
        let variable = &definition.node.name.node;
        if !uses.iter().any(|usage| usage.variable == *variable) {
            report.add(
                definition.pos,
                format!("`${variable}` is never used"),
                "Take it away: unknown fields are ignored.",
            );
        }
    }
    for variable in &mut variables {
        variable.paging = paging.get(variable.name.as_str()).copied();
    }
    consistency::max_age(&rest, operation.ty, report);
    consistency::html(&rest, report);
    consistency::document(&rest, dialect, report);
    consistency::body(&rest, &variables, report);
    consistency::errors(&errors, &variables, report);
    let Rest {
        methods,
        paths,
        summary,
        tag,
        position,
        status,
        message,
        body,
        footer,
        output,
        media,
        auth,
        tokens,
        etag,
        max_age,
        html,
        pos: _,
    } = rest;
    let mut route = Route {
        dialect: Arc::clone(dialect),
        file: file.path.to_string(),
        operation: name.to_string(),
        kind: operation.ty,
        methods,
        paths: paths.into_iter().map(|path| path.node).collect(),
        summary,
        tag: tag.map(|(_, tag)| tag),
        position,
        status,
        message,
        body,
        footer,
        output,
        media,
        auth,
        tokens: tokens.unwrap_or_else(|| dialect.tokens.to_vec()),
        etag: etag || max_age.is_some(),
        max_age: max_age.map(|(_, seconds)| seconds),
        html,
        variables,
        errors,
        plan,
        document: document::strip(document),
        places,
        inputs,
        example: None,
    };
    match file.example.as_deref().map(|file| example::read(file, &route)).transpose() {
        Ok(example) => route.example = example,
        Err(defects) => defects.into_iter().for_each(|defect| report.add_elsewhere(defect)),
    }
    Some(route)
}

fn only_operation<'d>(
    document: &'d ExecutableDocument,
    file: &SourceFile,
    report: &mut Report<'_>,
) -> Option<(Name, &'d Positioned<OperationDefinition>)> {
    let remedy = "Write one named operation: one file is one route.";
    let operations = match &document.operations {
        DocumentOperations::Multiple(operations) => operations,
        DocumentOperations::Single(operation) => {
            report.add(operation.pos, "the operation has no name", remedy);
            return None;
        }
    };
    let mut all: Vec<_> = operations.iter().collect();
    all.sort_by_key(|(_, operation)| operation.pos);
    let (name, operation) = all.first()?;
    if let Some((_, second)) = all.get(1) {
        report.add(second.pos, "the file holds several operations", remedy);
    }
    let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".graphql");
    let expected = stem.to_upper_camel_case();
    if name.as_str() != expected {
        report.add(
            operation.pos,
            format!("the operation is called {name}, and its file `{stem}.graphql`"),
            format!("Call the operation {expected}, or rename the file: they share one name."),
        );
    }
    Some(((*name).clone(), operation))
}

fn header(operation: &OperationDefinition, report: &mut Report<'_>) -> Option<(Rest, Vec<RouteError>)> {
    let (mut rest, mut errors) = (None, Vec::new());
    for directive in directives::allowed(&operation.directives, &ON_OPERATION, "an operation", report) {
        if directive.node.name.node == "rest" {
            rest = Some(directives::read_rest(directive, report));
        } else {
            let ErrorRule { pos, codes, field, rule, status, message, body, location } =
                directives::read_error(directive, report);
            errors.push(RouteError { codes, field, rule, status, message, body, location, pos });
        }
    }
    if rest.is_none() {
        report.add(
            operation.selection_set.pos,
            "the operation has no @rest",
            "Add `@rest(method: GET, path: \"/...\")` in front of the braces.",
        );
    }
    Some((rest?, errors))
}
