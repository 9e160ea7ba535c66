//! Staff.

use crate::{
    accounts::{
        administration::schema::UserPayload,
        staff::rules::{self, RegisterStaffInput, UpdateStaffInput},
    },
    graphql::mutations::mutations,
};

mutations! {
    /// Changes to staff.
    StaffMutation;

    /// Adds an employee and gives them the next code, such as `USR00001`. For all staff. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN` in another realm, `VALIDATION_FAILED`. Once in an operation.
    register_staff("The new member of staff.": RegisterStaffInput) -> UserPayload { user };

    /// Changes a member of staff; never the role. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `NOT_FOUND`
    /// also for an employee who wants to change an admin, `VALIDATION_FAILED`. Once in an operation.
    update_staff[viewer, client]("The changes.": UpdateStaffInput) -> UserPayload { user };
}
