//! `#[derive(Columns)]` at what a list can be sorted by.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, Result, Variant};

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(order) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "`Columns` needs an enum whose variants are named as columns"));
    };
    if let Some(variant) = order.variants.iter().find(|variant| !matches!(variant.fields, Fields::Unit)) {
        return Err(Error::new_spanned(variant, "a column has no values: write its name only"));
    }
    let ident = &item.ident;
    let variants: Vec<_> = order.variants.iter().map(|variant| &variant.ident).collect();
    let columns = order.variants.iter().map(column).collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        #[automatically_derived]
        impl ::std::convert::From<#ident> for Column {
            fn from(order: #ident) -> Self {
                match order {
                    #(#ident::#variants => Self::#columns,)*
                }
            }
        }
    })
}

/// The column of a variant: the one of its name, or what `#[column(...)]` says.
fn column(variant: &Variant) -> Result<Ident> {
    let named = variant.attrs.iter().find(|attribute| attribute.path().is_ident("column"));
    named.map_or_else(|| Ok(variant.ident.clone()), Attribute::parse_args)
}
