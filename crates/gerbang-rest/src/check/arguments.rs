//! Arguments against the schema: literals must be valid, variables must fit where they stand.

use async_graphql::{
    Name, Pos, Positioned,
    indexmap::IndexMap,
    parser::types::{BaseType, InputValueDefinition, Type, TypeKind},
};
use async_graphql_value::Value;

use crate::{
    defect::{Report, suggest},
    route::Input,
    sdl::{Sdl, fits, named},
};

/// Where a variable is used.
pub(super) struct Use {
    pub(super) variable: Name,
    /// The path of argument and member names.
    pub(super) path: String,
    /// What the schema says about the place.
    pub(super) description: Option<String>,
    pos: Pos,
    place: Type,
    has_default: bool,
}

impl Use {
    /// Reports a variable whose type does not fit here.
    pub(super) fn check(&self, ty: &Type, variable_has_default: bool, report: &mut Report<'_>) {
        if !fits(ty, variable_has_default, &self.place, self.has_default) {
            report.add(
                self.pos,
                format!("`${}` is {ty}, but `{}` takes {}", self.variable, self.path, self.place),
                format!("Declare `${}: {}`.", self.variable, self.place),
            );
        }
    }
}

/// What is taken at one place of the arguments.
#[derive(Clone, Copy)]
struct Place<'s> {
    ty: &'s Type,
    has_default: bool,
    description: Option<&'s str>,
}

impl<'s> Place<'s> {
    fn of(definition: &'s InputValueDefinition) -> Self {
        Self {
            ty: &definition.ty.node,
            has_default: definition.default_value.is_some(),
            description: definition.description.as_ref().map(|text| text.node.as_str()),
        }
    }

    fn item(ty: &'s Type) -> Self {
        Self { ty, has_default: false, description: None }
    }
}

/// Reads arguments and remembers where variables stand.
pub(super) struct Arguments<'s> {
    pub(super) sdl: &'s Sdl,
    pub(super) uses: Vec<Use>,
    pub(super) inputs: Vec<Input>,
}

impl Arguments<'_> {
    /// The arguments of a field or directive called `of`.
    pub(super) fn read(
        &mut self,
        of: &Positioned<Name>,
        given: &[(Positioned<Name>, Positioned<Value>)],
        defined: &[Positioned<InputValueDefinition>],
        report: &mut Report<'_>,
    ) {
        for (name, value) in given {
            let Some(definition) = defined.iter().find(|definition| definition.node.name.node == name.node) else {
                let names = defined.iter().map(|definition| definition.node.name.node.as_str());
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
            let ty = &definition.node.ty.node;
            if matches!(self.sdl.kind(named(ty)), Some(TypeKind::InputObject(_))) {
                self.inputs.push(Input { ty: named(ty).to_owned(), template: value.node.clone() });
            }
            let place = Place::of(&definition.node);
            self.value(&value.node, value.pos, place, &name.node, report);
        }
        for definition in defined {
            let InputValueDefinition { name, ty, default_value, .. } = &definition.node;
            let required = !ty.node.nullable && default_value.is_none();
            if required && !given.iter().any(|(given, _)| given.node == name.node) {
                report.add(
                    of.pos,
                    format!("`{}` lacks its argument `{}: {}`", of.node, name.node, ty.node),
                    format!("Add `{}`.", name.node),
                );
            }
        }
    }

    fn value(&mut self, value: &Value, pos: Pos, place: Place<'_>, path: &str, report: &mut Report<'_>) {
        let Place { ty, has_default, description } = place;
        match (value, &ty.base) {
            (Value::Variable(variable), _) => self.uses.push(Use {
                variable: variable.clone(),
                path: path.to_owned(),
                description: description.map(str::to_owned),
                pos,
                place: ty.clone(),
                has_default,
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
        match self.sdl.kind(ty) {
            Some(TypeKind::Enum(_)) => match value {
                Value::Enum(word) if self.sdl.enum_values(ty).any(|known| known == word) => {}
                Value::Enum(word) => {
                    let words = self.sdl.enum_values(ty).map(Name::as_str);
                    report.add(pos, format!("{ty} has no value `{word}`"), suggest(word, words));
                }
                _ => wrong(report),
            },
            Some(TypeKind::InputObject(_)) => match value {
                Value::Object(members) => self.object(members, pos, ty, path, report),
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

    fn object(&mut self, members: &IndexMap<Name, Value>, pos: Pos, ty: &str, path: &str, report: &mut Report<'_>) {
        let sdl = self.sdl;
        for (name, value) in members {
            if let Some(field) = sdl.input_fields(ty).find(|field| field.name.node == *name) {
                self.value(value, pos, Place::of(field), &format!("{path}.{name}"), report);
            } else {
                let names = sdl.input_fields(ty).map(|field| field.name.node.as_str());
                report.add(pos, format!("{ty} has no field `{name}`"), suggest(name, names));
            }
        }
        for field in sdl.input_fields(ty) {
            let required = !field.ty.node.nullable && field.default_value.is_none();
            if required && !members.contains_key(&field.name.node) {
                report.add(
                    pos,
                    format!("`{path}` lacks `{}: {}`, which {ty} needs", field.name.node, field.ty.node),
                    format!("Add `{}`.", field.name.node),
                );
            }
        }
    }
}
