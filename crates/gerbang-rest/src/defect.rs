//! What is wrong with a route file, where, and what to do about it.

use std::fmt;

use async_graphql::Pos;

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

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pos, problem, remedy } = self;
        write!(f, "{file}:{}:{}: {problem}. {remedy}", pos.line, pos.column)
    }
}

impl std::error::Error for Defect {}

/// Collects the mistakes of one file, so that all of them are reported together.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    file: &'a str,
    defects: Vec<Defect>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a str) -> Self {
        Self { file, defects: Vec::new() }
    }

    /// Notes a mistake. Both texts are sentences without the full stop at the end of the first.
    pub(crate) fn add(&mut self, pos: Pos, problem: impl Into<String>, remedy: impl Into<String>) {
        self.defects.push(Defect { file: self.file.to_owned(), pos, problem: problem.into(), remedy: remedy.into() });
    }

    /// Notes a mistake in a file beside this one.
    pub(crate) fn add_elsewhere(&mut self, defect: Defect) {
        self.defects.push(defect);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.defects.is_empty()
    }

    pub(crate) fn into_defects(self) -> Vec<Defect> {
        self.defects
    }
}

/// The candidates as a list for a remedy, the likeliest first: `Did you mean "name"? There are: ...`.
pub(crate) fn suggest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_by_key(|name| (distance(wrong, name), *name));
    match names.as_slice() {
        [] => "There is none to choose from".to_owned(),
        [only] => format!("There is only `{only}`."),
        [likeliest, ..] if distance(wrong, likeliest) <= 2 => format!("Did you mean `{likeliest}`?"),
        all => {
            let shown = all.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            format!("Choose one of {shown}{}", if all.len() > 12 { ", ..." } else { "." })
        }
    }
}

/// How many letters must be changed, added or left out to turn one word into the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substitution = diagonal + usize::from(!a.eq_ignore_ascii_case(b));
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_named() {
        assert_eq!(suggest("nmae", ["name", "email"]), "Did you mean `name`?");
        assert_eq!(suggest("zzzzzz", ["name", "email"]), "Choose one of `email`, `name`.");
    }
}
