//! For what [`mutations!`](crate::graphql::mutations) makes.

pub(crate) use crate::audit::notes::{Given, GivenOtherwise};
