//! Objects that a document selects twice under one name, so that the engine has to put their parts together.

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Whether the document has such an object, or may have one: it spreads a fragment twice in one place.
pub fn merges(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut sets: Vec<_> = operations.chain(fragments).collect();
    while let Some(set) = sets.pop() {
        if !(Seen { document, objects: HashSet::new(), fragments: HashSet::new() }.add(set)) {
            return true;
        }
        sets.extend(set.items.iter().filter_map(|selection| match &selection.node {
            Selection::Field(field) => Some(&field.node.selection_set.node),
            Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => None,
        }));
    }
    false
}

/// What was met in one place.
struct Seen<'a> {
    document: &'a ExecutableDocument,
    objects: HashSet<&'a str>,
    fragments: HashSet<&'a str>,
}

impl<'a> Seen<'a> {
    /// Whether all of it is new.
    fn add(&mut self, set: &'a SelectionSet) -> bool {
        set.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => {
                field.node.selection_set.node.items.is_empty() || self.objects.insert(&field.node.response_key().node)
            }
            Selection::InlineFragment(fragment) => self.add(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                let fragment = self.document.fragments.get(name);
                self.fragments.insert(name)
                    && fragment.is_none_or(|fragment| self.add(&fragment.node.selection_set.node))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn an_object_is_found_wherever_it_stands_again() {
        let merges = |text: &str| merges(&parse_query(text).unwrap());
        assert!(!merges("{ a { b c: b } d: a { b } }"));
        assert!(
            !merges("{ a { ...F ...G } } fragment F on A { __typename b } fragment G on A { __typename b c { d } }"),
            "leaves"
        );
        assert!(merges("{ a { b } a { c } }"));
        assert!(merges("{ x { a { b } ... on X { a { c } } } }"));
        assert!(merges("{ x { ...F ...G } } fragment F on X { a { b } } fragment G on X { a { c } }"));
        assert!(merges("{ x { ...F } } fragment F on X { a { b } ...G } fragment G on X { a { c } }"));
        assert!(merges("{ x { ...F ...F } } fragment F on X { a { b } }"));
        assert!(merges("query A { x } query B { y { a { b } a { c } } }"));
    }
}
