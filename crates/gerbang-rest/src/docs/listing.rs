//! The routes as a table, for `gerbang routes`.

use std::{collections::BTreeSet, fmt::Write};

use axum::http::Method;
use gerbang_kernel::error::ErrorCode;

use crate::model::{
    failure::Failure,
    plan::{Content, Plan},
    route::{Auth, Route},
    variable::Source,
};

impl Route {
    /// The statuses that the file implies: successes, its own errors, and what its demands imply.
    pub fn statuses(&self) -> Vec<u16> {
        let mut statuses = BTreeSet::from([self.status.as_u16()]);
        outcomes(&self.plan, &mut statuses);
        statuses.extend(self.failures().map(|code| {
            let failure = Failure::from(code);
            let own =
                self.errors.iter().find(|own| own.codes.contains(&code) && own.field.is_none() && own.rule.is_none());
            let status = own.and_then(|own| own.status).unwrap_or_else(|| (self.dialect.answer)(&failure).status);
            status.as_u16()
        }));
        statuses.extend(self.errors.iter().filter_map(|own| own.status).map(|status| status.as_u16()));
        statuses.into_iter().collect()
    }

    /// The failures that the file implies.
    pub fn failures(&self) -> impl Iterator<Item = ErrorCode> {
        let mut codes: BTreeSet<ErrorCode> = self.errors.iter().flat_map(|own| own.codes.iter().copied()).collect();
        required(&self.plan, &mut codes);
        if matches!(self.auth, Auth::User | Auth::Admin) {
            codes.insert(ErrorCode::Unauthenticated);
        }
        if self.auth == Auth::Admin {
            codes.insert(ErrorCode::Forbidden);
        }
        for variable in &self.variables {
            match &variable.source {
                Source::Path(_) => codes.insert(ErrorCode::NotFound),
                Source::Token if variable.is_required() => codes.insert(ErrorCode::Unauthenticated),
                Source::Input(_) | Source::Query(_) | Source::Body(_) | Source::Header(_)
                    if variable.paging.is_none() =>
                {
                    codes.insert(ErrorCode::ValidationFailed)
                }
                _ => false,
            };
        }
        if self.methods.iter().any(|method| *method != Method::GET && self.reads_body(method)) {
            codes.insert(ErrorCode::BadRequest);
        }
        if !self.dialect.limits.is_empty() {
            codes.insert(ErrorCode::RateLimited);
        }
        codes.into_iter()
    }
}

fn outcomes(plan: &Plan, statuses: &mut BTreeSet<u16>) {
    let of_types = plan.outcomes.iter().map(|(_, outcome)| outcome);
    let of_fields = plan.steps.iter().filter_map(|step| step.outcome.as_ref());
    statuses.extend(of_types.chain(of_fields).filter_map(|outcome| outcome.status).map(|status| status.as_u16()));
    each_below(plan, |below| outcomes(below, statuses));
}

fn required(plan: &Plan, codes: &mut BTreeSet<ErrorCode>) {
    codes.extend(plan.steps.iter().filter_map(|step| step.required));
    each_below(plan, |below| required(below, codes));
}

fn each_below(plan: &Plan, mut each: impl FnMut(&Plan)) {
    for step in &plan.steps {
        if let Content::Object(below) | Content::Page(below) = &step.content {
            each(below);
        }
    }
}

/// One line for each method and path: file, API, method, path, statuses.
pub fn listing(routes: &[Route]) -> String {
    let mut rows = vec![["API", "METHOD", "PATH", "STATUS", "FILE"].map(str::to_owned)];
    for route in routes {
        let base = route.dialect.bases.first().copied().unwrap_or_default();
        let statuses = route.statuses().iter().map(u16::to_string).collect::<Vec<_>>().join(" ");
        for path in &route.paths {
            let methods = route.methods.iter().map(Method::as_str).collect::<Vec<_>>().join("|");
            rows.push([
                route.dialect.slug.to_owned(),
                methods,
                format!("{base}{path}"),
                statuses.clone(),
                route.file.clone(),
            ]);
        }
    }
    let widths: [usize; 5] = std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    let mut text = String::new();
    for [api, method, path, statuses, file] in &rows {
        let [a, b, c, d, _] = widths;
        // Writing to a string does not fail.
        let _ = writeln!(text, "{api:a$}  {method:b$}  {path:c$}  {statuses:d$}  {file}");
    }
    text
}
