//! The schema as a document: committed, current, readable for machines and explained for people.

use std::{fs, path::Path};

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            DirectiveDefinition, FieldDefinition, InputValueDefinition, ServiceDocument, TypeDefinition, TypeKind,
            TypeSystemDefinition,
        },
    },
};
use gerbang::graphql::sdl;

fn committed() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}; {REFRESH}", file.display()))
}

const REFRESH: &str = "run `cargo run -- schema > schema.graphql` and commit the file";

#[test]
fn the_committed_schema_is_current() {
    let (committed, current) = (committed(), sdl());
    let differs = committed.trim_end().lines().zip(current.trim_end().lines()).find(|(old, new)| old != new);
    assert!(committed.trim_end() == current.trim_end(), "schema.graphql is stale at {differs:?}: {REFRESH}");
}

#[test]
fn the_schema_parses() {
    let document = parse_schema(sdl()).expect("the exported schema is valid");
    assert!(document.definitions.len() > 20);
}

#[test]
fn every_type_and_field_is_described() {
    let document = parse_schema(sdl()).expect("the exported schema is valid");
    let undescribed = undescribed(&document);
    assert!(undescribed.is_empty(), "without a doc comment or `desc`:\n{}", undescribed.join("\n"));
}

/// Coordinates of what has no description, such as `Client.name` or `Query.client(id:)`.
fn undescribed(document: &ServiceDocument) -> Vec<String> {
    let mut missing = Missing(Vec::new());
    for definition in &document.definitions {
        match definition {
            TypeSystemDefinition::Type(ty) => missing.in_type(&ty.node),
            TypeSystemDefinition::Directive(directive) => missing.in_directive(&directive.node),
            TypeSystemDefinition::Schema(_) => (),
        }
    }
    missing.0
}

struct Missing(Vec<String>);

impl Missing {
    fn note(&mut self, coordinate: impl Into<String>, description: Option<&Positioned<String>>) {
        if description.is_none_or(|text| text.node.trim().is_empty()) {
            self.0.push(coordinate.into());
        }
    }

    fn in_type(&mut self, ty: &TypeDefinition) {
        let name = ty.name.node.as_str();
        // The roots have no story of their own.
        if !["Query", "Mutation", "Subscription"].contains(&name) {
            self.note(name, ty.description.as_ref());
        }
        match &ty.kind {
            TypeKind::Scalar | TypeKind::Union(_) => (),
            TypeKind::Object(object) => self.in_fields(name, &object.fields),
            TypeKind::Interface(interface) => self.in_fields(name, &interface.fields),
            TypeKind::Enum(words) => {
                for word in &words.values {
                    self.note(format!("{name}.{}", word.node.value.node), word.node.description.as_ref());
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    self.note(format!("{name}.{}", field.node.name.node), field.node.description.as_ref());
                }
            }
        }
    }

    fn in_fields(&mut self, ty: &str, fields: &[Positioned<FieldDefinition>]) {
        for field in fields {
            let coordinate = format!("{ty}.{}", field.node.name.node);
            self.note(&coordinate, field.node.description.as_ref());
            self.in_arguments(&coordinate, &field.node.arguments);
        }
    }

    fn in_directive(&mut self, directive: &DirectiveDefinition) {
        // Those of the specification are the engine's to explain.
        if ["deprecated", "include", "oneOf", "skip", "specifiedBy"].contains(&directive.name.node.as_str()) {
            return;
        }
        let coordinate = format!("@{}", directive.name.node);
        self.note(&coordinate, directive.description.as_ref());
        self.in_arguments(&coordinate, &directive.arguments);
    }

    fn in_arguments(&mut self, coordinate: &str, arguments: &[Positioned<InputValueDefinition>]) {
        for argument in arguments {
            self.note(format!("{coordinate}({}:)", argument.node.name.node), argument.node.description.as_ref());
        }
    }
}

#[test]
fn every_scalar_says_where_it_is_specified_in_words_of_its_own() {
    let document = parse_schema(sdl()).expect("the exported schema is valid");
    let mut scalars = 0;
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let ty = &ty.node;
        if !matches!(ty.kind, TypeKind::Scalar) {
            continue;
        }
        scalars += 1;
        let specified = ty.directives.iter().find(|directive| directive.node.name.node == "specifiedBy");
        let url = specified.and_then(|directive| directive.node.get_argument("url"));
        let url = url.map(|url| url.node.to_string()).unwrap_or_default();
        assert!(url.starts_with("\"https://"), "{} is specified at {url:?}", ty.name);
        // Those of the library.
        let words = ty.description.as_ref().map_or("", |words| words.node.as_str());
        for foreign in ["Implement ", "A scalar that", "A multipart file upload"] {
            assert!(!words.starts_with(foreign), "{}: {words}", ty.name);
        }
    }
    assert!(scalars >= 10, "{scalars}");
}

#[test]
fn a_missing_description_is_found() {
    let document = parse_schema(
        r#"
        type Query { "Found." a("Found." x: Int, y: Int): Int b: Int }
        type Thing { "Found." a: Int }
        "Found." enum Word { "Found." A B }
        "Found." input Change { "Found." a: Int b: Int }
        "#,
    );
    let expected = ["Query.a(y:)", "Query.b", "Thing", "Word.B", "Change.b"];
    assert_eq!(undescribed(&document.expect("a valid schema")), expected);
}
