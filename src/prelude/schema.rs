//! For the schema: objects, their ids, lists and mutations.

pub use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
pub use gerbang_graphql::{
    id::{GlobalId, global_id, node},
    list::Columns,
    rows::Row,
};
pub use gerbang_kernel::error::Result;

pub(crate) use crate::graphql::mutations::mutations;
pub use crate::{
    graphql::{
        connection::{Connection, List, lists},
        context::ContextExt,
    },
    input::id::IdOf,
};
