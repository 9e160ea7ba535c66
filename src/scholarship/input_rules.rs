//! The rules of scholarship inputs; see [`Validator`].

use crate::input::{
    validate::{LONG_TEXT, TEXT},
    validator::Validator,
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
pub fn profile(validator: &mut Validator<'_>) {
    for (name, max_length) in PROFILE {
        validator.text(name, max_length);
    }
    validator.rupiah("parentsIncome", 0);
}

/// A file of any kind: what is said about it.
pub fn additional_upload(validator: &mut Validator<'_>) -> Option<String> {
    validator.optional_text("description", LONG_TEXT)
}

/// A document: its name and what is said about it.
pub fn document(validator: &mut Validator<'_>) -> (Option<String>, Option<String>) {
    (validator.text("name", TEXT), validator.optional_text("description", LONG_TEXT))
}
