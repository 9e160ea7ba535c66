//! Variables against the places they are used in (the specification's *All Variable Usages Are Allowed*).
//!
//! The engine has this rule but never runs it: a nullable variable passes in a non-null place, and so does
//! one of another type altogether. It does not look at an argument that holds a variable at all, and takes
//! any string for an `Upload`; so literals are checked here too.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned, ServerError,
    parser::types::{
        BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type, VariableDefinition,
    },
};
use async_graphql_value::Value;

use super::{
    type_index::{Input, Inputs, SchemaIndex, TypeIndex, base_name},
    value_check::{Notation, check},
};

/// Checks every operation of a document. Unknown fields, arguments and types are the engine's to report.
///
/// # Errors
/// One for each place that a variable, or a literal beside one, does not fit.
pub fn check_variable_usage(index: &SchemaIndex, document: &ExecutableDocument) -> Result<(), Vec<ServerError>> {
    let mut errors = Vec::new();
    for (_, operation) in document.operations.iter() {
        let mut walk = Walk {
            index,
            document,
            variables: variables(&operation.node),
            visited: HashSet::new(),
            errors: Vec::new(),
        };
        walk.defaults(&operation.node);
        walk.directives(&operation.node.directives);
        walk.selections(index.root(operation.node.ty), &operation.node.selection_set.node);
        errors.append(&mut walk.errors);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Whether a variable of this declared type, with or without a default other than null, may stand for `input`.
pub fn fits(declared: &Type, has_default: bool, input: &Input) -> bool {
    if input.ty.nullable || !declared.nullable {
        return is_compatible(declared, &input.ty);
    }
    let place = Type { base: input.ty.base.clone(), nullable: true };
    (has_default || input.default.is_some()) && is_compatible(declared, &place)
}

fn is_compatible(declared: &Type, place: &Type) -> bool {
    if declared.nullable && !place.nullable {
        return false;
    }
    match (&declared.base, &place.base) {
        (BaseType::Named(declared), BaseType::Named(place)) => declared == place,
        (BaseType::List(declared), BaseType::List(place)) => is_compatible(declared, place),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}

fn variables(operation: &OperationDefinition) -> HashMap<&str, &VariableDefinition> {
    operation.variable_definitions.iter().map(|variable| (variable.node.name.node.as_str(), &variable.node)).collect()
}

struct Walk<'a> {
    index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
    variables: HashMap<&'a str, &'a VariableDefinition>,
    visited: HashSet<&'a str>,
    errors: Vec<ServerError>,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, parent: Option<&'a str>, set: &'a SelectionSet) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    let known = parent.and_then(|parent| self.index.field(parent, &field.node.name.node));
                    if let Some(known) = known {
                        self.arguments(&known.arguments, &field.node.arguments);
                    }
                    self.selections(known.map(|known| base_name(&known.ty).as_str()), &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.selections(condition.or(parent), &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    // A fragment's own type is all that counts, so once per operation is enough (and ends cycles).
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.visited.insert(name)
                    {
                        self.directives(&fragment.node.directives);
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.selections(Some(on), &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn defaults(&mut self, operation: &OperationDefinition) {
        for Positioned { node: variable, .. } in &operation.variable_definitions {
            if let Some(default) = &variable.default_value
                && let Err(mismatch) =
                    check(self.index, &variable.var_type.node, &default.node.clone().into_value(), Notation::Literal)
            {
                self.errors.push(mismatch.into_error(&format!("${}", variable.name.node), default.pos));
            }
        }
    }

    fn directives(&mut self, directives: &'a [Positioned<Directive>]) {
        for directive in directives {
            if let Some(known) = self.index.directive(&directive.node.name.node) {
                self.arguments(known, &directive.node.arguments);
            }
        }
    }

    fn arguments(&mut self, known: &'a Inputs, given: &'a [(Positioned<Name>, Positioned<Value>)]) {
        for (name, value) in given {
            let Some(input) = known.get(&name.node) else { continue };
            self.usages(input, &value.node, value.pos);
            if let Err(mismatch) = check(self.index, &input.ty, &value.node, Notation::Literal) {
                self.errors.push(mismatch.into_error(&name.node, value.pos));
            }
        }
    }

    fn usages(&mut self, place: &Input, value: &Value, pos: Pos) {
        match value {
            Value::Variable(name) => {
                // An undeclared one is the engine's to report.
                let Some(variable) = self.variables.get(name.as_str()) else { return };
                let declared = &variable.var_type.node;
                let has_default = variable
                    .default_value
                    .as_ref()
                    .is_some_and(|value| !matches!(value.node, async_graphql::Value::Null));
                if !fits(declared, has_default, place) {
                    let message = format!(
                        "Variable \"${name}\" of type \"{declared}\" used in position expecting type \"{}\".",
                        place.ty
                    );
                    self.errors.push(ServerError::new(message, Some(pos)));
                }
            }
            Value::List(items) => {
                if let BaseType::List(ty) = &place.ty.base {
                    let place = Input::of((**ty).clone());
                    for item in items {
                        self.usages(&place, item, pos);
                    }
                }
            }
            Value::Object(fields) => {
                if let Some(TypeIndex::Input(known)) = self.index.get(base_name(&place.ty)) {
                    for (name, value) in fields {
                        if let Some(place) = known.get(name) {
                            self.usages(place, value, pos);
                        }
                    }
                }
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_variables_follow_the_specification() {
        let ty = |text: &str| Type::new(text).unwrap();
        let is_allowed = |variable: &str, has_default: bool, place: &str, default: bool| {
            let default = default.then(|| "x".into());
            fits(&ty(variable), has_default, &Input { default, ..Input::of(ty(place)) })
        };
        assert!(is_allowed("String!", false, "String", false));
        assert!(!is_allowed("String", false, "String!", false));
        assert!(is_allowed("String", true, "String!", false));
        assert!(is_allowed("String", false, "String!", true));
        assert!(!is_allowed("ID!", false, "String!", false));
        assert!(is_allowed("[String!]!", false, "[String]", false));
        assert!(!is_allowed("[String]", false, "[String!]", false));
        assert!(!is_allowed("String", false, "[String]", false));
    }
}
