//! What the parts of a file must not say against each other.

use async_graphql::{Pos, parser::types::OperationType};
use axum::http::Method;
use gerbang_kernel::error::ErrorCode;

use super::{
    directives::Rest,
    report::{Report, suggest},
    selection::{Key, Walk},
};
use crate::model::{
    dialect::Dialect,
    route::{Auth, Output},
    route_error::RouteError,
    variable::{Source, Variable, parameters},
};

/// Reports paths that are none.
pub(super) fn paths(rest: &Rest, report: &mut Report<'_>) {
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
pub(super) fn body(rest: &Rest, variables: &[Variable], report: &mut Report<'_>) {
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

/// Reports answers that others may keep, and that are not the same for all.
pub(super) fn max_age(rest: &Rest, kind: OperationType, report: &mut Report<'_>) {
    let Some((pos, _)) = rest.max_age else { return };
    if rest.auth != Auth::None {
        report.add(
            pos,
            "others may keep an answer that depends on who asks",
            "Take `maxAge` away (`etag: true` lets the client alone keep it), or say `auth: NONE`.",
        );
    }
    if kind != OperationType::Query || rest.methods.iter().any(|method| *method != Method::GET) {
        report.add(pos, "only the answer to GET is kept", "Take `maxAge` away.");
    }
    if rest.output == Output::Redirect {
        report.add(pos, "a redirect is not kept", "Take `maxAge` away.");
    }
}

/// Reports pages that nobody would see, or with nothing on them.
pub(super) fn html(rest: &Rest, report: &mut Report<'_>) {
    if rest.html && (rest.output != Output::Json || rest.message.is_none() || !rest.methods.contains(&Method::GET)) {
        report.add(
            rest.pos,
            "a page shows the `message` of an answer to GET, and there is none",
            "Give the route a `message`, or take `html` away.",
        );
    }
}

/// Reports members of the envelope that the selection shows too.
pub(super) fn envelope(walk: &mut Walk<'_, '_>, rest: &Rest, keys: Vec<Key>) {
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

/// Reports a route that has no name or stands in no section of its API's document.
pub(super) fn document(rest: &Rest, dialect: &Dialect, report: &mut Report<'_>) {
    let sections = dialect.sections;
    let is_blank = rest.summary.as_ref().is_none_or(|summary| summary.trim().is_empty());
    if is_blank && !sections.is_empty() {
        report.add(
            rest.pos,
            "`@rest` lacks `summary`",
            "Add what the API's document calls the route: `summary: \"...\"`.",
        );
    }
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
pub(super) fn output(walk: &mut Walk<'_, '_>, rest: &Rest) {
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

/// Reports errors that say nothing, or are never reached.
pub(super) fn errors(errors: &[RouteError], variables: &[Variable], report: &mut Report<'_>) {
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
