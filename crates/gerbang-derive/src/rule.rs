//! `#[rule(...)]` at a field.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Error, Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, RangeLimits, Result, Token, UnOp, parse::ParseStream};

use crate::description::grouped;

/// The words that say what a value must be.
const KINDS: &str = "`text`, `name`, `email`, `phone`, `password`, `repeats = \"...\"`, `currency`, `url`, `word`, `pattern = \"...\"`, `one_of = [...]`, `number`, `members`, `by = ...` or `check = ...`";
/// Those that stand alone.
const PLAIN_KINDS: [&str; 10] =
    ["text", "name", "email", "phone", "password", "currency", "url", "word", "number", "members"];
/// Characters where a rule names no bound.
const DEFAULT_MAX: i64 = 255;

/// The rule of a field as it is written.
#[derive(Default)]
pub(crate) struct Rule {
    kind: Option<Ident>,
    min: Option<Expr>,
    max: Option<Expr>,
    items: Option<(Expr, Expr)>,
    repeats: Option<LitStr>,
    by: Option<Expr>,
    check: Option<Expr>,
    pattern: Option<LitStr>,
    one_of: Option<Expr>,
    optional: bool,
    required: bool,
}

/// How the value is cleaned.
pub(crate) enum Cleaning {
    AsTyped,
    Trimmed,
    Capitals,
    Members,
}

