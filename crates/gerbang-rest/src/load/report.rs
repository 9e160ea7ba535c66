//! The mistakes of one file, and what else a name may have been meant for.

use async_graphql::Pos;
use strsim::levenshtein;

use crate::model::defect::Defect;

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
    let distance = |name: &str| levenshtein(&wrong.to_ascii_lowercase(), &name.to_ascii_lowercase());
    names.sort_by_key(|name| (distance(name), *name));
    match names.as_slice() {
        [] => "There is none to choose from".to_owned(),
        [only] => format!("There is only `{only}`."),
        [likeliest, ..] if distance(likeliest) <= 2 => format!("Did you mean `{likeliest}`?"),
        all => {
            let shown = all.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            format!("Choose one of {shown}{}", if all.len() > 12 { ", ..." } else { "." })
        }
    }
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
