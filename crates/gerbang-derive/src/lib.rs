//! What is declared at a field of the schema or a column of a table, written out.
//!
//! Attributes rather than derives: the number of a rule goes into the description that the schema shows, and the arguments
//! of a list into the signature of its field, both before the derives of `async-graphql` read them. So each stands
//! **above** the attribute of `async-graphql`.

mod by_position;
mod columns;
mod description;
mod fields;
mod list;
mod node;
mod row;
mod rule;
mod rules;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemImpl, ItemStruct, parse_macro_input};

/// Gives an input object the rules at its fields: what the domain checks, what is checked of a part of it, what OpenAPI
/// says about it. Numbers go into the descriptions. Stands above `#[derive(InputObject)]`.
///
/// ```ignore
/// #[rules]
/// #[derive(Debug, InputObject)]
/// pub struct CreateFaqInput {
///     /// The question.
///     #[rule(text, max = 5_000)]
///     pub question: String,
/// }
/// ```
///
/// | written | a value must be | OpenAPI |
/// |---|---|---|
/// | `text` | not blank; `min`, `max` characters | `minLength`, `maxLength` |
/// | `name` | a person's name: no line break, no link; `min`, `max` | the same |
/// | `email` | an e-mail address, at most 255 or `max` characters | `format`, `maxLength` |
/// | `phone` | a telephone number | `pattern` |
/// | `password` | 8 or `min` to 255 characters, as typed | `minLength`, `maxLength` |
/// | `repeats = "password"` | the same as another field | |
/// | `currency` | three letters | `pattern` |
/// | `url` | an http or https URL | `format`, `maxLength` |
/// | `word` | `A-Z a-z 0-9 . _ -` only, at most `max` | `pattern`, `maxLength` |
/// | `pattern = "..."` | what all of the regular expression matches, at most `max` | `pattern`, `maxLength` |
/// | `one_of = ["A", "B"]` | one of these words of an enum | `enum`, of a text |
/// | `number` | between `min` and `max` | `minimum`, `maximum` |
/// | `members` | an input object with rules of its own, or a list of them | |
/// | `by = f` | what `f(Members)` says, a `Form` | as that form |
/// | `check = f` | without fault for `f(&str) -> Option<Rule>`, also beside one of the above | |
///
/// `optional` takes a blank text for none, `required` refuses null where what is absent stays as it is. `items = 1..=100`
/// bounds a list, and the form is then each item's. On the struct `#[rules(also = f)]` adds rules between fields:
/// `fn f(Members<'_>, &mut Violations)`.
#[proc_macro_attribute]
pub fn rules(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let also = parse_macro_input!(arguments as rules::Arguments);
    let item = parse_macro_input!(item as ItemStruct);
    rules::expand(&also, item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Writes the arguments of lists into the signatures of their fields. Stands above `#[Object]` or `#[ComplexObject]`.
///
/// A parameter marked `#[list]` becomes the arguments of a Relay connection. `#[list(order)]` sorts by a column,
/// `#[list(direction = Desc)]` in a direction that is not `ASC` where the caller says none. Its type has
/// `fn new(&Context<'_>, ListArguments<O>) -> Result<Self>`.
#[proc_macro_attribute]
pub fn lists(_: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemImpl);
    list::expand(item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Gives an object the field `id` with the kind that its global ids begin with, and `legacyId` if it is described. Stands
/// above `#[ComplexObject]`: `#[node("client_17", legacy = "The id in the legacy API, such as `17`.")]`, with `name =
/// "..."` where people call it otherwise than its type, and `key = field` where its key is not `id`.
#[proc_macro_attribute]
pub fn node(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as node::Arguments);
    let item = parse_macro_input!(item as ItemImpl);
    node::expand(&arguments, item).into()
}

/// Tells how the methods of an object are written that need nothing but the object. Stands above `#[Object]` or
/// `#[ComplexObject]`, where there is no [`#[node]`](macro@node), which does the same.
#[proc_macro_attribute]
pub fn fields(_: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemImpl);
    let fields = fields::of_methods(&item);
    quote::quote!(#item #fields).into()
}

/// Tells how the fields of an object are written. Stands beside `#[derive(SimpleObject)]`.
#[proc_macro_derive(Fields)]
pub fn derive_fields(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    fields::derive(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Turns what a list is sorted by into the columns of the same names: `ClientOrder::Name` into `Column::Name`, which is
/// in scope. `#[column(EmailKey)]` at a variant names another.
#[proc_macro_derive(Columns, attributes(column))]
pub fn columns(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    columns::expand(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Reads a row of a table by the places of its columns, which are the fields in their order. Stands beside
/// `#[derive(DeriveEntityModel)]`.
#[proc_macro_derive(ByPosition)]
pub fn by_position(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    by_position::expand(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct the row of a table, with all that the ORM wants beside it: `#[row(table = "faqs")]`. With `object =
/// "Faq"` it is an object of the schema as well, whose other fields a `#[ComplexObject]` has.
///
/// What a row's columns say is not said again: `created_at` and `updated_at` are set when a row is made and changed, by the
/// current clock, unless they are set already; a single `#[sea_orm(primary_key)]` is what rows are found by (`Keyed`);
/// `#[refers_to(crate::tracking::offer::row)]` at a column lets queries join those rows by `Relation`, which has a variant of
/// the column's name.
#[proc_macro_attribute]
pub fn row(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as row::Arguments);
    let item = parse_macro_input!(item as ItemStruct);
    row::expand(&arguments, item).unwrap_or_else(syn::Error::into_compile_error).into()
}
