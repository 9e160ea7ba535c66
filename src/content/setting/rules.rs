//! Settings: named texts of the site.

use std::{collections::HashSet, sync::Arc};

use gerbang_graphql::rules::TOO_MANY;
use sea_orm::{ModelTrait, Select, sea_query::OnConflict};

use crate::{
    constants::{table::Table, transaction::ConstantTransaction},
    content::setting::row::{ActiveModel, Column, Entity, Model},
    input::custom_rules::DUPLICATE,
    prelude::rules::*,
};

/// Characters of a name.
const KEY: usize = 100;
/// The most settings that change at once.
const MAX_CHANGES: usize = 100;

/// Characters of a text.
const VALUE: usize = 5_000;

/// Which settings change.
#[derive(Debug, InputObject)]
pub struct UpdateSettingsInput {
    /// 1 to 100 settings; what is not named stays as it is.
    pub settings: Vec<SettingInput>,
}

/// A setting's new text.
#[derive(Debug, InputObject)]
pub struct SettingInput {
    /// Its name: 1 to 100 lower-case letters, digits and underscores.
    pub key: String,
    /// Its text, at most 5,000 characters; may be empty.
    pub value: String,
}

/// Which setting is removed.
#[derive(Debug, InputObject)]
pub struct DeleteSettingInput {
    /// Its name, such as `hero_title`.
    pub key: String,
}

/// All settings, in the order in which they were added. For everybody.
pub async fn settings(domain: &Domain) -> Result<Arc<Vec<Model>>> {
    domain.constants.get(Table::Settings, || async { Ok(listed().all(domain.db.read()).await?) }).await
}

/// The setting with this name. For everybody.
pub async fn setting(domain: &Domain, key: &str) -> Result<Option<Model>> {
    Ok(Entity::public().filter(Column::Key.eq(key)).one(domain.db.read()).await?)
}

/// Gives settings new texts, and adds those that are not there yet; answers with all of them. For admins of the
/// scholarship.
pub async fn update_settings(domain: &Domain, viewer: &Viewer, input: UpdateSettingsInput) -> Result<Vec<Model>> {
    viewer.require_admin(Realm::Scholarship)?;
    check(&input.settings)?;
    let now = domain.clock.now();
    let rows = input.settings.into_iter().map(|SettingInput { key, value }| ActiveModel {
        key: Set(key),
        value: Set(value),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
    });
    let replace = OnConflict::column(Column::Key).update_columns([Column::Value, Column::UpdatedAt]).to_owned();
    let transaction = ConstantTransaction::begin(domain, Table::Settings).await?;
    Entity::insert_many(rows).on_conflict(replace).exec_without_returning(transaction.db()).await?;
    let settings = listed().all(transaction.db()).await?;
    transaction.commit().await?;
    Ok(settings)
}

/// Removes a setting. For admins of the scholarship.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_setting(domain: &Domain, viewer: &Viewer, input: DeleteSettingInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = ConstantTransaction::begin(domain, Table::Settings).await?;
    let row = IdOf::<Entity>::new(input.key).find_for_update(transaction.db(), viewer).await?;
    row.clone().delete(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

fn listed() -> Select<Entity> {
    Entity::public().order_by_asc(Column::CreatedAt).order_by_asc(Column::Key)
}

fn check(changes: &[SettingInput]) -> Result<()> {
    let mut violations = Violations::new();
    if changes.is_empty() {
        violations.add("input.settings", Rule::Required);
    }
    if changes.len() > MAX_CHANGES {
        return Err(Error::violation("input.settings", TOO_MANY));
    }
    let mut keys = HashSet::new();
    for (place, SettingInput { key, value }) in changes.iter().enumerate() {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if key.is_empty() || key.len() > KEY || !key.bytes().all(plain) {
            violations.add(format!("input.settings.{place}.key"), Rule::Format);
        } else if !keys.insert(key) {
            violations.add(format!("input.settings.{place}.key"), DUPLICATE);
        }
        if value.chars().count() > VALUE {
            violations.add(format!("input.settings.{place}.value"), Rule::MaxLength(VALUE as u64));
        }
    }
    violations.finish()
}
