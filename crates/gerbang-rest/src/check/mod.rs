//! Loading a route file: every mistake in it is found here, before the first request, and all of them are
//! reported together.

mod arguments;
mod example;
mod field;
mod overlaps;
mod selection;
mod variables;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use gerbang_graphql::source;
use gerbang_kernel::error::ErrorCode;

pub(super) use self::overlaps::overlaps;
use self::{
    arguments::Arguments,
    selection::{Key, Walk},
};
use super::{
    defect::{Defect, Report, suggest},
    dialect::{Dialect, Page, SourceFile},
    directives::{self, ErrorRule, ON_OPERATION, Rest},
    document,
    error::RouteError,
    route::{Output, Place, Route, Source, Variable, parameters},
    sdl::{NOWHERE, Sdl, named},
};

/// Reads one file. A route comes out only if nothing is wrong with it.
pub(super) fn load(dialect: &Arc<Dialect>, file: &SourceFile, sdl: &Sdl) -> Result<Route, Vec<Defect>> {
    let mut report = Report::new(&file.path);
    let route = read(dialect, file, sdl, &mut report);
    match route {
        Some(route) if report.is_empty() => Ok(route),
        _ => Err(report.into_defects()),
    }
}

fn read(dialect: &Arc<Dialect>, file: &SourceFile, sdl: &Sdl, report: &mut Report<'_>) -> Option<Route> {
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
    check_paths(&rest, report);

    let words = HashMap::new();
    let root = match operation.ty {
        OperationType::Query => sdl.query(),
        OperationType::Mutation => sdl.mutation().unwrap_or_default(),
        OperationType::Subscription => {
            report.add(rest.pos, "a route can't be a subscription", "Use a query or a mutation.");
            return None;
        }
    };
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
        } else if let Some(variable) = variables::read(definition, &rest, sdl, report) {
            variables.push(variable);
        }
    }

    let page = Page { number: 1, size: 1, count: 0, total: 0, url: "" };
    let mut walk = Walk {
        sdl,
        report,
        arguments: Arguments { sdl, uses: Vec::new(), inputs: Vec::new() },
        paging: HashMap::new(),
        words,
        envelope: (dialect.paging.envelope)(&page).into_iter().map(|(key, _)| key).collect(),
        leaves: Vec::new(),
    };
    for definition in &operation.variable_definitions {
        let mut quiet = Report::new(&file.path);
        for directive in &definition.node.directives {
            if directive.node.name.node == "values" {
                let ty = named(&definition.node.var_type.node).to_owned();
                walk.words.insert(ty, directives::read_values(directive, &mut quiet));
            }
        }
    }
    walk.standard(&operation.directives);
    let (plan, keys) = walk.object(&operation.selection_set, root, false);
    check_envelope(&mut walk, &rest, keys);
    check_output(&mut walk, &rest);
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
                        variables[variable].description.clone_from(&usage.description);
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
    check_tag(&rest, dialect, report);
    check_body(&rest, &variables, report);
    check_errors(&errors, &variables, report);
    let example = file.example.as_deref().and_then(|example| example::read(example, report));
    let Rest { methods, paths, tag, status, message, body, footer, output, media, auth, tokens, etag, .. } = rest;
    Some(Route {
        dialect: Arc::clone(dialect),
        file: file.path.to_string(),
        operation: name.to_string(),
        kind: operation.ty,
        methods,
        paths: paths.into_iter().map(|path| path.node).collect(),
        tag: tag.map(|(_, tag)| tag),
        status,
        message,
        body,
        footer,
        output,
        media,
        auth,
        tokens: tokens.unwrap_or_else(|| dialect.tokens.to_vec()),
        etag,
        variables,
        errors,
        plan,
        document: document::strip(document),
        places,
        inputs,
        example,
    })
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
    let expected = pascal_case(stem);
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

fn check_paths(rest: &Rest, report: &mut Report<'_>) {
    for path in &rest.paths {
        let well_formed = path.node.starts_with('/')
            && path.node[1..].split('/').all(|segment| {
                let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(segment);
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c))
            });
        if !well_formed {
            report.add(
                path.pos,
                format!("`{}` is no path", path.node),
                "Start with a slash, write parameters as whole segments in braces: \"/things/{id}\".",
            );
        }
    }
}

/// Reports parameters of paths that nothing takes, and bodies that are both parsed and not.
fn check_body(rest: &Rest, variables: &[Variable], report: &mut Report<'_>) {
    for path in &rest.paths {
        for parameter in parameters(&path.node) {
            if !variables.iter().any(|variable| matches!(&variable.source, Source::Path(name) if name == parameter)) {
                report.add(
                    path.pos,
                    format!("no variable takes the parameter {{{parameter}}}"),
                    format!("Declare `${parameter}`, without @from."),
                );
            }
        }
    }
    let raw = variables.iter().any(|variable| variable.source == Source::RawBody);
    if let Some(parsed) =
        variables.iter().find(|variable| matches!(variable.source, Source::Body(_) | Source::Input(_)))
        && raw
    {
        report.add(
            rest.pos,
            format!("the body is taken raw, and `${}` wants it parsed", parsed.name),
            "Take the variable from the query or a header, or let the domain read it from the raw body.",
        );
    }
}

