//! Networks, which report conversions. For admins: rows hold secrets.

use subtle::ConstantTimeEq;

use crate::{
    prelude::rules::*,
    tracking::network::row::{ActiveModel, Column, Entity, Model},
};

/// What a new network is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateNetworkInput {
    /// Unique name.
    #[rule(text, max = 100)]
    pub name: String,
    /// Whether its postbacks need no secret; otherwise one is made.
    #[graphql(default)]
    pub allow_unsigned: bool,
}

/// Which network gets a new secret.
#[derive(Debug, InputObject)]
pub struct RotateNetworkSecretInput {
    /// The network: `network_2` or `2`.
    pub id: IdOf<Entity>,
}

/// A page of the networks.
pub async fn networks(domain: &Domain, viewer: &Viewer, list: &Listing<Column>) -> Result<Page<Model>> {
    viewer.require_admin(Realm::Apextrack)?;
    list.of(domain.db.read(), Entity::visible_to(viewer), Column::Id).await
}

/// Adds a network, with a secret of its own unless it is to need none.
pub async fn create_network(domain: &Domain, viewer: &Viewer, input: CreateNetworkInput) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let CreateNetworkInput { name, allow_unsigned } = input.check()?;
    let row = ActiveModel {
        name: Set(name),
        secret: Set((!allow_unsigned).then(new_secret)),
        allow_unsigned: Set(allow_unsigned),
        ..Default::default()
    };
    let inserted = row.insert(domain.db.write()).await;
    inserted.map_err(|error| constraint::taken(error, &[("uq_networks_name", "input.name")]))
}

/// Gives a network a new secret, which its postbacks must carry from now on.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn rotate_network_secret(domain: &Domain, viewer: &Viewer, input: RotateNetworkSecretInput) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    row.secret = Set(Some(new_secret()));
    row.allow_unsigned = Set(false);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Whether a postback with this secret is taken: it must be the network's, and a network without one takes postbacks
/// only if it is set to.
pub(crate) fn admits(network: &Model, secret: Option<&str>) -> bool {
    match &network.secret {
        Some(expected) => secret.is_some_and(|given| given.as_bytes().ct_eq(expected.as_bytes()).into()),
        None => network.allow_unsigned,
    }
}

fn new_secret() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}
