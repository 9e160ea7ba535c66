//! `#[derive(Fields)]` at a struct of the schema and `#[fields]` at its methods.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::{
    Attribute, Data, DataStruct, DeriveInput, Error, Expr, FnArg, GenericArgument, ImplItem, ImplItemFn, ItemImpl,
    LitStr, Meta, Result, ReturnType, Stmt, Token, Type, ext::IdentExt, punctuated::Punctuated,
};

/// At a struct.
pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(DataStruct { fields, .. }) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "`Fields` needs a struct with a named field for each field"));
    };
    let ident = &item.ident;
    let plain = fields.iter().filter_map(|field| {
        let (name, ty) = (field.ident.as_ref()?, &field.ty);
        let said = Said::at(&field.attrs);
        let text = name.unraw().to_string();
        let shown = said.name(&text);
        let read = quote!(#shown => ::std::option::Option::Some(&[#text]),);
        said.is_plain.then(|| (arm(&shown, ty, &quote!(&row.#name)), read))
    });
    let (arms, reads): (Vec<_>, Vec<_>) = plain.unzip();
    let (traits, object, method, reads_method) = if Said::at(&item.attrs).is_complex {
        (quote!(Columns), quote!(), quote!(plain_column), quote!(column_reads))
    } else {
        (quote!(Fields), itself(), quote!(plain), quote!(reads))
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

            fn #reads_method(name: &str) -> ::std::option::Option<&'static [&'static str]> {
                match name {
                    #(#reads)*
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
    let links: Vec<_> = item.items.iter().filter_map(Link::of).collect();
    let of_plain = methods.iter().map(|method| {
        let (ident, output, block) = (&method.sig.ident, &method.sig.output, &method.block);
        (quote!(fn #ident(&self) #output), quote!(#block))
    });
    let of_links = links.iter().map(|Link { method: ImplItemFn { sig, .. }, to, key }| {
        let ident = &sig.ident;
        (quote!(fn #ident(&self) -> <#to as ::gerbang_graphql::links::Linked>::Key), quote!({ #key }))
    });
    let (signatures, bodies): (Vec<_>, Vec<_>) = of_plain.chain(of_links).unzip();
    let arms = methods.iter().filter_map(|method| {
        let ident = &method.sig.ident;
        let ReturnType::Type(_, output) = &method.sig.output else { return None };
        let shown = shown(method);
        Some(arm(&shown, output, &quote!(&<Self as PlainMethods #ty_generics>::#ident(row))))
    });
    let reads = item.items.iter().filter_map(|item| {
        let ImplItem::Fn(method) = item else { return None };
        let shown = shown(method);
        let reads = reads_of(method).map(|names| quote!(::std::option::Option::Some(&[#(#names),*])));
        let reads = reads.unwrap_or_else(|| quote!(::std::option::Option::None));
        Some(quote!(#shown => #reads,))
    });
    let link_arms = links.iter().map(|Link { method, to, .. }| {
        let ident = &method.sig.ident;
        let shown = shown(method);
        let key = quote!(|row| <Self as PlainMethods #ty_generics>::#ident(row));
        quote!(#shown => ::std::option::Option::Some(
            ::std::boxed::Box::new(::gerbang_graphql::links::LinkTo::<Self, #to>(#key))
        ),)
    });
    let object = itself();
    let (otherwise, otherwise_reads) = if item.attrs.iter().any(|attribute| attribute.path().is_ident("ComplexObject"))
    {
        let columns = quote!(<Self as ::gerbang_graphql::fields::Columns>);
        (quote!(#columns::plain_column(name)), quote!(#columns::column_reads(name)))
    } else {
        (quote!(::std::option::Option::None), quote!(::std::option::Option::None))
    };
    quote! {
        const _: () = {
            trait PlainMethods #impl_generics #where_clause {
                #(#signatures;)*
            }

            #[automatically_derived]
            impl #impl_generics PlainMethods #ty_generics for #ty #where_clause {
                #(#signatures #bodies)*
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

                fn reads(name: &str) -> ::std::option::Option<&'static [&'static str]> {
                    match name {
                        #(#reads)*
                        _ => #otherwise_reads,
                    }
                }

                fn link(
                    name: &str,
                ) -> ::std::option::Option<::std::boxed::Box<dyn ::gerbang_graphql::fields::Link<Self>>> {
                    match name {
                        #(#link_arms)*
                        _ => ::std::option::Option::None,
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

/// The name that clients see.
fn shown(method: &ImplItemFn) -> String {
    Said::at(&method.attrs).name(&method.sig.ident.unraw().to_string())
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

/// A method that is nothing but `ctx.found::<To>(key).await`.
struct Link<'a> {
    method: &'a ImplItemFn,
    to: &'a Type,
    key: &'a Expr,
}

impl<'a> Link<'a> {
    fn of(item: &'a ImplItem) -> Option<Self> {
        let ImplItem::Fn(method) = item else { return None };
        let [Stmt::Expr(body, None)] = &*method.block.stmts else { return None };
        let mut body = body;
        // An error is told by the engine, in whichever way the method hands it on.
        if let Expr::MethodCall(call) = body
            && call.method == "transpose"
        {
            body = &call.receiver;
        }
        let Expr::Await(waiting) = body else { return None };
        let Expr::MethodCall(call) = &*waiting.base else { return None };
        let [GenericArgument::Type(to)] = &*Vec::from_iter(&call.turbofish.as_ref()?.args) else { return None };
        let is_link = call.method == "found" && method.sig.inputs.len() == 2 && Said::at(&method.attrs).is_plain;
        let key = call.args.first().filter(|_| is_link)?;
        Some(Self { method, to, key })
    }
}

fn waits(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "await",
        TokenTree::Group(group) => waits(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The fields of the struct that a method reads, as far as it names what is in them: `full_name`, `0.result.version`. `None`
/// where it may read any, since it hands the object on, or a guard does.
fn reads_of(method: &ImplItemFn) -> Option<BTreeSet<String>> {
    let block = &method.block;
    let mut names = BTreeSet::new();
    (Said::at(&method.attrs).is_plain && collect_reads(quote!(#block), &mut names)).then_some(names)
}

fn collect_reads(tokens: TokenStream, paths: &mut BTreeSet<String>) -> bool {
    let tokens = Vec::from_iter(tokens);
    tokens.iter().enumerate().all(|(place, token)| match token {
        TokenTree::Group(group) => collect_reads(group.stream(), paths),
        TokenTree::Ident(ident) if ident == "self" => {
            let path = path(&tokens[place + 1..]);
            // It hands itself on, or calls a method, which may read anything.
            let is_field = !path.is_empty();
            if is_field {
                paths.insert(path.join("."));
            }
            is_field
        }
        TokenTree::Literal(text) => !text.to_string().contains("{self"),
        TokenTree::Ident(_) | TokenTree::Punct(_) => true,
    })
}

/// The fields that are named one in the other, `.result.version`, up to a method that is called.
fn path(mut tokens: &[TokenTree]) -> Vec<String> {
    let mut path = Vec::new();
    while let [TokenTree::Punct(dot), name @ (TokenTree::Ident(_) | TokenTree::Literal(_)), rest @ ..] = tokens {
        let is_called = match rest.first() {
            Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
            Some(TokenTree::Punct(punct)) => punct.as_char() == ':',
            _ => false,
        };
        if dot.as_char() != '.' || is_called {
            break;
        }
        path.push(match name {
            TokenTree::Ident(name) => name.unraw().to_string(),
            name => name.to_string(),
        });
        tokens = rest;
    }
    path
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
