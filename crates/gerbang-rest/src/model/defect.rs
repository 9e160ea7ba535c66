//! What is wrong with a route file, where, and what to do about it.

use std::fmt;

use async_graphql::{Pos, parser};

/// One mistake in a route file. The server does not start while there is any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The file, as it is known in the source tree.
    pub file: String,
    /// Line and column, counted from one; both are zero where the file as a whole is meant.
    pub pos: Pos,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Defect {
    /// That the text of the schema itself can't be read.
    pub(crate) fn of_schema(error: &parser::Error) -> Self {
        Self {
            file: "schema.graphql".to_owned(),
            pos: error.positions().next().unwrap_or_default(),
            problem: format!("the schema's own text can't be read: {error}"),
            remedy: "Look for an unescaped quotation mark in a description or a deprecation reason.".to_owned(),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pos, problem, remedy } = self;
        write!(f, "{file}:{}:{}: {problem}. {remedy}", pos.line, pos.column)
    }
}

impl std::error::Error for Defect {}

/// A position for what has none of its own.
pub(crate) const NOWHERE: Pos = Pos { line: 0, column: 0 };
