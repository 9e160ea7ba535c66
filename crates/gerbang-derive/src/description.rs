//! The numbers of a rule in the description of its field.

use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse_quote};

/// Puts `phrase` at the end of the first sentence: `The question.` becomes `The question, at most 5,000 characters.`
pub(crate) fn extend(attributes: &mut Vec<Attribute>, phrase: &str) {
    let lines: Vec<String> = attributes.iter().filter_map(doc).collect();
    let description = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let end = end_of_first_sentence(&description);
    let (first, rest) = description.split_at(end);
    let description = format!("{}, {phrase}{rest}", first.trim_end());
    attributes.retain(|attribute| doc(attribute).is_none());
    attributes.insert(0, parse_quote!(#[doc = #description]));
}

/// Where the full stop or the semicolon of the first sentence is.
fn end_of_first_sentence(text: &str) -> usize {
    let inner = [". ", "; "].iter().filter_map(|end| text.find(end)).min();
    inner.unwrap_or_else(|| text.trim_end_matches('.').len())
}

fn doc(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("doc").then(|| text.value())
}

/// `5000` as `5,000`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}
