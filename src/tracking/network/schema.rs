//! Networks.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use gerbang_graphql::timestamp::Timestamp;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    graphql::{
        connection::{Connection, EdgeNode, wants_total},
        context::ContextExt,
        id::{GlobalId, global_id, parse_id},
    },
    tracking::network::{row::Model, rules},
};

/// The first part of a network's global id.
pub const KIND: &str = "network";

/// An affiliate network, which reports conversions.
#[derive(Clone, Debug)]
pub struct Network(Model);

impl From<Model> for Network {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

impl EdgeNode for Network {
    type Row = Model;
}

/// An affiliate network, which reports conversions. Its secret is shown only when it is made.
#[Object]
impl Network {
    /// The global id, such as `network_2`.
    pub async fn id(&self) -> GlobalId {
        global_id(KIND, self.0.id)
    }

    /// The number of the network, such as `2`.
    async fn legacy_id(&self) -> String {
        self.0.id.to_string()
    }

    /// Unique name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it has a secret, which its postbacks must carry.
    async fn has_secret(&self) -> bool {
        self.0.secret.is_some()
    }

    /// Whether its postbacks are taken as long as it has no secret.
    async fn allow_unsigned(&self) -> bool {
        self.0.allow_unsigned
    }

    /// When it was added, UTC.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// When it was last changed, UTC.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
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
        let id = parse_id(KIND, &input.id).ok_or_else(|| Error::not_found("Network"))?;
        Ok(rules::rotate_secret(ctx.domain(), ctx.viewer(), id).await?.into())
    }
}