/// Reports members of the envelope that the selection shows too.
fn check_envelope(walk: &mut Walk<'_, '_>, rest: &Rest, keys: Vec<Key>) {
    let mut envelope = Vec::new();
    let members = rest.body.keys().chain(rest.footer.keys()).map(String::as_str);
    let constants = rest.message.iter().map(|_| "message").chain(members);
    for name in constants {
        walk.claim(Key { name: name.to_owned(), on: None, pos: rest.pos }, &mut envelope);
    }
    for key in keys {
        if envelope.iter().any(|constant| constant.name == key.name) {
            walk.claim(key, &mut envelope);
        }
    }
}

/// Reports a route that stands in no section of its API's document.
fn check_tag(rest: &Rest, dialect: &Dialect, report: &mut Report<'_>) {
    let sections = dialect.sections;
    match &rest.tag {
        None if sections.is_empty() => {}
        None => {
            let remedy = format!("Add `tag: \"{}\"`, or another section.", sections[0]);
            report.add(rest.pos, "`@rest` lacks `tag`", remedy);
        }
        Some((_, tag)) if sections.contains(&tag.as_str()) => {}
        Some((pos, tag)) => {
            let remedy = suggest(tag, sections.iter().copied());
            report.add(*pos, format!("the API's document has no section `{tag}`"), remedy);
        }
    }
}

/// Reports selections that don't give what the kind of answer needs.
fn check_output(walk: &mut Walk<'_, '_>, rest: &Rest) {
    let leaves = std::mem::take(&mut walk.leaves);
    match rest.output {
        Output::Json => {
            if let Some(media) = &rest.media {
                let problem = format!("the answer is JSON and not {media}");
                walk.report.add(rest.pos, problem, "Take `media` away, or say `kind: FILE`.");
            }
            if let Some((key, _, pos)) = leaves.iter().find(|(_, ty, _)| ty == "File") {
                walk.report.add(*pos, format!("`{key}` is a file inside JSON"), "Say `kind: FILE` in @rest.");
            }
        }
        Output::File => {
            if !matches!(leaves.as_slice(), [(_, ty, _)] if ty == "File") {
                walk.report.add(rest.pos, "a FILE route must show exactly one File", "Select it, and nothing else.");
            }
        }
        Output::Redirect => {
            if !matches!(leaves.as_slice(), [(key, ..)] if key == "location") {
                walk.report.add(
                    rest.pos,
                    "a REDIRECT route must show exactly `location`",
                    "Select the URL as `location`, and nothing else.",
                );
            }
        }
    }
}

fn check_errors(errors: &[RouteError], variables: &[Variable], report: &mut Report<'_>) {
    for (index, error) in errors.iter().enumerate() {
        let pos: Pos = error.pos;
        let special = error.field.is_some() || error.rule.is_some();
        if special && error.codes.iter().any(|code| *code != ErrorCode::ValidationFailed) {
            report.add(
                pos,
                "only VALIDATION_FAILED has fields and rules",
                "Take `field` and `rule` away, or give the other codes a line of their own.",
            );
        }
        if error.status.is_none() && error.message.is_none() && error.body.is_none() && error.location.is_none() {
            report.add(pos, "the error has no answer", "Give it a `status`, a `message`, a `body` or a `location`.");
        }
        if error.message.is_some() && error.body.is_some() {
            report.add(pos, "the error has a message and a whole body", "Write the message in the body.");
        }
        if let Some(field) = &error.field {
            let base = field.split('.').next().unwrap_or_default();
            if !variables
                .iter()
                .flat_map(Variable::names)
                .any(|name| name == field || name.split('.').next() == Some(base))
            {
                report.add(pos, format!("the route takes no field `{field}`"), "Name a field as the client sends it.");
            }
        }
        for name in error.unfillable() {
            report.add(
                pos,
                format!("nothing fills {{{name}}} in this error"),
                "There are {app_url} and {public_url}, and {retryAfter} for RATE_LIMITED and UNAVAILABLE.",
            );
        }
        for code in &error.codes {
            if let Some(earlier) = errors[..index].iter().find(|earlier| earlier.hides(error, *code)) {
                report.add(
                    pos,
                    format!("the error is never reached for {code}: line {} answers first", earlier.pos.line),
                    "Put the special line before the general one, or take one away.",
                );
            }
        }
    }
}

/// `list_orders` is `ListOrders`.
fn pascal_case(stem: &str) -> String {
    stem.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}
