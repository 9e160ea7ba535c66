//! `#[node]` at an object.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Error, Ident, ItemImpl, LitStr, Result, Token,
    parse::{Parse, ParseStream},
    parse_quote,
};

use crate::fields;

/// What stands in `#[node(...)]`.
pub(crate) struct Arguments {
    kind: String,
    example: LitStr,
    legacy: Option<LitStr>,
    name: Option<LitStr>,
    key: Ident,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let example: LitStr = input.parse()?;
        let text = example.value();
        let Some((kind, _)) = text.split_once('_') else {
            return Err(Error::new(example.span(), "write an id such as `client_17`: its kind, `_` and a key"));
        };
        let (mut legacy, mut name) = (None, None);
        let mut key = Ident::new("id", example.span());
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            let word: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match word.to_string().as_str() {
                "legacy" => legacy = Some(input.parse()?),
                "name" => name = Some(input.parse()?),
                "key" => key = input.parse()?,
                _ => {
                    let message = format!(
                        "`{word}` means nothing here: write `legacy = \"...\"`, `name = \"...\"` or `key = field`"
                    );
                    return Err(Error::new(word.span(), message));
                }
            }
        }
        Ok(Self { kind: kind.to_owned(), example, legacy, name, key })
    }
}

pub(crate) fn expand(arguments: &Arguments, mut item: ItemImpl) -> TokenStream {
    let Arguments { kind, example, legacy, name, key } = arguments;
    let ty = item.self_ty.clone();
    let name = match name {
        Some(name) => name.value(),
        None => quote!(#ty).to_string(),
    };
    let id = format!("The global id, such as `{}`.", example.value());
    item.items.insert(
        0,
        parse_quote! {
            #[doc = #id]
            pub async fn id(&self) -> ::gerbang_graphql::id::GlobalId {
                ::gerbang_graphql::id::global_id::<Self>(&self.#key)
            }
        },
    );
    if let Some(legacy) = legacy {
        item.items.insert(
            1,
            parse_quote! {
                #[doc = #legacy]
                async fn legacy_id(&self) -> ::std::string::String {
                    ::std::string::ToString::to_string(&self.#key)
                }
            },
        );
    }
    let fields = fields::of_methods(&item);
    quote! {
        #item

        #fields

        #[automatically_derived]
        impl ::gerbang_graphql::id::Node for #ty {
            const KIND: &'static str = #kind;
            const NAME: &'static str = #name;
        }
    }
}
