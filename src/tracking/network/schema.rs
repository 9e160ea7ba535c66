//! Networks.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    graphql::{
        connection::{Connection, wants_total},
        context::ContextExt,
    },
    tracking::network::{row::Model, rules},
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Network;

#[node("network_2", legacy = "The number of the network, such as `2`.")]
#[ComplexObject]
impl Network {
    /// Whether it has a secret, which its postbacks must carry.
    async fn has_secret(&self) -> bool {
        self.secret.is_some()
    }
}

/// Networks, for admins of affiliate tracking.
#[derive(Default)]
pub struct NetworkQuery;

#[Object]
impl NetworkQuery {
    /// Networks in the order in which they were added, for admins. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn networks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Network>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        Ok(rules::networks(ctx.domain(), ctx.viewer(), &request, wants_total(ctx)).await?.into())
    }
}

/// What a new network is made of.
#[derive(Debug, InputObject)]
pub struct CreateNetworkInput {
    /// Unique name, at most 100 characters.
    name: String,
    /// Whether its postbacks need no secret; false by default, and a secret is made.
    #[graphql(default)]
    allow_unsigned: bool,
}

/// Which network gets a new secret.
#[derive(Debug, InputObject)]
pub struct RotateNetworkSecretInput {
    /// The network: `network_2` or `2`.
    id: ID,
}

/// The network after the change.
#[derive(SimpleObject)]
pub struct NetworkPayload {
    /// The network.
    network: Network,
    /// The secret that its postbacks must carry as `secret`, shown this once; null if it needs none.
    secret: Option<String>,
}

impl From<Model> for NetworkPayload {
    fn from(row: Model) -> Self {
        Self { secret: row.secret.clone(), network: row.into() }
    }
}

/// Changes to networks, for admins of affiliate tracking.
#[derive(Default)]
pub struct NetworkMutation;

#[Object]
impl NetworkMutation {
    /// Adds a network. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn create_network(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new network.")] input: CreateNetworkInput,
    ) -> Result<NetworkPayload> {
        let CreateNetworkInput { name, allow_unsigned } = input;
        let input = rules::CreateNetwork { name, allow_unsigned };
        Ok(rules::create_network(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Gives a network a new secret; postbacks with the old one, or without any, are refused from now on. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn rotate_network_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The network.")] input: RotateNetworkSecretInput,
    ) -> Result<NetworkPayload> {
        let id = parse_id(<Network as Node>::KIND, &input.id).ok_or_else(|| Error::not_found("Network"))?;
        Ok(rules::rotate_secret(ctx.domain(), ctx.viewer(), id).await?.into())
    }
}
