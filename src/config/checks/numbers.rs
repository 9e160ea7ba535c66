//! Numbers with which nothing works any more.

use super::super::{Config, Rate, problems::Findings};

/// A hundred years: more can't be added to a date.
const MAX_DAYS: u64 = 36_500;
/// A day: nobody waits longer for anything.
const MAX_SECONDS: u64 = 86_400;
/// Providers repeat a notification for days, and people who look into one come later.
const MIN_EVENT_DAYS: u32 = 90;
/// More connections than any PostgreSQL server lets in.
const MAX_CONNECTIONS: u64 = 10_000;

/// Room for an answer that says what is wrong.
const MIN_ANSWER_BYTES: usize = 1_024;

/// Checks every number that has a least or a largest useful value.
pub(super) fn check(config: &Config, findings: &mut Findings) {
    let Config { server, database, auth, audit, limits, graphql, tracking, notifications, payments, reports, .. } =
        config;
    let wide = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    // With 0, what would become of it.
    let at_least_one = [
        ("database.connections", database.connections.into(), "no statement could run"),
        ("auth.access_ttl_seconds", auth.access_ttl_seconds.into(), "every token would be expired when it is given"),
        ("limits.scale", limits.scale.into(), "every request would be refused"),
        ("limits.login_failures", limits.login_failures.into(), "nobody could log in"),
        ("limits.login_attempts_per_address", limits.login_attempts_per_address.into(), "nobody could log in"),
        ("limits.body_bytes", wide(limits.body_bytes), "every request with a body would be refused"),
        ("limits.file_bytes", limits.file_bytes, "every upload would be refused"),
        ("limits.concurrent", wide(limits.concurrent), "every request would be refused"),
        ("limits.connections_per_address", wide(limits.connections_per_address), "nobody could connect"),
        ("limits.streams_per_address", wide(limits.streams_per_address), "no subscription could be opened"),
        ("limits.bodies_per_address", wide(limits.bodies_per_address), "every request with a body would be refused"),
        ("limits.body_seconds", limits.body_seconds, "every request with a body would be cut off"),
        ("graphql.depth", wide(graphql.depth), "every operation would be refused"),
        ("graphql.complexity", wide(graphql.complexity), "every operation would be refused"),
        ("graphql.tokens", wide(graphql.tokens), "every operation would be refused"),
        ("graphql.timeout_seconds", graphql.timeout_seconds, "every operation would be cut off"),
        ("tracking.queue", wide(tracking.queue), "no click could be recorded"),
        ("reports.queue", wide(reports.queue), "no report could be made"),
    ];
    for (key, value, consequence) in at_least_one {
        if value == 0 {
            findings.refuse_value(key, value, format!("{consequence}; it must be at least 1"));
        }
    }
    if graphql.answer_bytes < MIN_ANSWER_BYTES {
        let remedy = format!("it must be at least {MIN_ANSWER_BYTES}, which an answer needs that says what is wrong");
        findings.refuse_value("graphql.answer_bytes", graphql.answer_bytes, remedy);
    }
    if !(0.0..=1.0).contains(&config.traces.sample) {
        findings.refuse_value("traces.sample", config.traces.sample, "it is a share: it must be from 0 to 1");
    }
    if (1..MIN_EVENT_DAYS).contains(&payments.event_days) {
        let remedy =
            format!("it must be at least {MIN_EVENT_DAYS}, or 0 for ever: what comes again later is taken for new");
        findings.refuse_value("payments.event_days", payments.event_days, remedy);
    }
    let at_most = [
        ("server.drain_seconds", server.drain_seconds, MAX_SECONDS),
        ("database.connections", database.connections.into(), MAX_CONNECTIONS),
        ("auth.refresh_days", auth.refresh_days.into(), MAX_DAYS),
        ("auth.sanctum_days", auth.sanctum_days.into(), MAX_DAYS),
        ("audit.days", audit.days.into(), MAX_DAYS),
        ("graphql.timeout_seconds", graphql.timeout_seconds, MAX_SECONDS),
        ("notifications.days", notifications.days.into(), MAX_DAYS),
        ("payments.event_days", payments.event_days.into(), MAX_DAYS),
        ("tracking.retention_days", tracking.retention_days.into(), MAX_DAYS),
    ];
    for (key, value, max) in at_most {
        if value > max {
            findings.refuse_value(key, value, format!("it must be at most {max}"));
        }
    }
    let rates = [
        ("limits.sign_ups", limits.sign_ups),
        ("limits.invitations", limits.invitations),
        ("limits.password_resets", limits.password_resets),
        ("limits.verifications", limits.verifications),
        ("limits.address_changes", limits.address_changes),
        ("limits.client_errors", limits.client_errors),
    ];
    for (key, Rate { per_address, per_network }) in rates {
        if per_address == 0 || per_network < per_address {
            let value = format!("{{ per_address = {per_address}, per_network = {per_network} }}");
            findings.refuse_value(key, value, "per_address must be at least 1, and per_network not less than it");
        }
    }
    if limits.scale > 1 {
        let scale = limits.scale;
        findings.warn(
            "limits.scale",
            format!("{scale} lifts every limit on requests, log-ins included; set it to 1 in production"),
        );
    }
    if auth.refresh_days == 0 {
        findings.warn("auth.refresh_days", "0 lets no token be exchanged for a new one: people log in anew each time");
    }
    if graphql.aliases == 0 {
        findings.warn("graphql.aliases", "0 refuses every operation with an alias, as clients send them");
    }
}
