//! GraphQL over HTTP: what is answered, what is refused and how.

mod deadline;
mod documents;
mod limits;
mod requests;
mod tokens;
mod variables;

const RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";
