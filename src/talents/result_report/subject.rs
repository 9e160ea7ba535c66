//! What a document is about.

use crate::talents::{assessment::rules::Assessment, client, partner};

/// What a document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Who was assessed.
    pub client: &'a client::row::Model,
    /// Through whom.
    pub partner: &'a partner::row::Model,
    /// What was found.
    pub assessment: &'a Assessment,
}
