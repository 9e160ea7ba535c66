//! What rows have in common: when they were made and changed, and that no relation is needed to find them.

/// Notes in `created_at` and `updated_at` of an active model when its row was made and changed, by the
/// [current clock](gerbang_kernel::clock::Clock::current). A time that is set stays. Stands in place of
/// `impl ActiveModelBehavior for ActiveModel {}`.
#[macro_export]
macro_rules! stamped {
    () => {
        $crate::stamped!(created_at, updated_at);
    };
    ($created_at:ident $(, $updated_at:ident)?) => {
        #[::sea_orm::entity::prelude::async_trait::async_trait]
        impl ::sea_orm::ActiveModelBehavior for ActiveModel {
            async fn before_save<C: ::sea_orm::ConnectionTrait>(
                mut self,
                _: &C,
                insert: bool,
            ) -> ::std::result::Result<Self, ::sea_orm::DbErr> {
                let now = $crate::rows::now();
                if insert && self.$created_at.is_not_set() {
                    self.$created_at = ::sea_orm::ActiveValue::Set(now.into());
                }
                $(if !self.$updated_at.is_set() {
                    self.$updated_at = ::sea_orm::ActiveValue::Set(now.into());
                })?
                Ok(self)
            }
        }
    };
}

/// Declares a row whose table no query joins by the relations of `sea-orm`.
#[macro_export]
macro_rules! no_relations {
    () => {
        /// Rows are found by their keys.
        #[derive(Clone, Copy, Debug, ::sea_orm::EnumIter, ::sea_orm::DeriveRelation)]
        pub enum Relation {}
    };
}

/// The time of the current clock.
#[doc(hidden)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    gerbang_kernel::clock::Clock::current().now()
}
