//! Mutations that hand their input to a rule and show what comes back.

/// Declares the mutations of a noun: `name("description of the input": Input) -> Payload { field }` calls
/// `rules::name(domain, viewer, input)` and shows what it gives as the `field` of the payload, or as the whole of it
/// where no field is named. `name[client]` hands over where the request came from instead of the viewer,
/// `name[viewer, client]` both. What does more stands behind `@also`, as in any `#[Object]`.
macro_rules! mutations {
    (
        $(#[$doc:meta])*
        $object:ident;
        $(
            $(#[$field_doc:meta])*
            $name:ident $([$($given:ident),*])? ($description:literal: $input:ty)
                -> $payload:ident $({ $field:ident })?;
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
                    let done = $crate::graphql::mutations::mutations!(@call $name, ctx, input $(, [$($given)*])?);
                    $crate::graphql::mutations::mutations!(@show done, $payload $({ $field })?)
                }
            )*
            $($($more)*)?
        }
    };
    (@call $name:ident, $ctx:ident, $input:ident) => {
        $crate::graphql::mutations::mutations!(@call $name, $ctx, $input, [viewer])
    };
    (@call $name:ident, $ctx:ident, $input:ident, [$($given:ident)*]) => {
        // In a box: the future of an object's fields has room for the largest of them, and so has whatever holds it.
        Box::pin(rules::$name(
            $crate::graphql::ContextExt::domain($ctx),
            $($crate::graphql::ContextExt::$given($ctx),)*
            $input,
        ))
        .await
    };
    (@show $done:ident, $payload:ident { $field:ident }) => {{
        use $crate::prelude::mutations::*;
        let $field = $done?;
        Given(&$field).note();
        Ok($payload { $field })
    }};
    (@show $done:ident, $payload:ident) => {
        $done
    };
}

pub(crate) use mutations;
