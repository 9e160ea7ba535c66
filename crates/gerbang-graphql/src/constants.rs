//! Fields that give everybody who may ask the same, and whose changes are counted: what is made of them alone is made once.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
};
use async_graphql_value::Value;
use gerbang_kernel::version::Version;

use crate::{
    paging::{BY_CURSOR, BY_NUMBER},
    type_index::{SchemaIndex, TypeIndex, base_name},
};

/// Which fields of a schema are constant. None are, unless it is said.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    fields: BTreeMap<&'static str, Version>,
    types: BTreeSet<&'static str>,
    varying: BTreeSet<(&'static str, &'static str)>,
}

impl Constants {
    /// Adds root fields, each with the version of what it reads. With other arguments than those of a page a field is
    /// not constant.
    #[must_use]
    pub fn with_fields(mut self, fields: impl IntoIterator<Item = (&'static str, Version)>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Adds objects that stand below these fields, of which all is constant but what leads out of these types.
    #[must_use]
    pub fn with_types(mut self, types: impl IntoIterator<Item = &'static str>) -> Self {
        self.types.extend(types);
        self
    }

    /// Excepts fields of these objects, such as those that depend on the time: (object, field).
    #[must_use]
    pub fn except(mut self, fields: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        self.varying.extend(fields);
        self
    }

    /// The versions of what a document reads, if it is one query that reads nothing but constants and takes no variables.
    pub fn read_by(&self, document: &ExecutableDocument, types: &SchemaIndex) -> Option<Vec<Version>> {
        let mut operations = document.operations.iter().map(|(_, operation)| &operation.node);
        let (Some(operation), None) = (operations.next(), operations.next()) else { return None };
        if operation.ty != OperationType::Query || !operation.variable_definitions.is_empty() {
            return None;
        }
        let walk = Walk { constants: self, document, types };
        let mut versions = BTreeMap::new();
        walk.root(&operation.selection_set.node, &mut versions)?;
        (!versions.is_empty()).then(|| versions.into_values().cloned().collect())
    }

    /// What is named here and not in the schema.
    pub fn unknown(&self, types: &SchemaIndex) -> Vec<String> {
        let root = types.root(OperationType::Query).unwrap_or_default();
        let fields = self.fields.keys().map(|field| (root, *field)).chain(self.varying.iter().copied());
        let fields = fields.filter(|(object, field)| types.field(object, field).is_none());
        let objects = self.types.iter().filter(|name| !matches!(types.get(name), Some(TypeIndex::Fields(_))));
        fields
            .map(|(object, field)| format!("{object}.{field}"))
            .chain(objects.map(|name| (*name).to_owned()))
            .collect()
    }
}

/// Whether an argument only says which page of a list is wanted, and always the same.
fn is_page((name, value): &(Positioned<Name>, Positioned<Value>)) -> bool {
    let name = name.node.as_str();
    (BY_CURSOR.contains(&name) || BY_NUMBER.contains(&name))
        && matches!(value.node, Value::Number(_) | Value::String(_))
}

/// Looks at what a document selects. It was validated, so its fragments don't form a circle.
struct Walk<'a> {
    constants: &'a Constants,
    document: &'a ExecutableDocument,
    types: &'a SchemaIndex,
}

impl<'a> Walk<'a> {
    fn root(&self, set: &SelectionSet, versions: &mut BTreeMap<&'a str, &'a Version>) -> Option<()> {
        let root = self.types.root(OperationType::Query)?;
        for item in &set.items {
            match &item.node {
                Selection::Field(field) if field.node.name.node == "__typename" => {}
                Selection::Field(field) => {
                    let (name, version) = self.constants.fields.get_key_value(field.node.name.node.as_str())?;
                    field.node.arguments.iter().all(is_page).then_some(())?;
                    versions.insert(name, version);
                    self.below(root, field)?;
                }
                fragment => self.root(self.fragment(fragment)?, versions)?,
            }
        }
        Some(())
    }

    fn object(&self, parent: &str, set: &SelectionSet) -> Option<()> {
        set.items.iter().try_for_each(|item| match &item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => Some(()),
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                let varies = self.constants.varying.iter().any(|varying| *varying == (parent, name));
                if varies { None } else { self.below(parent, field) }
            }
            fragment => self.object(parent, self.fragment(fragment)?),
        })
    }

    fn below(&self, parent: &str, field: &Positioned<Field>) -> Option<()> {
        let ty = base_name(&self.types.field(parent, &field.node.name.node)?.ty);
        match self.types.get(ty)? {
            TypeIndex::Scalar | TypeIndex::Enum(_) => Some(()),
            TypeIndex::Fields(_) if self.constants.types.contains(ty.as_str()) => {
                self.object(ty, &field.node.selection_set.node)
            }
            TypeIndex::Fields(_) | TypeIndex::Union | TypeIndex::Input(_) => None,
        }
    }

    /// What a fragment selects. The types here are objects, so it is on the type that it stands in.
    fn fragment(&self, selection: &'a Selection) -> Option<&'a SelectionSet> {
        match selection {
            Selection::Field(_) => None,
            Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                Some(&self.document.fragments.get(&spread.node.fragment_name.node)?.node.selection_set.node)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source;

    const SDL: &str = r"
        type Query { words(long: Boolean, first: Int): [Word!]! me: User names: [String!]! }
        type Word { text: String! age: Int! plural: Word author: User }
        type User { name: String! }
    ";

    fn versions(document: &str) -> Option<usize> {
        let constants = Constants::default()
            .with_fields([("words", Version::default()), ("names", Version::default())])
            .with_types(["Word"])
            .except([("Word", "age")]);
        let types = SchemaIndex::new(SDL).expect("a schema");
        assert_eq!(constants.unknown(&types), Vec::<String>::new());
        let document = source::parse(document).expect("a document");
        constants.read_by(&document, &types).map(|versions| versions.len())
    }

    #[test]
    fn what_reads_constants_only_has_their_versions() {
        for (document, expected) in [
            ("{ words { text plural { text } } }", 1),
            ("{ words(first: 2) { text } }", 1),
            ("{ words { text } again: words { __typename } names __typename }", 2),
            (
                "query { ...All } fragment All on Query { words { ... on Word { ...Text } } } fragment Text on Word { text }",
                1,
            ),
        ] {
            assert_eq!(versions(document), Some(expected), "{document}");
        }
    }

    #[test]
    fn what_reads_anything_else_has_none() {
        for document in [
            "{ words { text } me { name } }",
            "{ words { text author { name } } }",
            "{ words { plural { age } } }",
            "{ words(long: true) { text } }",
            "{ words(first: 2, long: true) { text } }",
            "query($n: Int) { words(first: $n) { text } }",
            "query($a: Boolean!) { words { text @skip(if: $a) } }",
            "{ words { ...Age } } fragment Age on Word { age }",
            "{ __typename }",
            "{ __schema { description } }",
            "query A { names } query B { names }",
            "mutation { words { text } }",
        ] {
            assert_eq!(versions(document), None, "{document}");
        }
    }

    #[test]
    fn names_that_the_schema_does_not_have_are_told() {
        let constants = Constants::default()
            .with_fields([("word", Version::default())])
            .with_types(["Words"])
            .except([("Word", "ages")]);
        let types = SchemaIndex::new(SDL).expect("a schema");
        assert_eq!(constants.unknown(&types), ["Query.word", "Word.ages", "Words"]);
    }
}
