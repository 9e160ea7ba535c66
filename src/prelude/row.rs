//! For rows: a table, who sees which of its rows, and what they show.

pub use async_graphql::{Enum, SimpleObject};
pub use gerbang_graphql::timestamp::Timestamp;
pub use gerbang_platform::rows::row;
pub use sea_orm::entity::prelude::*;

pub use crate::{
    accounts::Realm,
    scope::{self, Scope, Scoped},
    viewer::Viewer,
};
