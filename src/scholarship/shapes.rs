//! The rules over the shape of scholarship inputs; see [`shape`](crate::input::shape).

use crate::input::{
    shape::Shape,
    validate::{LONG_TEXT, TEXT},
};

/// The texts of a profile with the characters that each may have.
const PROFILE: [(&str, u64); 6] = [
    ("birthPlace", TEXT),
    ("fatherName", TEXT),
    ("fatherOccupation", TEXT),
    ("motherName", TEXT),
    ("motherOccupation", TEXT),
    ("address", LONG_TEXT),
];

/// A profile.
pub fn profile(shape: &mut Shape<'_>) {
    for (name, max_length) in PROFILE {
        shape.text(name, max_length);
    }
    shape.rupiah("parentsIncome", 0);
}

/// A file of any kind: what is said about it.
pub fn additional_upload(shape: &mut Shape<'_>) -> Option<String> {
    shape.optional_text("description", LONG_TEXT)
}

/// A document: its name and what is said about it.
pub fn document(shape: &mut Shape<'_>) -> (Option<String>, Option<String>) {
    (shape.text("name", TEXT), shape.optional_text("description", LONG_TEXT))
}
