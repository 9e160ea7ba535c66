//! What a route is, once it is loaded, and what is decided about all of them. Imports none of the other rooms.

pub(crate) mod defect;
pub(crate) mod dialect;
pub(crate) mod document;
pub(crate) mod example;
pub(crate) mod example_request;
pub(crate) mod failure;
pub(crate) mod form;
pub(crate) mod input_type;
pub(crate) mod notice;
pub(crate) mod plan;
pub(crate) mod route;
pub(crate) mod route_error;
pub(crate) mod rules;
pub(crate) mod settings;
pub(crate) mod sunset;
pub(crate) mod variable;
