//! `#[lists]` at the fields of an object.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Block, Error, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, ItemImpl, Pat, PatType,
    PathArguments, Result, Token, Type,
    parse::{Parse, ParseStream, Parser},
    parse_quote,
    punctuated::Punctuated,
};

/// What stands in `#[list(...)]`.
#[derive(Default)]
struct Arguments {
    is_sorted: bool,
    direction: Option<Ident>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut arguments = Self::default();
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                "order" => arguments.is_sorted = true,
                "direction" => {
                    input.parse::<Token![=]>()?;
                    arguments.direction = Some(input.parse()?);
                }
                _ => {
                    let message = format!("`{word}` means nothing here: write `order` or `direction = Desc`");
                    return Err(Error::new(word.span(), message));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

impl Arguments {
    /// Which way the list is sorted where the caller doesn't say; `None` where the caller can't.
    fn direction(&self) -> Option<TokenStream> {
        let asc = || self.is_sorted.then(|| quote!(Asc));
        let word = self.direction.as_ref().map(ToTokens::to_token_stream).or_else(asc)?;
        Some(quote!(::gerbang_graphql::list::Direction::#word))
    }
}

pub(crate) fn expand(mut item: ItemImpl) -> Result<TokenStream> {
    let mut found = false;
    for member in &mut item.items {
        if let ImplItem::Fn(field) = member {
            found |= expand_field(field)?;
        }
    }
    if !found {
        let message = "no field here has a parameter marked `#[list]`: mark one, or leave `#[lists]` out";
        return Err(Error::new_spanned(&item.self_ty, message));
    }
    Ok(item.into_token_stream())
}

/// Whether the field is a list; its parameter is then replaced.
fn expand_field(field: &mut ImplItemFn) -> Result<bool> {
    let inputs = std::mem::take(&mut field.sig.inputs);
    let mut list = None;
    let mut rewritten: Punctuated<FnArg, Token![,]> = Punctuated::new();
    for input in inputs {
        match input {
            FnArg::Typed(parameter) if parameter.attrs.iter().any(is_list) => {
                let arguments = read(&parameter)?;
                rewritten.extend(parameters(&arguments, &parameter)?);
                list = Some((arguments, parameter));
            }
            other => rewritten.push(other),
        }
    }
    field.sig.inputs = rewritten;
    let Some((arguments, parameter)) = list else { return Ok(false) };
    let context = context_of(field)?;
    field
        .attrs
        .push(parse_quote!(#[allow(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]));
    let read = read_list(&arguments, &parameter, &context);
    let statements = &field.block.stmts;
    // In a box: the future of an object's fields has room for the largest of them, and so has whatever holds it.
    let block: Block = parse_quote!({
        #read
        ::std::boxed::Box::pin(async move { #(#statements)* }).await
    });
    field.block = block;
    Ok(true)
}

fn is_list(attribute: &Attribute) -> bool {
    attribute.path().is_ident("list")
}

fn read(parameter: &PatType) -> Result<Arguments> {
    let marks: Vec<&Attribute> = parameter.attrs.iter().filter(|attribute| is_list(attribute)).collect();
    let [mark] = marks.as_slice() else {
        return Err(Error::new_spanned(parameter, "a parameter is one list: mark it once"));
    };
    match &mark.meta {
        syn::Meta::Path(_) => Ok(Arguments::default()),
        _ => mark.parse_args_with(Arguments::parse),
    }
}

/// The arguments that the list becomes.
fn parameters(arguments: &Arguments, parameter: &PatType) -> Result<Vec<FnArg>> {
    let mut parameters = Vec::new();
    let mut add = |description: &str, default: Option<TokenStream>, parameter: TokenStream| -> Result<()> {
        let default = default.map(|value| format!("::std::option::Option::Some({value})")).into_iter();
        let attribute = quote!(#[graphql(desc = #description #(, default_with = #default)*)]);
        parameters.push(FnArg::parse.parse2(quote!(#attribute #parameter))?);
        Ok(())
    };
    if arguments.is_sorted {
        let ty = order_type(parameter)?;
        let default = quote!(<#ty as ::std::default::Default>::default());
        add("What to sort by.", Some(default), quote!(order_by: ::std::option::Option<#ty>))?;
    }
    if let Some(default) = arguments.direction() {
        let ty = quote!(::std::option::Option<::gerbang_graphql::list::Direction>);
        add("Which way to sort.", Some(default), quote!(direction: #ty))?;
    }
    let (int, text) = (quote!(::std::option::Option<i32>), quote!(::std::option::Option<::std::string::String>));
    add("At most this many from the start, 0 to 100; 15 by default.", None, quote!(first: #int))?;
    add("Only those behind this cursor.", None, quote!(after: #text))?;
    add("At most this many from the end, 0 to 100.", None, quote!(last: #int))?;
    add("Only those in front of this cursor.", None, quote!(before: #text))?;
    add("The number of the page, from 1, instead of cursors.", None, quote!(page: #int))?;
    add("How many a numbered page has, 1 to 100; 15 by default.", None, quote!(per_page: #int))?;
    Ok(parameters)
}

/// `ClientOrder` of `List<ClientOrder>`.
fn order_type(parameter: &PatType) -> Result<&Type> {
    if let Type::Path(path) = &*parameter.ty
        && let Some(PathArguments::AngleBracketed(generics)) = path.path.segments.last().map(|last| &last.arguments)
        && let Some(GenericArgument::Type(order)) = generics.args.first()
    {
        return Ok(order);
    }
    Err(Error::new_spanned(&parameter.ty, "a sorted list names what it is sorted by: write `List<ClientOrder>`"))
}

/// Puts the arguments together again.
fn read_list(arguments: &Arguments, parameter: &PatType, context: &Ident) -> TokenStream {
    let (pattern, ty) = (&parameter.pat, &parameter.ty);
    let order_by = arguments.is_sorted.then(|| quote!(order_by: order_by.unwrap_or_default(),));
    let direction = arguments.direction().map(|default| quote!(direction: direction.unwrap_or(#default),));
    let rest = (!arguments.is_sorted).then(|| quote!(..::std::default::Default::default()));
    let page = quote!(::gerbang_graphql::list::PageInput { first, after, last, before, page, per_page });
    quote! {
        let #pattern = <#ty>::new(
            #context,
            ::gerbang_graphql::list::ListArguments { #order_by #direction page: #page, #rest },
        )?;
    }
}

fn context_of(field: &ImplItemFn) -> Result<Ident> {
    let typed = field.sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(parameter) => match &*parameter.pat {
            Pat::Ident(name) if parameter.ty.to_token_stream().to_string().contains("Context") => {
                Some(name.ident.clone())
            }
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    typed.ok_or_else(|| Error::new_spanned(&field.sig.ident, "a list needs the context: add `ctx: &Context<'_>`"))
}
