//! Variables: what a request must bring, and where in it.

use async_graphql::{Positioned, parser::types::VariableDefinition};
use axum::http::{HeaderName, Method};
use gerbang_graphql::type_index::base_name;

use super::{
    directives::{self, ON_VARIABLE, Rest},
    field::check_words,
    input_type::input_type,
    report::Report,
    schema::{Schema, is_list},
};
use crate::model::{
    input_type::{InputType, Kind},
    variable::{Source, Variable, parameters},
};

/// The variable of a definition. `None` if nothing can be made of it.
pub(super) fn read(
    definition: &Positioned<VariableDefinition>,
    rest: &Rest,
    schema: &Schema,
    report: &mut Report<'_>,
) -> Option<Variable> {
    let VariableDefinition { name, var_type, directives, default_value } = &definition.node;
    let (name, ty) = (name.node.to_string(), var_type.node.clone());
    if !schema.is_input(base_name(&ty)) {
        report.add(
            var_type.pos,
            format!("`${name}` is {ty}, which is no type of input"),
            "Use a scalar, an enum or an input object.",
        );
        return None;
    }
    let (mut from, mut words) = (None, Vec::new());
    for directive in directives::allowed(directives, &ON_VARIABLE, "a variable", report) {
        if directive.node.name.node == "from" {
            from = Some(directives::read_from(directive, report));
        } else {
            words = directives::read_values(directive, report);
            if schema.is_enum(base_name(&ty)) {
                check_words(schema, base_name(&ty), &words, directive.pos, report);
            } else {
                report.add(
                    directive.pos,
                    format!("`${name}` is {ty} and has no words"),
                    "Put @values on a variable of an enum type.",
                );
            }
        }
    }
    if let Some(default) = default_value
        && !directives.is_empty()
    {
        report.add(
            default.pos,
            format!("`${name}` has a directive and a default"),
            "Leave the default out, make the variable nullable and let the schema decide: parsers disagree about their order.",
        );
    }
    let number = from.as_ref().and_then(|from| from.number.clone());
    if number.is_some() && !is_list(&ty) {
        report.add(
            definition.pos,
            format!("`${name}` is {ty}, and `number` makes a list"),
            "Declare a list, or take `number` away.",
        );
    }
    let input_type = input_type(&ty, &words, schema);
    let source = source(&name, &input_type, definition, from.as_ref(), rest, report)?;
    let variable = Variable {
        name,
        ty,
        input_type,
        source,
        has_default: default_value.is_some(),
        number,
        paging: None,
        description: None,
    };
    check_source(&variable, definition, rest, report);
    Some(variable)
}

fn source(
    name: &str,
    input_type: &InputType,
    definition: &Positioned<VariableDefinition>,
    from: Option<&directives::From>,
    rest: &Rest,
    report: &mut Report<'_>,
) -> Option<Source> {
    let default = || {
        if rest.paths.iter().any(|path| parameters(&path.node).any(|parameter| parameter == name)) {
            Source::Path(name.to_owned())
        } else if matches!(input_type.kind, Kind::Upload) {
            Source::Body(vec![name.to_owned()])
        } else {
            Source::Input(vec![name.to_owned()])
        }
    };
    let Some(from) = from else { return Some(default()) };
    let given = [!from.query.is_empty(), !from.body.is_empty(), from.header.is_some(), from.request.is_some()];
    match given.iter().filter(|given| **given).count() {
        0 if from.number.is_some() => Some(default()),
        1 => {
            if let Some(header) = &from.header {
                if HeaderName::try_from(header).is_err() {
                    report.add(from.pos, format!("`{header}` is no name of a header"), "Write the name as it is sent.");
                }
                return Some(Source::Header(header.to_ascii_lowercase()));
            }
            match from.request.as_deref() {
                Some("TOKEN") => Some(Source::Token),
                Some("RAW_BODY") => Some(Source::RawBody),
                Some(_) => Some(Source::RequestPath),
                None if from.query.is_empty() => Some(Source::Body(from.body.clone())),
                None => Some(Source::Query(from.query.clone())),
            }
        }
        0 => {
            report.add(
                from.pos,
                format!("`${}` has no source", definition.node.name.node),
                "Give @from one of `query`, `body`, `header`, `request`, or take it away.",
            );
            None
        }
        _ => {
            report.add(
                from.pos,
                format!("`${}` has several sources", definition.node.name.node),
                "Keep one of them; a list of names is tried in order.",
            );
            None
        }
    }
}

fn check_source(
    variable: &Variable,
    definition: &Positioned<VariableDefinition>,
    rest: &Rest,
    report: &mut Report<'_>,
) {
    let name = &variable.name;
    let reads_only = rest.methods.iter().all(|method| *method == Method::GET);
    match &variable.source {
        Source::Body(_) | Source::RawBody if reads_only => report.add(
            definition.pos,
            format!("`${name}` has no source: a GET request has no body"),
            "Take it from the query, or answer another method.",
        ),
        Source::Path(parameter) => {
            let everywhere = rest.paths.iter().all(|path| parameters(&path.node).any(|other| other == parameter));
            if !everywhere && variable.is_required() {
                report.add(
                    definition.pos,
                    format!("`${name}` is required, but not every path has {{{parameter}}}"),
                    "Make the variable nullable, or add the parameter to the path.",
                );
            }
        }
        Source::Token | Source::RequestPath if base_name(&variable.ty).as_str() != "String" => {
            report.add(definition.pos, format!("`${name}` is text, not {}", variable.ty), "Declare it as String.");
        }
        _ => {}
    }
    if matches!(&variable.input_type.kind, Kind::List(item) if matches!(item.kind, Kind::Upload)) {
        report.add(definition.pos, format!("`${name}` is a list of files"), "Take one file in each variable.");
    }
}
