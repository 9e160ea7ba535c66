//! The notary office: what it offers and what was ordered.

/// Orders for services of the notary office.
pub mod order {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Services of the notary office.
pub mod service {
    pub mod row;
    pub mod rules;
    pub mod schema;
}
