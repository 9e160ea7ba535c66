//! `#[rules]` at an input object.

use heck::ToLowerCamelCase;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Error, Field, Fields, Ident, ItemStruct, LitStr, Path, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

use crate::{
    description,
    rule::{Cleaning, Rule, optional},
};

/// What stands in `#[rules(...)]`.
pub(crate) struct Arguments {
    also: Option<Path>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Ok(Self { also: None });
        }
        let word: Ident = input.parse()?;
        if word != "also" {
            return Err(Error::new(word.span(), format!("`{word}` means nothing here: write `also = function`")));
        }
        input.parse::<Token![=]>()?;
        Ok(Self { also: Some(input.parse()?) })
    }
}

pub(crate) fn expand(arguments: &Arguments, mut item: ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &mut item.fields else {
        return Err(Error::new_spanned(&item.ident, "`#[rules]` needs a struct with named fields"));
    };
    let mut declared = Vec::new();
    let mut cleaned = Vec::new();
    let mut omitted = Vec::new();
    for field in &mut fields.named {
        if let Some(rule) = take_rule(field)? {
            declared.push(declaration(field, &rule)?);
            cleaned.extend(cleaning(field, &rule));
            omitted.extend(omission(field, &rule)?);
        }
    }
    let ident = &item.ident;
    let name = LitStr::new(&ident.unraw().to_string(), ident.span());
    let also = optional(arguments.also.as_ref());
    Ok(quote! {
        #item

        #[automatically_derived]
        impl ::gerbang_graphql::rules::Rules for #ident {
            const RULES: &'static ::gerbang_graphql::rules::InputRules =
                &::gerbang_graphql::rules::InputRules { input: #name, fields: &[#(#declared),*], also: #also };

            fn clean(&mut self) {
                #(#cleaned)*
            }

            fn omit(&self, members: &mut ::async_graphql::indexmap::IndexMap<::async_graphql::Name, ::async_graphql::Value>) {
                #(#omitted)*
            }
        }

        ::gerbang_graphql::rules::inventory::submit! {
            ::gerbang_graphql::rules::Registered(<#ident as ::gerbang_graphql::rules::Rules>::RULES)
        }
    })
}

/// The rule at the field, which is taken off; its numbers go into the description.
fn take_rule(field: &mut Field) -> Result<Option<Rule>> {
    let mut rules = Vec::new();
    for attribute in &field.attrs {
        if is_rule(attribute) {
            rules.push((attribute.parse_args_with(Rule::parse)?, attribute.clone()));
        }
    }
    field.attrs.retain(|attribute| !is_rule(attribute));
    if let [_, (_, second), ..] = rules.as_slice() {
        return Err(Error::new_spanned(second, "a field has one `#[rule(...)]`: put them together"));
    }
    let rule = rules.pop().map(|(rule, _)| rule);
    if let Some(phrase) = rule.as_ref().and_then(Rule::phrase) {
        description::extend(&mut field.attrs, &phrase);
    }
    Ok(rule)
}

fn is_rule(attribute: &Attribute) -> bool {
    attribute.path().is_ident("rule")
}

fn declaration(field: &Field, rule: &Rule) -> Result<TokenStream> {
    let name = wire_name(field)?;
    let (form, check, items) = (rule.form(), rule.check(), rule.items());
    let (optional, required) = (rule.is_optional(), rule.is_required());
    let members = if matches!(rule.cleaning(), Cleaning::Members) {
        let ty = &field.ty;
        quote!(::std::option::Option::Some(<#ty as ::gerbang_graphql::rules::Nested>::RULES))
    } else {
        quote!(::std::option::Option::None)
    };
    Ok(quote! {
        ::gerbang_graphql::rules::FieldRule {
            name: #name, form: #form, check: #check, optional: #optional, required: #required, items: #items,
            members: #members,
        }
    })
}

fn cleaning(field: &Field, rule: &Rule) -> Option<TokenStream> {
    let (ident, ty) = (field.ident.as_ref()?, &field.ty);
    let clean = quote!(<#ty as ::gerbang_graphql::rules::Clean>);
    let optional = rule.is_optional();
    match rule.cleaning() {
        Cleaning::AsTyped => None,
        Cleaning::Trimmed => Some(quote!(#clean::trim(&mut self.#ident, #optional);)),
        Cleaning::Capitals => Some(quote! {
            #clean::trim(&mut self.#ident, #optional);
            #clean::capitalize(&mut self.#ident);
        }),
        Cleaning::Members => Some(quote!(<#ty as ::gerbang_graphql::rules::Nested>::clean(&mut self.#ident);)),
    }
}

/// Where null is refused, what is absent must not look like it.
fn omission(field: &Field, rule: &Rule) -> Result<Option<TokenStream>> {
    let Some(ident) = field.ident.as_ref().filter(|_| rule.is_required()) else { return Ok(None) };
    let name = wire_name(field)?;
    Ok(Some(quote! {
        if self.#ident.is_undefined() {
            members.shift_remove(#name);
        }
    }))
}

/// The field's name in the schema.
fn wire_name(field: &Field) -> Result<String> {
    let mut name =
        field.ident.as_ref().map(|ident| ident.unraw().to_string().to_lower_camel_case()).unwrap_or_default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("graphql")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                name = meta.value()?.parse::<LitStr>()?.value();
            } else if meta.input.peek(Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                meta.parse_nested_meta(|_| Ok(())).ok();
            }
            Ok(())
        })?;
    }
    Ok(name)
}
