//! What may stand where: the schema's types, looked up by name.
//!
//! The engine keeps its own registry to itself, so this is read back from the SDL, the same text that
//! `schema.graphql` holds. The checks that the engine leaves out ([`variable_usage`](super::variable_usage),
//! [`value_check`](super::value_check), [`limits`](super::limits)) all look types up here, and so does who reads documents
//! of the program's own (`gerbang-rest`).

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::{
        self, parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};
use async_graphql_value::ConstValue;
use indexmap::{IndexMap, IndexSet};

/// Introspection, which the SDL leaves out, as the engine answers it.
const INTROSPECTION: &str = r"
    type __Schema {
        description: String!
        types: [__Type!]!
        queryType: __Type!
        mutationType: __Type
        subscriptionType: __Type
        directives: [__Directive!]!
    }
    type __Type {
        kind: __TypeKind!
        name: String
        description: String
        fields(includeDeprecated: Boolean! = false): [__Field!]
        interfaces: [__Type!]
        possibleTypes: [__Type!]
        enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
        inputFields(includeDeprecated: Boolean! = false): [__InputValue!]
        ofType: __Type
        specifiedByURL: String
        isOneOf: Boolean
    }
    type __Field {
        name: String!
        description: String
        args(includeDeprecated: Boolean! = false): [__InputValue!]!
        type: __Type!
        isDeprecated: Boolean!
        deprecationReason: String
    }
    type __InputValue {
        name: String!
        description: String
        type: __Type!
        defaultValue: String
        isDeprecated: Boolean!
        deprecationReason: String
    }
    type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }
    type __Directive {
        name: String!
        description: String
        locations: [__DirectiveLocation!]!
        args(includeDeprecated: Boolean! = false): [__InputValue!]!
        isRepeatable: Boolean!
    }
    enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
    enum __DirectiveLocation {
        QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA
        SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT
        INPUT_FIELD_DEFINITION
    }
";

/// Arguments or input fields by name, in the order of the schema.
pub type Inputs = IndexMap<Name, Input>;

/// The types of a schema by name.
#[derive(Debug)]
pub struct SchemaIndex {
    query: Name,
    mutation: Option<Name>,
    subscription: Option<Name>,
    types: HashMap<Name, TypeIndex>,
    directives: HashMap<Name, Inputs>,
    /// The interfaces of an object.
    interfaces: HashMap<Name, Vec<Name>>,
    /// The objects that an interface or union may stand for.
    possible_types: HashMap<Name, Vec<Name>>,
}

/// One named type.
#[derive(Debug)]
pub enum TypeIndex {
    /// A scalar, built in or our own.
    Scalar,
    /// An object or interface, with its fields.
    Fields(IndexMap<Name, Field>),
    /// A union; only `__typename` can be asked of it.
    Union,
    /// An enum, with its values.
    Enum(IndexSet<Name>),
    /// An input object.
    Input(Inputs),
}

/// A field of an object or interface.
#[derive(Debug)]
pub struct Field {
    /// What it yields.
    pub ty: Type,
    /// What the schema says about it.
    pub description: Option<String>,
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
    /// What the schema says about it.
    pub description: Option<String>,
}

impl Input {
    /// One of this type, without a default and a description.
    pub const fn of(ty: Type) -> Self {
        Self { ty, default: None, description: None }
    }

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
            interfaces: HashMap::new(),
            possible_types: HashMap::new(),
        };
        index.read(sdl)?;
        index.read(INTROSPECTION)?;
        index.add_directive("skip");
        index.add_directive("include");
        let reason = Input::of(named("String", true));
        index.directives.insert(Name::new("deprecated"), [(Name::new("reason"), reason)].into());
        index.directives.entry(Name::new("oneOf")).or_default();
        if let Some(TypeIndex::Fields(fields)) = index.types.get_mut(&index.query) {
            let name = Input::of(named("String", false));
            let field = |ty, arguments| Field { ty, description: None, arguments };
            fields.insert(Name::new("__type"), field(named("__Type", true), [(Name::new("name"), name)].into()));
            fields.insert(Name::new("__schema"), field(named("__Schema", false), Inputs::new()));
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
                    let (name, kind) = (definition.node.name.node, definition.node.kind);
                    self.relate(&name, &kind);
                    self.types.insert(name, TypeIndex::from(kind));
                }
                TypeSystemDefinition::Directive(directive) => {
                    self.directives.insert(directive.node.name.node, inputs(directive.node.arguments));
                }
            }
        }
        Ok(())
    }

    /// Notes which objects stand for which interfaces and unions.
    fn relate(&mut self, name: &Name, kind: &TypeKind) {
        match kind {
            TypeKind::Object(object) => {
                let interfaces: Vec<_> = object.implements.iter().map(|interface| interface.node.clone()).collect();
                for interface in &interfaces {
                    self.possible_types.entry(interface.clone()).or_default().push(name.clone());
                }
                self.interfaces.insert(name.clone(), interfaces);
            }
            TypeKind::Union(union) => {
                let members = union.members.iter().map(|member| member.node.clone()).collect();
                self.possible_types.insert(name.clone(), members);
            }
            TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => {}
        }
    }

    fn add_directive(&mut self, name: &str) {
        let condition = Input::of(named("Boolean", false));
        self.directives.insert(Name::new(name), [(Name::new("if"), condition)].into());
    }

    /// The type with this name.
    pub fn get(&self, name: &str) -> Option<&TypeIndex> {
        self.types.get(name)
    }

    /// The names of all types, those of introspection included.
    pub fn type_names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(Name::as_str)
    }

    /// How many fields, arguments and values its types have in all.
    pub fn size(&self) -> u64 {
        let sizes = self.types.values().map(|ty| match ty {
            TypeIndex::Fields(fields) => fields.values().map(|field| 1 + field.arguments.len()).sum(),
            TypeIndex::Enum(values) => values.len(),
            TypeIndex::Input(inputs) => inputs.len(),
            TypeIndex::Scalar | TypeIndex::Union => 1,
        });
        sizes.sum::<usize>() as u64
    }

    /// The arguments of each directive.
    pub fn directives(&self) -> impl Iterator<Item = &Inputs> {
        self.directives.values()
    }

    /// The interfaces of the object with this name.
    pub fn interfaces(&self, name: &str) -> &[Name] {
        self.interfaces.get(name).map_or(&[], Vec::as_slice)
    }

    /// The objects that the interface or union with this name may stand for.
    pub fn possible_types(&self, name: &str) -> &[Name] {
        self.possible_types.get(name).map_or(&[], Vec::as_slice)
    }

    /// The objects that a value of the type with this name may be: itself for an object, none for an input.
    pub fn object_types(&self, name: &str) -> Vec<&Name> {
        match self.interfaces.get_key_value(name) {
            Some((object, _)) => vec![object],
            None => self.possible_types(name).iter().collect(),
        }
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

fn fields(definitions: Vec<Positioned<FieldDefinition>>) -> IndexMap<Name, Field> {
    definitions
        .into_iter()
        .map(|Positioned { node: FieldDefinition { name, ty, description, arguments, .. }, .. }| {
            let description = description.map(|text| text.node);
            (name.node, Field { ty: ty.node, description, arguments: inputs(arguments) })
        })
        .collect()
}

fn inputs(definitions: Vec<Positioned<InputValueDefinition>>) -> Inputs {
    definitions
        .into_iter()
        .map(|Positioned { node: InputValueDefinition { name, ty, default_value, description, .. }, .. }| {
            let (default, description) = (default_value.map(|value| value.node), description.map(|text| text.node));
            (name.node, Input { ty: ty.node, default, description })
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
