//! `#[derive(ByPosition)]` at a row of a table.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataStruct, DeriveInput, Error, Fields, Result};

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "`ByPosition` needs a struct with a named field for each column"));
    };
    let ident = &item.ident;
    let names = fields.named.iter().map(|field| &field.ident);
    let places = 0..fields.named.len();
    Ok(quote! {
        #[automatically_derived]
        impl ::gerbang_platform::query::by_position::ByPosition for #ident {
            fn by_position(
                row: &::sea_orm::QueryResult,
            ) -> ::std::result::Result<Self, ::sea_orm::DbErr> {
                ::std::result::Result::Ok(Self { #(#names: row.try_get_by_index(#places)?,)* })
            }
        }
    })
}
