//! What may stand where: the schema's types, looked up by name.
//!
//! The engine keeps its own registry to itself, so this is read back from the SDL, the same text that
//! `schema.graphql` holds. The checks that the engine leaves out ([`positions`](super::positions),
//! [`inputs`](super::inputs), [`limits`](super::limits)) all look types up here.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::{
        self, parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};
use async_graphql_value::ConstValue;

/// The part of introspection that takes arguments or leads to it; the SDL leaves it out.
const INTROSPECTION: &str = r"
    type __Schema { types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type directives: [__Directive!]! }
    type __Type {
        fields(includeDeprecated: Boolean = false): [__Field!]
        interfaces: [__Type!]
        possibleTypes: [__Type!]
        enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
        inputFields(includeDeprecated: Boolean = false): [__InputValue!]
        ofType: __Type
    }
    type __Field { args(includeDeprecated: Boolean = false): [__InputValue!]! type: __Type! }
    type __InputValue { type: __Type! }
    type __EnumValue { name: String! }
    type __Directive { args(includeDeprecated: Boolean = false): [__InputValue!]! }
";

/// Arguments or input fields by name.
pub type Inputs = HashMap<Name, Input>;

/// The types of a schema by name.
#[derive(Debug)]
pub struct SchemaIndex {
    query: Name,
    mutation: Option<Name>,
    subscription: Option<Name>,
    types: HashMap<Name, TypeIndex>,
    directives: HashMap<Name, Inputs>,
}

/// One named type.
#[derive(Debug)]
pub enum TypeIndex {
    /// A scalar, built in or our own.
    Scalar,
    /// An object or interface, with its fields.
    Fields(HashMap<Name, Field>),
    /// A union; only `__typename` can be asked of it.
    Union,
    /// An enum, with its values.
    Enum(HashSet<Name>),
    /// An input object.
    Input(Inputs),
}

/// A field of an object or interface.
#[derive(Debug)]
pub struct Field {
    /// What it yields.
    pub ty: Type,
    /// What it takes.
    pub arguments: Inputs,
}

/// An argument or input field.
#[derive(Debug)]
pub struct Input {
    /// What it takes.
    pub ty: Type,
    /// What it is when left out.
    pub default: Option<ConstValue>,
}

impl Input {
    /// Whether leaving it out is an error.
    pub const fn is_required(&self) -> bool {
        !self.ty.nullable && self.default.is_none()
    }
}

impl SchemaIndex {
    /// Reads the SDL that the schema exports.
    ///
    /// # Errors
    /// When the text is not a GraphQL schema.
    pub fn new(sdl: &str) -> Result<Self, parser::Error> {
        let mut index = Self {
            query: Name::new("Query"),
            mutation: None,
            subscription: None,
            types: ["Int", "Float", "String", "Boolean", "ID"].map(|name| (Name::new(name), TypeIndex::Scalar)).into(),
            directives: HashMap::new(),
        };
        index.read(sdl)?;
        index.read(INTROSPECTION)?;
        index.add_directive("skip");
        index.add_directive("include");
        if let Some(TypeIndex::Fields(fields)) = index.types.get_mut(&index.query) {
            let name = Input { ty: named("String", false), default: None };
            fields.insert(
                Name::new("__type"),
                Field { ty: named("__Type", true), arguments: [(Name::new("name"), name)].into() },
            );
            fields.insert(Name::new("__schema"), Field { ty: named("__Schema", false), arguments: Inputs::new() });
        }
        Ok(index)
    }

    fn read(&mut self, sdl: &str) -> Result<(), parser::Error> {
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    self.query = schema.query.map_or_else(|| Name::new("Query"), |name| name.node);
                    self.mutation = schema.mutation.map(|name| name.node);
                    self.subscription = schema.subscription.map(|name| name.node);
                }
                TypeSystemDefinition::Type(definition) => {
                    self.types.insert(definition.node.name.node, TypeIndex::from(definition.node.kind));
                }
                TypeSystemDefinition::Directive(directive) => {
                    self.directives.insert(directive.node.name.node, inputs(directive.node.arguments));
                }
            }
        }
        Ok(())
    }

    fn add_directive(&mut self, name: &str) {
        let condition = Input { ty: named("Boolean", false), default: None };
        self.directives.insert(Name::new(name), [(Name::new("if"), condition)].into());
    }

    /// The type with this name.
    pub fn get(&self, name: &str) -> Option<&TypeIndex> {
        self.types.get(name)
    }

    /// The type that operations of this kind start at.
    pub fn root(&self, operation: OperationType) -> Option<&str> {
        match operation {
            OperationType::Query => Some(&self.query),
            OperationType::Mutation => self.mutation.as_deref(),
            OperationType::Subscription => self.subscription.as_deref(),
        }
    }

    /// The field of the type with this name.
    pub fn field(&self, parent: &str, field: &str) -> Option<&Field> {
        match self.get(parent)? {
            TypeIndex::Fields(fields) => fields.get(field),
            TypeIndex::Scalar | TypeIndex::Union | TypeIndex::Enum(_) | TypeIndex::Input(_) => None,
        }
    }

    /// The arguments of the directive with this name.
    pub fn directive(&self, name: &str) -> Option<&Inputs> {
        self.directives.get(name)
    }
}

impl From<TypeKind> for TypeIndex {
    fn from(kind: TypeKind) -> Self {
        match kind {
            TypeKind::Scalar => Self::Scalar,
            TypeKind::Object(object) => Self::Fields(fields(object.fields)),
            TypeKind::Interface(interface) => Self::Fields(fields(interface.fields)),
            TypeKind::Union(_) => Self::Union,
            TypeKind::Enum(words) => Self::Enum(words.values.into_iter().map(|value| value.node.value.node).collect()),
            TypeKind::InputObject(input) => Self::Input(inputs(input.fields)),
        }
    }
}

fn fields(definitions: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, Field> {
    definitions
        .into_iter()
        .map(|Positioned { node, .. }| (node.name.node, Field { ty: node.ty.node, arguments: inputs(node.arguments) }))
        .collect()
}

fn inputs(definitions: Vec<Positioned<InputValueDefinition>>) -> Inputs {
    definitions
        .into_iter()
        .map(|Positioned { node, .. }| {
            let default = node.default_value.map(|value| value.node);
            (node.name.node, Input { ty: node.ty.node, default })
        })
        .collect()
}

fn named(name: &str, nullable: bool) -> Type {
    Type { base: BaseType::Named(Name::new(name)), nullable }
}

/// The named type inside all lists: `Partner` of `[Partner!]!`.
pub fn base_name(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}
