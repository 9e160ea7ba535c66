//! Arguments against the schema: literals must be valid, variables must fit where they stand.

use async_graphql::{
    Name, Pos, Positioned,
    indexmap::IndexMap,
    parser::types::{BaseType, Type},
};
use async_graphql_value::{ConstValue, Value};
use gerbang_graphql::{
    type_index::{Input as Definition, Inputs, TypeIndex, base_name},
    variable_usage::fits,
};

use super::{
    report::{Report, suggest},
    schema::Schema,
};
use crate::model::variable::Input;

/// Where a variable is used.
pub(super) struct Use {
    pub(super) variable: Name,
    /// The path of argument and member names.
    pub(super) path: String,
    /// What the schema takes there.
    pub(super) place: Definition,
    pos: Pos,
}

impl Use {
    /// Reports a variable whose type does not fit here.
    pub(super) fn check(&self, ty: &Type, variable_has_default: bool, report: &mut Report<'_>) {
        if !fits(ty, variable_has_default, &self.place) {
            report.add(
                self.pos,
                format!("`${}` is {ty}, but `{}` takes {}", self.variable, self.path, self.place.ty),
                format!("Declare `${}: {}`.", self.variable, self.place.ty),
            );
        }
    }
}

/// What is taken at one place of the arguments.
#[derive(Clone, Copy)]
struct Place<'s> {
    ty: &'s Type,
    default: Option<&'s ConstValue>,
    description: Option<&'s str>,
}

impl<'s> Place<'s> {
    fn of(Definition { ty, default, description }: &'s Definition) -> Self {
        Self { ty, default: default.as_ref(), description: description.as_deref() }
    }

    fn into_definition(self) -> Definition {
        let Self { ty, default, description } = self;
        Definition { ty: ty.clone(), default: default.cloned(), description: description.map(str::to_owned) }
    }

    fn item(ty: &'s Type) -> Self {
        Self { ty, default: None, description: None }
    }
}

/// Reads arguments and remembers where variables stand.
pub(super) struct Arguments<'s> {
    pub(super) schema: &'s Schema,
    pub(super) uses: Vec<Use>,
    pub(super) inputs: Vec<Input>,
}

impl Arguments<'_> {
    /// The arguments of a field or directive called `of`.
    pub(super) fn read(
        &mut self,
        of: &Positioned<Name>,
        given: &[(Positioned<Name>, Positioned<Value>)],
        defined: &Inputs,
        report: &mut Report<'_>,
    ) {
        for (name, value) in given {
            let Some(definition) = defined.get(&name.node) else {
                let names = defined.keys().map(Name::as_str);
                report.add(
                    name.pos,
                    format!("`{}` has no argument `{}`", of.node, name.node),
                    suggest(&name.node, names),
                );
                continue;
            };
            if given.iter().filter(|(other, _)| other.node == name.node).count() > 1 {
                report.add(name.pos, format!("`{}` is given twice", name.node), "Keep one of them.");
            }
            let ty = base_name(&definition.ty);
            if self.schema.inputs(ty).is_some() {
                self.inputs.push(Input { ty: ty.to_string(), template: value.node.clone() });
            }
            let place = Place::of(definition);
            self.value(&value.node, value.pos, place, &name.node, report);
        }
        for (name, definition) in defined {
            if definition.is_required() && !given.iter().any(|(given, _)| given.node == *name) {
                report.add(
                    of.pos,
                    format!("`{}` lacks its argument `{name}: {}`", of.node, definition.ty),
                    format!("Add `{name}`."),
                );
            }
        }
    }

    fn value(&mut self, value: &Value, pos: Pos, place: Place<'_>, path: &str, report: &mut Report<'_>) {
        let Place { ty, description, .. } = place;
        match (value, &ty.base) {
            (Value::Variable(variable), _) => self.uses.push(Use {
                variable: variable.clone(),
                path: path.to_owned(),
                place: place.into_definition(),
                pos,
            }),
            (Value::Null, _) => {
                if !ty.nullable {
                    report.add(pos, format!("`{path}` takes {ty}, which is never null"), "Give it a value.");
                }
            }
            (Value::List(items), BaseType::List(item)) => {
                for (index, value) in items.iter().enumerate() {
                    self.value(value, pos, Place::item(item), &format!("{path}.{index}"), report);
                }
            }
            // One value stands for a list of one.
            (value, BaseType::List(item)) => {
                self.value(value, pos, Place { description, ..Place::item(item) }, path, report);
            }
            (value, BaseType::Named(name)) => self.named(value, pos, name, path, report),
        }
    }

    fn named(&mut self, value: &Value, pos: Pos, ty: &str, path: &str, report: &mut Report<'_>) {
        let wrong = |report: &mut Report<'_>| {
            report.add(pos, format!("`{value}` is no {ty}, which `{path}` takes"), "Write a value of that type.");
        };
        match self.schema.get(ty) {
            Some(TypeIndex::Enum(words)) => match value {
                Value::Enum(word) if words.contains(word) => {}
                Value::Enum(word) => {
                    let words = words.iter().map(Name::as_str);
                    report.add(pos, format!("{ty} has no value `{word}`"), suggest(word, words));
                }
                _ => wrong(report),
            },
            Some(TypeIndex::Input(fields)) => match value {
                Value::Object(members) => self.object(members, fields, pos, ty, path, report),
                _ => wrong(report),
            },
            _ => {
                let valid = match ty {
                    "Int" | "Rupiah" | "SafeInt" => matches!(value, Value::Number(number) if number.is_i64()),
                    "Float" => matches!(value, Value::Number(_)),
                    "String" => matches!(value, Value::String(_)),
                    "Boolean" => matches!(value, Value::Boolean(_)),
                    "ID" => {
                        matches!(value, Value::String(_)) || matches!(value, Value::Number(number) if number.is_i64())
                    }
                    _ => !matches!(value, Value::Enum(_)),
                };
                if !valid {
                    wrong(report);
                }
            }
        }
    }

    fn object(
        &mut self,
        members: &IndexMap<Name, Value>,
        fields: &Inputs,
        pos: Pos,
        ty: &str,
        path: &str,
        report: &mut Report<'_>,
    ) {
        for (name, value) in members {
            if let Some(field) = fields.get(name) {
                self.value(value, pos, Place::of(field), &format!("{path}.{name}"), report);
            } else {
                report.add(pos, format!("{ty} has no field `{name}`"), suggest(name, fields.keys().map(Name::as_str)));
            }
        }
        for (name, field) in fields {
            if field.is_required() && !members.contains_key(name) {
                report.add(
                    pos,
                    format!("`{path}` lacks `{name}: {}`, which {ty} needs", field.ty),
                    format!("Add `{name}`."),
                );
            }
        }
    }
}
