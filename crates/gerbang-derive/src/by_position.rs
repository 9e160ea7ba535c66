//! `#[derive(ByPosition)]` at a row of a table.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataStruct, DeriveInput, Error, Fields, Result, ext::IdentExt};

/// A set of columns is a number of so many bits.
const MOST_COLUMNS: usize = 64;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "`ByPosition` needs a struct with a named field for each column"));
    };
    if fields.named.len() > MOST_COLUMNS {
        return Err(Error::new_spanned(&item.ident, "`ByPosition` knows of 64 columns at most"));
    }
    let ident = &item.ident;
    let names: Vec<_> = fields.named.iter().filter_map(|field| field.ident.as_ref()).collect();
    let texts = names.iter().map(|name| name.unraw().to_string());
    let types: Vec<_> = fields.named.iter().map(|field| &field.ty).collect();
    let places: Vec<_> = (0u32..).take(names.len()).collect();
    let here = quote!(::gerbang_platform::query::by_position);
    Ok(quote! {
        #[automatically_derived]
        impl #here::ByPosition for #ident {
            fn by_position(
                row: &::sea_orm::QueryResult,
                from: usize,
                columns: #here::ColumnSet,
            ) -> ::std::result::Result<Self, ::sea_orm::DbErr> {
                use #here::{ColumnSet, by_type::*};
                let mut place = from;
                ::std::result::Result::Ok(Self {
                    #(#names: (&&of_type::<#types>()).read(row, &mut place, columns.has(ColumnSet::at(#places)))?,)*
                })
            }

            fn column(field: &str) -> ::std::option::Option<#here::ColumnSet> {
                match field {
                    #(#texts => ::std::option::Option::Some(#here::ColumnSet::at(#places)),)*
                    _ => ::std::option::Option::None,
                }
            }

            fn without_default() -> #here::ColumnSet {
                use #here::by_type::*;
                #here::ColumnSet::NONE #(.and(without_default((&&of_type::<#types>()).has_default(), #places)))*
            }
        }
    })
}
