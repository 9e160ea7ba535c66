//! The data of the `demo` command: every documented account and enough around it to make each list
//! interesting. Always the same, since its generator is seeded; all times are relative to now.

mod accounts;
mod audit;
pub mod clicks;
mod content;
mod files;
mod notary;
mod notifications;
mod payments;
mod people;
mod scholarship;
mod seeder;
mod talents;
mod tracking;
mod usage;
mod webhooks;

use gerbang_kernel::error::Result;
use sea_orm::EntityTrait;

pub use self::accounts::{DemoAccount, PASSWORD, accounts};
use self::seeder::Seeder;
use crate::{accounts::user, domain::Domain};

/// Writes the demo's data unless the database holds some already, all of it or nothing.
pub async fn fill_if_empty(domain: &Domain) -> Result<()> {
    let somebody = user::row::Entity::find().one(domain.db.read()).await?;
    if somebody.is_none() { fill(domain).await } else { Ok(()) }
}

/// Writes the demo's data into an empty database, all of it or nothing.
pub async fn fill(domain: &Domain) -> Result<()> {
    let password_hash = domain.passwords.hash(PASSWORD).await?;
    let mut seeder = Seeder::begin(domain).await?;
    let partners = talents::partners(&mut seeder).await?;
    let users = accounts::users(&mut seeder, &password_hash, &partners).await?;
    accounts::invitations(&mut seeder, &users).await?;
    talents::clients(&mut seeder, &partners).await?;
    tracking::fill(&mut seeder, &users).await?;
    notary::fill(&mut seeder, &users).await?;
    scholarship::fill(&mut seeder, &users).await?;
    notifications::fill(&mut seeder, &users).await?;
    payments::fill(&mut seeder, &users).await?;
    content::fill(&mut seeder).await?;
    usage::fill(&mut seeder).await?;
    audit::fill(&mut seeder, &users).await?;
    seeder.commit().await
}
