//! Staff.

use async_graphql::{Context, Object};
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        staff::rules::{self, RegisterStaffInput, UpdateStaffInput},
        user::admin_schema::UserPayload,
    },
    graphql::context::ContextExt,
};

/// Changes to staff.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Adds an employee and gives them the next code, such as `USR00001`. For all staff. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN` in another realm, `VALIDATION_FAILED`. Once in an operation.
    async fn register_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new member of staff.")] input: RegisterStaffInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::register_staff(ctx.domain(), ctx.viewer(), input).await? })
    }

    /// Changes a member of staff; never the role. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `NOT_FOUND`
    /// also for an employee who wants to change an admin, `VALIDATION_FAILED`. Once in an operation.
    async fn update_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateStaffInput,
    ) -> Result<UserPayload> {
        Ok(UserPayload { user: rules::update_staff(ctx.domain(), ctx.viewer(), ctx.client(), input).await? })
    }
}
