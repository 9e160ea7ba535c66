//! `#[row]` at a row of a table.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Error, Field, Fields, Ident, ItemStruct, LitStr, Path, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

/// What stands in `#[row(...)]`.
pub(crate) struct Arguments {
    table: LitStr,
    object: Option<LitStr>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (mut table, mut object) = (None, None);
        let whole = input.span();
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            let said = match word.to_string().as_str() {
                "table" => &mut table,
                "object" => &mut object,
                _ => {
                    let message = format!("`{word}` means nothing here: write `table = \"...\"` or `object = \"...\"`");
                    return Err(Error::new(word.span(), message));
                }
            };
            input.parse::<Token![=]>()?;
            *said = Some(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let table = table.ok_or_else(|| Error::new(whole, "say which table it is: `#[row(table = \"faqs\")]`"))?;
        Ok(Self { table, object })
    }
}

pub(crate) fn expand(arguments: &Arguments, mut item: ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &mut item.fields else {
        return Err(Error::new_spanned(&item.ident, "a row needs a struct with a named field for each column"));
    };
    let relations = fields.named.iter_mut().map(relation).collect::<Result<Vec<_>>>()?;
    let relations: Vec<_> = relations.into_iter().flatten().collect();
    let keys: Vec<&Field> = fields.named.iter().filter(|field| is_key(field)).collect();
    let keyed = match &keys[..] {
        [] => return Err(Error::new_spanned(&item.ident, "write `#[sea_orm(primary_key)]` at the key")),
        [key] => keyed(key),
        // Nothing is found by a part of its key.
        _ => TokenStream::new(),
    };
    let has = |column: &str| fields.named.iter().any(|field| field.ident.as_ref().is_some_and(|name| name == column));
    let behaviour = behaviour(has("created_at"), has("updated_at"));
    let (related, Arguments { table, object }) = (related(&relations), arguments);
    let shown = object.iter();
    let derives = object.iter().map(|_| quote!(, ::gerbang_graphql::fields::Fields, ::async_graphql::SimpleObject));
    Ok(quote! {
        #[derive(
            Clone, Debug, PartialEq, Eq,
            ::gerbang_platform::query::by_position::ByPosition, ::sea_orm::DeriveEntityModel #(#derives)*
        )]
        #[sea_orm(table_name = #table)]
        #(#[graphql(name = #shown, complex)])*
        #item
        #keyed
        #related
        #behaviour
    })
}

fn is_key(field: &Field) -> bool {
    field.attrs.iter().filter(|attribute| attribute.path().is_ident("sea_orm")).any(|attribute| {
        let mut found = false;
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("primary_key");
            if meta.input.peek(Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                meta.parse_nested_meta(|_| Ok(()))?;
            }
            Ok(())
        });
        found
    })
}

fn column(field: &Field) -> Ident {
    let name = field.ident.as_ref().map(|name| name.unraw().to_string()).unwrap_or_default();
    format_ident!("{}", name.to_upper_camel_case())
}

fn keyed(key: &Field) -> TokenStream {
    let (column, ty) = (column(key), &key.ty);
    quote! {
        #[automatically_derived]
        impl ::gerbang_platform::rows::Keyed for Entity {
            type Key = #ty;
            const KEY: Column = Column::#column;
        }
    }
}

/// The column and the rows that it refers to, where `#[refers_to(...)]` says so, which is taken away.
fn relation(field: &mut Field) -> Result<Option<(Ident, Path)>> {
    let Some(place) = field.attrs.iter().position(|attribute| attribute.path().is_ident("refers_to")) else {
        return Ok(None);
    };
    let rows = field.attrs.remove(place).parse_args::<Path>()?;
    Ok(Some((column(field), rows)))
}

fn related(relations: &[(Ident, Path)]) -> TokenStream {
    let columns: Vec<_> = relations.iter().map(|(column, _)| column).collect();
    let rows: Vec<_> = relations.iter().map(|(_, rows)| rows).collect();
    quote! {
        /// The rows that a row refers to, by its columns.
        #[derive(Clone, Copy, Debug, ::sea_orm::EnumIter)]
        pub enum Relation {
            #(
                /// By this column.
                #columns,
            )*
        }

        #[automatically_derived]
        impl ::sea_orm::RelationTrait for Relation {
            fn def(&self) -> ::sea_orm::RelationDef {
                match *self {
                    #(
                        Self::#columns => <Entity as ::sea_orm::EntityTrait>::belongs_to(#rows::Entity)
                            .from(Column::#columns)
                            .to(<#rows::Entity as ::gerbang_platform::rows::Keyed>::KEY)
                            .into(),
                    )*
                }
            }
        }

        #(
            #[automatically_derived]
            impl ::sea_orm::Related<#rows::Entity> for Entity {
                fn to() -> ::sea_orm::RelationDef {
                    ::sea_orm::RelationTrait::def(&Relation::#columns)
                }
            }
        )*
    }
}

/// Notes when a row was made and changed, where it has columns for that.
fn behaviour(made: bool, changed: bool) -> TokenStream {
    if !made && !changed {
        return quote! {
            #[automatically_derived]
            impl ::sea_orm::ActiveModelBehavior for ActiveModel {}
        };
    }
    let made = made.then(|| {
        quote! {
            if insert && self.created_at.is_not_set() {
                self.created_at = ::sea_orm::ActiveValue::Set(now.into());
            }
        }
    });
    let changed = changed.then(|| {
        quote! {
            if !self.updated_at.is_set() {
                self.updated_at = ::sea_orm::ActiveValue::Set(now.into());
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[::sea_orm::entity::prelude::async_trait::async_trait]
        impl ::sea_orm::ActiveModelBehavior for ActiveModel {
            async fn before_save<C: ::sea_orm::ConnectionTrait>(
                mut self,
                _: &C,
                insert: bool,
            ) -> ::std::result::Result<Self, ::sea_orm::DbErr> {
                let now = ::gerbang_platform::rows::now();
                #made
                #changed
                Ok(self)
            }
        }
    }
}
