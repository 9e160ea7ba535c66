//! The schema as front ends see it.

mod accounts;
mod arguments;
mod assessments;
mod audit;
mod client_errors;
mod clients;
mod columns;
mod connections;
mod content;
mod filters;
mod integers;
pub(crate) mod introspection;
mod nodes;
mod notary;
mod notifications;
mod partners;
mod payments;
mod permissions;
mod plans;
mod rendering;
mod reports;
mod scholarship;
mod summary;
mod tracking;
