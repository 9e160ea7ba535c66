//! Mutations that hand their input to a rule and show the row that comes back.

/// Declares the mutations of a noun: `name("description of the input": Input) -> Payload { field }` calls
/// `rules::name(domain, viewer, input)`. What does more stands behind `@also`, as in any `#[Object]`.
macro_rules! mutations {
    (
        $(#[$doc:meta])*
        $object:ident;
        $(
            $(#[$field_doc:meta])*
            $name:ident($description:literal: $input:ty) -> $payload:ident { $field:ident };
        )*
        $(@also { $($more:tt)* })?
    ) => {
        $(#[$doc])*
        #[derive(Default)]
        pub struct $object;

        #[::async_graphql::Object]
        impl $object {
            $(
                $(#[$field_doc])*
                async fn $name(
                    &self,
                    ctx: &::async_graphql::Context<'_>,
                    #[graphql(desc = $description)] input: $input,
                ) -> ::gerbang_kernel::error::Result<$payload> {
                    let (domain, viewer) = ($crate::graphql::ContextExt::domain(ctx), $crate::graphql::ContextExt::viewer(ctx));
                    Ok($payload { $field: rules::$name(domain, viewer, input).await? })
                }
            )*
            $($($more)*)?
        }
    };
}

pub(crate) use mutations;
