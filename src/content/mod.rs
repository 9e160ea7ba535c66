//! Texts that a site shows to everybody: settings, frequent questions and testimonials. Admins of the scholarship
//! publish them.

pub mod faq;
pub mod setting;
pub mod testimonial;

use std::collections::HashSet;

use gerbang_kernel::error::{CustomRule, Error, Result, Rule};
use sea_orm::{
    ColumnTrait, EntityTrait, UpdateMany,
    prelude::{DateTimeUtc, TextUuid},
    sea_query::{CaseStatement, Expr},
};

/// A new order names each row once.
const ORDER: Rule = Rule::Custom(&CustomRule {
    name: "ORDER",
    english: "Every row must be named exactly once.",
    indonesian: "Setiap baris harus disebut tepat satu kali.",
});

/// Moves the rows to the places at which `wanted` names them, in one statement.
///
/// # Errors
/// `VALIDATION_FAILED` unless every one of the `present` rows is named exactly once.
pub(crate) fn reorder<E: EntityTrait>(
    key: E::Column,
    [position, updated_at]: [E::Column; 2],
    present: &[TextUuid],
    wanted: &[TextUuid],
    now: DateTimeUtc,
) -> Result<Option<UpdateMany<E>>> {
    let named: HashSet<_> = wanted.iter().collect();
    if wanted.len() != present.len() || present.iter().collect::<HashSet<_>>() != named {
        return Err(Error::violation("input.ids", ORDER));
    }
    if wanted.is_empty() {
        return Ok(None);
    }
    let places = (1i32..).zip(wanted).fold(CaseStatement::new(), |case, (place, id)| case.case(key.eq(*id), place));
    let places = places.finally(Expr::col(position));
    Ok(Some(E::update_many().col_expr(position, places.into()).col_expr(updated_at, Expr::value(now))))
}
