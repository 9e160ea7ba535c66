//! Staff.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use gerbang_kernel::error::Result;

use crate::{
    accounts::{
        staff::{
            self,
            rules::{RegisterStaff, UpdateStaff},
        },
        user::admin_schema::{UserPayload, required_user},
    },
    graphql::context::ContextExt,
};

/// What a new member of staff is made of.
#[derive(InputObject)]
pub struct RegisterStaffInput {
    /// Full name, 2 to 100 characters.
    name: String,
    /// User name, 2 to 100 characters; unique among staff.
    username: String,
    /// E-mail address, at most 100 characters; unique among staff.
    email: String,
    /// Password, at least 6 characters.
    password: String,
    /// The password again.
    password_confirmation: String,
    /// Telephone number: `+` or a leading 0 and 8 to 15 digits.
    phone: Option<String>,
    /// Postal address, at most 5,000 characters.
    address: Option<String>,
    /// Code of the job position; grants nothing.
    position_code: Option<String>,
}

/// What changes of a member of staff; what is absent stays as it is, null clears.
#[derive(InputObject)]
pub struct UpdateStaffInput {
    /// The user: `user_17`, or the legacy id `17`.
    id: ID,
    /// Full name, 2 to 100 characters.
    name: Option<String>,
    /// User name, 2 to 100 characters.
    username: Option<String>,
    /// E-mail address; a new one is to be verified again, and the old one is told.
    email: Option<String>,
    /// Telephone number; null clears it.
    phone: MaybeUndefined<String>,
    /// Postal address; null clears it.
    address: MaybeUndefined<String>,
    /// Code of the job position, which grants nothing; null clears it.
    position_code: MaybeUndefined<String>,
}

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
        let RegisterStaffInput {
            name,
            username,
            email,
            password,
            password_confirmation,
            phone,
            address,
            position_code,
        } = input;
        let input =
            RegisterStaff { name, username, email, password, password_confirmation, phone, address, position_code };
        Ok(UserPayload { user: staff::rules::register_staff(ctx.domain(), ctx.viewer(), input).await?.into() })
    }

    /// Changes a member of staff; never the role. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `NOT_FOUND`
    /// also for an employee who wants to change an admin, `VALIDATION_FAILED`. Once in an operation.
    async fn update_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateStaffInput,
    ) -> Result<UserPayload> {
        let UpdateStaffInput { id, name, username, email, phone, address, position_code } = input;
        let which = required_user(&id)?;
        let changes = UpdateStaff {
            name,
            username,
            email,
            phone: phone.into(),
            address: address.into(),
            position_code: position_code.into(),
        };
        Ok(UserPayload {
            user: staff::rules::update_staff(ctx.domain(), ctx.viewer(), ctx.client(), which, changes).await?.into(),
        })
    }
}
