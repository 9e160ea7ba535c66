//! Taking our directives off, so that the document which was checked is the one that is executed.

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
    },
};

use super::plan::{TOTAL_KEY, TYPE_KEY};

/// GraphQL's own directives, which stay in the document.
pub(crate) const STANDARD: [&str; 2] = ["skip", "include"];

/// The document as the engine knows GraphQL, with the fields added that showing the answer needs.
pub(crate) fn strip(mut document: ExecutableDocument) -> ExecutableDocument {
    each_operation(&mut document, strip_operation);
    document
}

fn each_operation(document: &mut ExecutableDocument, change: impl Fn(&mut OperationDefinition)) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => change(&mut operation.node),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                change(&mut operation.node);
            }
        }
    }
}

fn strip_operation(operation: &mut OperationDefinition) {
    keep_standard(&mut operation.directives);
    for definition in &mut operation.variable_definitions {
        keep_standard(&mut definition.node.directives);
    }
    strip_selection(&mut operation.selection_set.node);
}

fn strip_selection(set: &mut SelectionSet) {
    let mut typed = false;
    for item in &mut set.items {
        let directives = item.node.directives_mut();
        let is_page = directives.iter().any(|directive| directive.node.name.node == "page");
        keep_standard(directives);
        match &mut item.node {
            Selection::Field(field) => {
                strip_selection(&mut field.node.selection_set.node);
                if is_page {
                    field.node.selection_set.node.items.push(added(TOTAL_KEY, "totalCount"));
                }
            }
            Selection::InlineFragment(fragment) => {
                typed |= fragment.node.type_condition.is_some();
                strip_selection(&mut fragment.node.selection_set.node);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    if typed {
        set.items.push(added(TYPE_KEY, "__typename"));
    }
}

fn keep_standard(directives: &mut Vec<Positioned<Directive>>) {
    directives.retain(|directive| STANDARD.contains(&directive.node.name.node.as_str()));
}

/// The document without the fields that showing an answer adds to it, as a person would write it.
pub(super) fn without_added(mut document: ExecutableDocument) -> ExecutableDocument {
    each_operation(&mut document, |operation| drop_added(&mut operation.selection_set.node));
    document
}

fn drop_added(set: &mut SelectionSet) {
    let is_added = |alias: &Name| [TOTAL_KEY, TYPE_KEY].contains(&alias.as_str());
    set.items.retain(|item| match &item.node {
        Selection::Field(field) => field.node.alias.as_ref().is_none_or(|alias| !is_added(&alias.node)),
        Selection::InlineFragment(_) | Selection::FragmentSpread(_) => true,
    });
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => drop_added(&mut field.node.selection_set.node),
            Selection::InlineFragment(fragment) => drop_added(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn added(alias: &str, name: &str) -> Positioned<Selection> {
    let at = |name: &str| Positioned::new(Name::new(name), Pos::default());
    let field = Field {
        alias: Some(at(alias)),
        name: at(name),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, Pos::default())), Pos::default())
}
