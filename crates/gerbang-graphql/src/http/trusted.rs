//! Documents of the operator's own clients, known and checked before the first request.

use std::{
    collections::{HashMap, HashSet},
    fmt::{self, Display},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_graphql::Variables;
use gerbang_kernel::version::Kept;

use super::{
    content::Content,
    documents::{Document, sha256},
    manifest::{self, Listed},
    refusal::Refusal,
    validate::{Allowed, validate},
};
use crate::{
    constants::Constants,
    engine::Engine,
    limits::{Cost, check_operation},
    paging::check_paging,
    settings::Limits,
    type_index::SchemaIndex,
};

/// What is written before a hash where a document is named by `documentId`, in the words of GraphQL over HTTP.
const HASH: &str = "sha256:";

/// Documents that were checked when the server started. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TrustedDocuments(Arc<Known>);

/// What an endpoint knows from the start.
#[derive(Clone, Debug, Default)]
pub struct KnownDocuments {
    /// Texts of the program's own; found valid when they are first asked for.
    pub own: Vec<String>,
    /// Documents that were checked.
    pub trusted: TrustedDocuments,
}

#[derive(Debug, Default)]
struct Known {
    by_id: HashMap<String, Arc<Trusted>>,
    by_hash: HashMap<String, Arc<Trusted>>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Trusted {
    pub(super) document: Arc<Document>,
    /// What it costs, where that does not depend on variables.
    pub(super) cost: Option<Cost>,
    /// Its answer, where that is the same for everybody.
    pub(super) constant: Option<Kept<Content>>,
}

/// What is wrong with a file of documents, or with a document in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDefect {
    /// The file.
    pub file: String,
    /// The operation by its name, or by its id where it has none.
    pub operation: Option<String>,
    /// What is wrong.
    pub problem: String,
}

impl Display for DocumentDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, operation, problem } = self;
        match operation {
            Some(operation) => write!(f, "{file}: {operation}: {problem}"),
            None => write!(f, "{file}: {problem}"),
        }
    }
}

impl std::error::Error for DocumentDefect {}

/// What documents are checked against.
pub struct Schema<'a, E> {
    /// The schema.
    pub engine: &'a E,
    /// What a document may cost.
    pub limits: &'a Limits,
    /// What of the schema is the same for everybody.
    pub constants: &'a Constants,
}

impl TrustedDocuments {
    /// Reads the files that the limits name, and checks every document in them as one of a stranger would be.
    ///
    /// # Errors
    /// With everything that is wrong with any of them.
    pub async fn load<E: Engine>(schema: Schema<'_, E>) -> Result<Self, Vec<DocumentDefect>> {
        let (mut known, mut defects) = (Known::default(), Vec::new());
        if schema.limits.documents.is_empty() {
            return Ok(Self::default());
        }
        let types = schema.engine.types().map_err(|error| vec![defect(Path::new("the schema"), error.to_string())])?;
        for file in &schema.limits.documents {
            match read(file) {
                Ok(listed) => {
                    for document in listed {
                        defects.extend(known.add(&schema, &types, file, document).await);
                    }
                }
                Err(problem) => defects.push(defect(file, problem)),
            }
        }
        if defects.is_empty() { Ok(Self(Arc::new(known))) } else { Err(defects) }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let documents = self.0.by_id.values().map(Arc::as_ptr);
        documents.collect::<HashSet<_>>().len()
    }

    /// The one that a client names by its id or its hash.
    pub(super) fn find(&self, id: &str) -> Option<&Arc<Trusted>> {
        self.0.by_id.get(id).or_else(|| self.0.by_hash.get(id.strip_prefix(HASH).unwrap_or(id)))
    }
}

impl Known {
    /// Adds a document, unless something is wrong with it.
    async fn add<E: Engine>(
        &mut self,
        schema: &Schema<'_, E>,
        types: &SchemaIndex,
        file: &Path,
        Listed { id, operation, text }: Listed,
    ) -> Vec<DocumentDefect> {
        let name = operation.as_ref().map_or_else(|| id.clone(), |(name, _)| name.clone());
        let wrong = |problem: String| DocumentDefect { operation: Some(name.clone()), ..defect(file, problem) };
        let hash = sha256(&text);
        let same = self.by_hash.get(&hash).cloned();
        if let Some(other) = self.by_id.get(&id) {
            // Two clients may well share a document.
            let is_same = same.is_some_and(|same| Arc::ptr_eq(&same, other));
            return if is_same {
                Vec::new()
            } else {
                vec![wrong(format!("the id {id} stands for another document, too"))]
            };
        }
        let trusted = match same {
            Some(trusted) => trusted,
            None => match check(schema, types, &text).await {
                Ok(trusted) => Arc::new(trusted),
                Err(refusal) => return problems(&refusal).map(wrong).collect(),
            },
        };
        if let Some((name, kind)) = &operation
            && !trusted.document.is(name, kind)
        {
            return vec![wrong(format!("the document is not the {kind} {name}"))];
        }
        self.by_hash.insert(hash, Arc::clone(&trusted));
        self.by_id.insert(id, trusted);
        Vec::new()
    }
}

/// Checks a document, and finds out what does not depend on a request.
async fn check<E: Engine>(schema: &Schema<'_, E>, types: &SchemaIndex, text: &str) -> Result<Trusted, Refusal> {
    let Schema { engine, limits, constants } = *schema;
    let document = validate(engine, limits, types, text, None, Allowed::Everything).await?;
    let operation = document.operation();
    let mut cost = None;
    if operation.variable_definitions.is_empty() {
        let none = Variables::default();
        let checked = check_operation(limits, types, &document.parsed, operation, &none)
            .and_then(|cost| check_paging(&document.parsed, operation, &none).map(|()| cost));
        cost = Some(checked.map_err(Refusal::invalid)?);
    }
    let constant = constants.read_by(&document.parsed, types);
    Ok(Trusted { cost, constant: constant.map(Kept::new), document: Arc::new(document) })
}

fn read(file: &PathBuf) -> Result<Vec<Listed>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("it can't be read: {error}"))?;
    manifest::read(&text).map_err(|problem| format!("it is no list of documents: {problem}"))
}

fn problems(refusal: &Refusal) -> impl Iterator<Item = String> {
    refusal.errors.iter().map(|error| match error.locations.first() {
        Some(place) => format!("{} ({}:{})", error.message, place.line, place.column),
        None => error.message.clone(),
    })
}

fn defect(file: &Path, problem: String) -> DocumentDefect {
    DocumentDefect { file: file.display().to_string(), operation: None, problem }
}
