//! Networks, which report conversions. For admins: rows hold secrets.

use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::{
    constraint,
    page::{Page, PageRequest, Sort, paginate},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect};
use subtle::ConstantTimeEq;

use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::Violations,
    scope::Scoped,
    tracking::network::row::{ActiveModel, Column, Entity, Model},
    viewer::Viewer,
};

/// Characters of a network's name.
const NAME: u64 = 100;

/// What a new network is made of.
#[derive(Clone, Debug)]
pub struct CreateNetwork {
    /// Unique name, at most 100 characters.
    pub name: String,
    /// Whether its postbacks need no secret.
    pub allow_unsigned: bool,
}

/// A page of the networks, in the order in which they were added.
pub async fn networks(domain: &Domain, viewer: &Viewer, request: &PageRequest, count: bool) -> Result<Page<Model>> {
    viewer.require_admin(Realm::Apextrack)?;
    let (select, sort) = (Entity::visible_to(viewer), Sort::ascending(Column::Id));
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// Adds a network, with a secret of its own unless it is to need none.
pub async fn create_network(domain: &Domain, viewer: &Viewer, input: CreateNetwork) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let CreateNetwork { name, allow_unsigned } = input;
    let mut violations = Violations::new();
    let name = violations.text("input.name", &name, NAME);
    violations.finish()?;
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
pub async fn rotate_secret(domain: &Domain, viewer: &Viewer, id: i64) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let mut row = found.ok_or_else(|| Error::not_found("Network"))?.into_active_model();
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
