//! `node(id:)`: any object by its global id.

use async_graphql::{Context, ID, Interface, Object};

use super::{ContextExt, id::split_id, loaders::ById, talents::partner::Partner};
use crate::{entity::talents::partner, error::Result};

/// An object that can be asked for again by its id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id, such as `client_17`."))]
pub enum Node {
    /// A partner.
    Partner(Partner),
}

/// Any object by its global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this global id; null if there is none or the viewer may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id, such as `client_17`.")] id: ID,
    ) -> Option<Result<Node>> {
        let (kind, key) = split_id(&id)?;
        find(ctx, kind, key).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, kind: &str, key: &str) -> Result<Option<Node>> {
    Ok(match kind {
        "partner" => match key.parse() {
            Ok(key) => ctx.load(ById::<partner::Entity>::new(key)).await?.map(|row| Node::Partner(row.into())),
            Err(_) => None,
        },
        _ => None,
    })
}
