//! A document as text, laid out as people write it.

use std::fmt::{self, Display, Formatter};

use async_graphql::{
    Name, Positioned,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
        VariableDefinition,
    },
};
use async_graphql_value::Value;

/// Shows a document as its text. Operations and fragments come in the order of their names.
#[derive(Clone, Copy, Debug)]
pub struct Printed<'a>(pub &'a ExecutableDocument);

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut operations: Vec<_> = self.0.operations.iter().collect();
        operations.sort_by_key(|(name, _)| *name);
        for (name, operation) in operations {
            print_operation(f, name, &operation.node)?;
        }
        let mut fragments: Vec<_> = self.0.fragments.iter().collect();
        fragments.sort_by_key(|(name, _)| *name);
        for (name, fragment) in fragments {
            let fragment = &fragment.node;
            write!(f, "fragment {name} on {}", fragment.type_condition.node.on.node)?;
            print_directives(f, &fragment.directives)?;
            f.write_str(" ")?;
            print_selections(f, &fragment.selection_set.node, 0)?;
            f.write_str("\n")?;
        }
        Ok(())
    }
}

fn print_operation(f: &mut Formatter<'_>, name: Option<&Name>, operation: &OperationDefinition) -> fmt::Result {
    let is_bare = name.is_none()
        && operation.ty == OperationType::Query
        && operation.variable_definitions.is_empty()
        && operation.directives.is_empty();
    if !is_bare {
        write!(f, "{}", operation.ty)?;
        if let Some(name) = name {
            write!(f, " {name}")?;
        }
        print_variables(f, &operation.variable_definitions)?;
        print_directives(f, &operation.directives)?;
        f.write_str(" ")?;
    }
    print_selections(f, &operation.selection_set.node, 0)?;
    f.write_str("\n")
}

fn print_variables(f: &mut Formatter<'_>, variables: &[Positioned<VariableDefinition>]) -> fmt::Result {
    for (position, Positioned { node: variable, .. }) in variables.iter().enumerate() {
        f.write_str(if position == 0 { "(" } else { ", " })?;
        write!(f, "${}: {}", variable.name.node, variable.var_type.node)?;
        print_directives(f, &variable.directives)?;
        if let Some(default) = &variable.default_value {
            write!(f, " = {}", default.node)?;
        }
    }
    f.write_str(if variables.is_empty() { "" } else { ")" })
}

fn print_selections(f: &mut Formatter<'_>, set: &SelectionSet, level: usize) -> fmt::Result {
    f.write_str("{\n")?;
    for selection in &set.items {
        write!(f, "{:width$}", "", width = 2 * (level + 1))?;
        match &selection.node {
            Selection::Field(field) => print_field(f, &field.node, level + 1)?,
            Selection::FragmentSpread(spread) => {
                write!(f, "...{}", spread.node.fragment_name.node)?;
                print_directives(f, &spread.node.directives)?;
            }
            Selection::InlineFragment(fragment) => {
                f.write_str("...")?;
                if let Some(condition) = &fragment.node.type_condition {
                    write!(f, " on {}", condition.node.on.node)?;
                }
                print_directives(f, &fragment.node.directives)?;
                f.write_str(" ")?;
                print_selections(f, &fragment.node.selection_set.node, level + 1)?;
            }
        }
        f.write_str("\n")?;
    }
    write!(f, "{:width$}}}", "", width = 2 * level)
}

fn print_field(f: &mut Formatter<'_>, field: &Field, level: usize) -> fmt::Result {
    if let Some(alias) = &field.alias {
        write!(f, "{}: ", alias.node)?;
    }
    write!(f, "{}", field.name.node)?;
    print_arguments(f, &field.arguments)?;
    print_directives(f, &field.directives)?;
    if field.selection_set.node.items.is_empty() {
        return Ok(());
    }
    f.write_str(" ")?;
    print_selections(f, &field.selection_set.node, level)
}

fn print_directives(f: &mut Formatter<'_>, directives: &[Positioned<Directive>]) -> fmt::Result {
    directives.iter().try_for_each(|Positioned { node: directive, .. }| {
        write!(f, " @{}", directive.name.node)?;
        print_arguments(f, &directive.arguments)
    })
}

fn print_arguments(f: &mut Formatter<'_>, arguments: &[(Positioned<Name>, Positioned<Value>)]) -> fmt::Result {
    for (position, (name, value)) in arguments.iter().enumerate() {
        f.write_str(if position == 0 { "(" } else { ", " })?;
        write!(f, "{}: {}", name.node, value.node)?;
    }
    f.write_str(if arguments.is_empty() { "" } else { ")" })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_is_printed_reads_the_same() {
        let text = "\
query Show($id: ID!, $first: Int = 3) {
  one: partner(id: $id, filter: {name: \"a \\\"b\\\"\", kinds: [NEW, OLD]}) {
    id
    ...Names @include(if: true)
    ... on Partner {
      clients(first: $first) {
        totalCount
      }
    }
  }
}
fragment Names on Partner {
  name
}
";
        let document = parse_query(text).unwrap();
        assert_eq!(Printed(&document).to_string(), text);
    }
}
