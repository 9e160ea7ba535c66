//! For rules: what is asked, who asks, and how rows are found and changed.

pub use async_graphql::InputObject;
pub use chrono::{DateTime, TimeDelta, Utc};
pub use gerbang_graphql::rules::{Rules, rules};
pub use gerbang_kernel::error::{Error, Result, Rule, Violations};
pub use gerbang_platform::query::{
    constraint,
    page::{Listing, Page},
};
pub use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

pub(crate) use crate::input::{
    change::Change,
    filter::{MAX_SEARCH, Wanted},
};
pub use crate::{accounts::Realm, domain::Domain, input::id::IdOf, scope::Scoped, viewer::Viewer};