impl Rule {
    pub(crate) fn parse(input: ParseStream<'_>) -> Result<Self> {
        let start = input.span();
        let mut rule = Self::default();
        loop {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                kind if PLAIN_KINDS.contains(&kind) => {
                    if let Some(first) = &rule.kind {
                        let message = format!("the field is `{first}` already: write one of {KINDS}");
                        return Err(Error::new(word.span(), message));
                    }
                    rule.kind = Some(word);
                }
                "min" => rule.min = Some(value(input)?),
                "max" => rule.max = Some(value(input)?),
                "items" => rule.items = Some(range(input)?),
                "by" => rule.by = Some(value(input)?),
                "check" => rule.check = Some(value(input)?),
                "repeats" => {
                    input.parse::<Token![=]>()?;
                    rule.repeats = Some(input.parse()?);
                }
                "pattern" => {
                    input.parse::<Token![=]>()?;
                    rule.pattern = Some(input.parse()?);
                }
                "one_of" => rule.one_of = Some(value(input)?),
                "optional" => rule.optional = true,
                "required" => rule.required = true,
                _ => {
                    let message = format!(
                        "`{word}` is no rule: write {KINDS}, and beside it `min = ...`, `max = ...`, `items = 1..=100`, `optional` or `required`"
                    );
                    return Err(Error::new(word.span(), message));
                }
            }
            if input.is_empty() {
                break;
            }
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
        }
        rule.verify(start)?;
        Ok(rule)
    }

    fn verify(&self, start: Span) -> Result<()> {
        let formed = self.repeats.is_some() || self.by.is_some() || self.pattern.is_some() || self.one_of.is_some();
        let whole = formed || self.check.is_some();
        if self.kind.is_none() && !whole && self.items.is_none() && !self.required {
            return Err(Error::new(start, format!("nothing says what the value must be: write {KINDS}")));
        }
        let bounded = self.kind.as_ref().filter(|_| self.min.is_some() || self.max.is_some());
        if let Some(kind) = bounded.filter(|kind| *kind == "phone" || *kind == "currency" || *kind == "members") {
            return Err(Error::new(kind.span(), format!("`{kind}` takes no `min` and no `max`: leave them out")));
        }
        if let Some(kind) =
            self.kind.as_ref().filter(|kind| *kind == "number" && (self.min.is_none() || self.max.is_none()))
        {
            return Err(Error::new(kind.span(), "`number` needs both bounds: write `number, min = 1, max = 100`"));
        }
        Ok(())
    }

    /// The form as a constant expression.
    pub(crate) fn form(&self) -> TokenStream {
        let form = quote!(::gerbang_graphql::rules::Form);
        if let Some(by) = &self.by {
            return quote!(#form::By(#by));
        }
        if let Some(other) = &self.repeats {
            return quote!(#form::Repeats(#other));
        }
        if let Some(words) = &self.one_of {
            return quote!(#form::OneOf(&#words));
        }
        let default = DEFAULT_MAX;
        let min = self.min.as_ref().map_or_else(|| quote!(0), |min| quote!(#min));
        let max = self.max.as_ref().map_or_else(|| quote!(#default as u64), |max| quote!(#max));
        if let Some(pattern) = &self.pattern {
            return quote!(#form::Pattern { pattern: #pattern, max: #max });
        }
        match self.kind() {
            "text" => quote!(#form::Text { min: #min, max: #max }),
            "name" => quote!(#form::Name { min: #min, max: #max }),
            "email" => quote!(#form::Email { max: #max }),
            "phone" => quote!(#form::Phone),
            "password" => {
                let min = self.min.as_ref().map_or_else(|| quote!(8), |min| quote!(#min));
                quote!(#form::Password { min: #min })
            }
            "currency" => quote!(#form::Currency),
            "url" => quote!(#form::Url { max: #max }),
            "word" => quote!(#form::Word { max: #max }),
            "number" => quote!(#form::Number { min: #min, max: #max }),
            _ => quote!(#form::Any),
        }
    }

    fn kind(&self) -> &'static str {
        PLAIN_KINDS.into_iter().find(|known| self.kind.as_ref().is_some_and(|kind| kind == known)).unwrap_or_default()
    }

    pub(crate) fn cleaning(&self) -> Cleaning {
        match self.kind() {
            _ if self.pattern.is_some() => Cleaning::Trimmed,
            "text" | "name" | "email" | "phone" | "url" | "word" => Cleaning::Trimmed,
            "currency" => Cleaning::Capitals,
            "members" => Cleaning::Members,
            _ if self.optional => Cleaning::Trimmed,
            _ => Cleaning::AsTyped,
        }
    }

    pub(crate) fn check(&self) -> TokenStream {
        optional(self.check.as_ref())
    }

    pub(crate) const fn is_optional(&self) -> bool {
        self.optional
    }

    pub(crate) const fn is_required(&self) -> bool {
        self.required
    }

    pub(crate) fn items(&self) -> TokenStream {
        optional(self.items.as_ref().map(|(min, max)| quote!((#min, #max))))
    }

    /// The numbers in words, where they are written as numbers.
    pub(crate) fn phrase(&self) -> Option<String> {
        if let Some((min, max)) = &self.items {
            return Some(format!("{} to {}", grouped(number(min)?), grouped(number(max)?)));
        }
        let (min, max) = (self.min.as_ref().and_then(number), self.max.as_ref().and_then(number));
        let (min, max) = match self.kind() {
            "text" | "name" => (min.filter(|min| *min > 1), max.or((self.max.is_none()).then_some(DEFAULT_MAX))),
            "email" | "url" | "word" => (None, max),
            _ if self.pattern.is_some() => (None, max),
            "password" if self.by.is_none() => (min.or((self.min.is_none()).then_some(8)), None),
            "number" => (min, max),
            _ => return None,
        };
        let bounds = match (min, max) {
            (Some(min), Some(max)) => format!("{} to {}", grouped(min), grouped(max)),
            (Some(min), None) => format!("at least {}", grouped(min)),
            (None, Some(max)) => format!("at most {}", grouped(max)),
            (None, None) => return None,
        };
        Some(if self.kind() == "number" { bounds } else { format!("{bounds} characters") })
    }
}

/// The code of an option.
pub(crate) fn optional(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(::std::option::Option::None), |value| quote!(::std::option::Option::Some(#value)))
}

fn value(input: ParseStream<'_>) -> Result<Expr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn range(input: ParseStream<'_>) -> Result<(Expr, Expr)> {
    let value = value(input)?;
    if let Expr::Range(range) = &value
        && let (Some(start), RangeLimits::Closed(_), Some(end)) = (&range.start, &range.limits, &range.end)
    {
        return Ok(((**start).clone(), (**end).clone()));
    }
    Err(Error::new_spanned(value, "write the bounds of a list as `items = 1..=100`"))
}

fn number(value: &Expr) -> Option<i64> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| -number),
        _ => None,
    }
}
