//! Settings: named texts of the site.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use gerbang_kernel::error::Result;

use crate::{content::setting::rules, graphql::context::ContextExt};
use gerbang_graphql::id::node;

pub use super::row::Model as Setting;

#[node("setting_hero_title", key = key)]
#[ComplexObject]
impl Setting {}

/// Settings, for everybody.
#[derive(Default)]
pub struct SettingQuery;

#[Object]
impl SettingQuery {
    /// All settings, in the order in which they were added. For everybody.
    async fn settings(&self, ctx: &Context<'_>) -> Result<Vec<Setting>> {
        Ok(rules::settings(ctx.domain()).await?)
    }

    /// The setting with this name; null if there is none. For everybody.
    async fn setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name, such as `hero_title`.")] key: String,
    ) -> Option<Result<Setting>> {
        rules::setting(ctx.domain(), &key).await.transpose().map(|row| row)
    }
}

/// Which settings change.
#[derive(Debug, InputObject)]
pub struct UpdateSettingsInput {
    /// 1 to 100 settings; what is not named stays as it is.
    settings: Vec<SettingInput>,
}

/// A setting's new text.
#[derive(Debug, InputObject)]
pub struct SettingInput {
    /// Its name: 1 to 100 lower-case letters, digits and underscores.
    key: String,
    /// Its text, at most 5,000 characters; may be empty.
    value: String,
}

/// Which setting is removed.
#[derive(Debug, InputObject)]
pub struct DeleteSettingInput {
    /// Its name, such as `hero_title`.
    key: String,
}

/// The settings after the change.
#[derive(SimpleObject)]
pub struct UpdateSettingsPayload {
    /// All settings, in the order in which they were added.
    settings: Vec<Setting>,
}

/// The setting that was removed.
#[derive(SimpleObject)]
pub struct DeleteSettingPayload {
    /// The setting as it was.
    setting: Setting,
}

/// Changes to settings, for admins of the scholarship.
#[derive(Default)]
pub struct SettingMutation;

#[Object]
impl SettingMutation {
    /// Gives settings new texts, and adds those that are not there yet. For admins of the scholarship. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn update_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new texts.")] input: UpdateSettingsInput,
    ) -> Result<UpdateSettingsPayload> {
        let changes = input.settings.into_iter().map(|SettingInput { key, value }| (key, value)).collect();
        let rows = rules::update_settings(ctx.domain(), ctx.viewer(), changes).await?;
        Ok(UpdateSettingsPayload { settings: rows })
    }

    /// Removes a setting. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn delete_setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The setting.")] input: DeleteSettingInput,
    ) -> Result<DeleteSettingPayload> {
        let row = rules::delete_setting(ctx.domain(), ctx.viewer(), &input.key).await?;
        Ok(DeleteSettingPayload { setting: row.into() })
    }
}
