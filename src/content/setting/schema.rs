//! Settings: named texts of the site.

use std::sync::Arc;

pub use super::row::Model as Setting;
use crate::{
    content::setting::rules::{self, DeleteSettingInput, UpdateSettingsInput},
    prelude::schema::*,
};

#[node("setting_hero_title", key = key)]
#[ComplexObject]
impl Setting {}

/// Settings, for everybody.
#[derive(Default)]
pub struct SettingQuery;

#[Object]
impl SettingQuery {
    /// All settings, in the order in which they were added. For everybody.
    async fn settings(&self, ctx: &Context<'_>) -> Result<Arc<Vec<Setting>>> {
        rules::settings(ctx.domain()).await
    }

    /// The setting with this name; null if there is none. For everybody.
    async fn setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name, such as `hero_title`.")] key: String,
    ) -> Option<Result<Setting>> {
        rules::setting(ctx.domain(), &key).await.transpose()
    }
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
        Ok(UpdateSettingsPayload { settings: rules::update_settings(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Removes a setting. For admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn delete_setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The setting.")] input: DeleteSettingInput,
    ) -> Result<DeleteSettingPayload> {
        Ok(DeleteSettingPayload { setting: rules::delete_setting(ctx.domain(), ctx.viewer(), input).await? })
    }
}
