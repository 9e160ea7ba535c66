//! `#[derive(Fields)]` at a struct of the schema and `#[fields]` at its methods.

use heck::ToLowerCamelCase;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{
    Attribute, Data, DataStruct, DeriveInput, Error, FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Meta, Result,
    ReturnType, Token, Type, ext::IdentExt, punctuated::Punctuated,
};

/// At a struct.
pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(DataStruct { fields, .. }) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "`Fields` needs a struct with a named field for each field"));
    };
    let ident = &item.ident;
    let arms = fields.iter().filter_map(|field| {
        let (name, ty) = (field.ident.as_ref()?, &field.ty);
        let said = Said::at(&field.attrs);
        let shown = said.name(&name.unraw().to_string());
        said.is_plain.then(|| arm(&shown, ty, &quote!(&row.#name)))
    });
    let (traits, object, method) = if Said::at(&item.attrs).is_complex {
        (quote!(Columns), quote!(), quote!(plain_column))
    } else {
        (quote!(Fields), itself(), quote!(plain))
    };
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::gerbang_graphql::fields::#traits for #ident #ty_generics #where_clause {
            #object

            fn #method(name: &str) -> ::std::option::Option<::gerbang_graphql::fields::Write<Self>> {
                use ::gerbang_graphql::fields::by_type::*;
                match name {
                    #(#arms)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    })
}

/// At methods: what is to be added beside the `impl`.
pub(crate) fn of_methods(item: &ItemImpl) -> TokenStream {
    let ty = &item.self_ty;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    let methods: Vec<_> = item.items.iter().filter_map(plain_method).collect();
    let signatures = methods.iter().map(|method| {
        let (ident, output) = (&method.sig.ident, &method.sig.output);
        quote!(fn #ident(&self) #output;)
    });
    let bodies = methods.iter().map(|method| {
        let (ident, output, block) = (&method.sig.ident, &method.sig.output, &method.block);
        quote!(fn #ident(&self) #output #block)
    });
    let arms = methods.iter().filter_map(|method| {
        let ident = &method.sig.ident;
        let ReturnType::Type(_, output) = &method.sig.output else { return None };
        let shown = Said::at(&method.attrs).name(&ident.unraw().to_string());
        Some(arm(&shown, output, &quote!(&<Self as PlainMethods #ty_generics>::#ident(row))))
    });
    let object = itself();
    let otherwise = if item.attrs.iter().any(|attribute| attribute.path().is_ident("ComplexObject")) {
        quote!(<Self as ::gerbang_graphql::fields::Columns>::plain_column(name))
    } else {
        quote!(::std::option::Option::None)
    };
    quote! {
        const _: () = {
            trait PlainMethods #impl_generics #where_clause {
                #(#signatures)*
            }

            #[automatically_derived]
            impl #impl_generics PlainMethods #ty_generics for #ty #where_clause {
                #(#bodies)*
            }

            #[automatically_derived]
            impl #impl_generics ::gerbang_graphql::fields::Fields for #ty #where_clause {
                #object

                fn plain(name: &str) -> ::std::option::Option<::gerbang_graphql::fields::Write<Self>> {
                    use ::gerbang_graphql::fields::by_type::*;
                    match name {
                        #(#arms)*
                        _ => #otherwise,
                    }
                }
            }
        };
    }
}

/// An object is one itself, not a reference to one.
fn itself() -> TokenStream {
    quote! {
        type Object = Self;

        fn object(&self) -> &Self {
            self
        }
    }
}

fn arm(name: &str, ty: &Type, value: &TokenStream) -> TokenStream {
    quote! {
        #name if (&&&&of_type::<#ty>()).is_plain() =>
            ::std::option::Option::Some(|row, out| (&&&&of_type::<#ty>()).write(#value, out)),
    }
}

/// A method that needs nothing but the object and does not wait.
fn plain_method(item: &ImplItem) -> Option<&ImplItemFn> {
    let ImplItem::Fn(method) = item else { return None };
    let takes_nothing = method.sig.inputs.len() == 1
        && matches!(method.sig.inputs.first(), Some(FnArg::Receiver(receiver)) if receiver.mutability.is_none());
    let ReturnType::Type(_, output) = &method.sig.output else { return None };
    let is_known = !matches!(&**output, Type::ImplTrait(_));
    let block = &method.block;
    let plain = takes_nothing && is_known && Said::at(&method.attrs).is_plain && !waits(quote!(#block));
    plain.then_some(method)
}

fn waits(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "await",
        TokenTree::Group(group) => waits(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// What `#[graphql(...)]` says.
struct Said {
    name: Option<String>,
    is_complex: bool,
    /// Nothing but its name, or what only the schema shows.
    is_plain: bool,
}

impl Said {
    fn at(attributes: &[Attribute]) -> Self {
        let mut said = Self { name: None, is_complex: false, is_plain: true };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("graphql")) {
            let Ok(metas) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
                said.is_plain = false;
                continue;
            };
            for meta in metas {
                match &meta {
                    Meta::NameValue(pair) if pair.path.is_ident("name") => {
                        let value = &pair.value;
                        said.name = syn::parse2::<LitStr>(quote!(#value)).ok().map(|name| name.value());
                        said.is_plain &= said.name.is_some();
                    }
                    Meta::Path(path) if path.is_ident("complex") => said.is_complex = true,
                    meta if meta.path().is_ident("deprecation") || meta.path().is_ident("desc") => {}
                    _ => said.is_plain = false,
                }
            }
        }
        said
    }

    /// The name that clients see.
    fn name(&self, ident: &str) -> String {
        self.name.clone().unwrap_or_else(|| ident.to_lower_camel_case())
    }
}
