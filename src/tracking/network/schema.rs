//! Networks.

pub use super::row::Model as Network;
use crate::{
    prelude::schema::*,
    tracking::network::{
        row::Column,
        rules::{self, CreateNetworkInput, RotateNetworkSecretInput},
    },
};

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

#[lists]
#[Object]
impl NetworkQuery {
    /// Networks in the order in which they were added, for admins. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    async fn networks(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<Network>> {
        Ok(rules::networks(ctx.domain(), ctx.viewer(), &list.by_column(Column::Id)).await?.into())
    }
}

/// The network after the change.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct NetworkPayload {
    /// The network.
    network: Network,
}

#[ComplexObject]
impl NetworkPayload {
    /// The secret that its postbacks must carry as `secret`, shown this once; null if it needs none.
    async fn secret(&self) -> Option<&str> {
        self.network.secret.as_deref()
    }
}

mutations! {
    /// Changes to networks, for admins of affiliate tracking.
    NetworkMutation;

    /// Adds a network. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    create_network("The new network.": CreateNetworkInput) -> NetworkPayload { network };

    /// Gives a network a new secret; postbacks with the old one, or without any, are refused from now on. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    rotate_network_secret("The network.": RotateNetworkSecretInput) -> NetworkPayload { network };
}
