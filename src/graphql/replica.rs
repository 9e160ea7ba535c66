//! Which operations a replica of the database may answer.

use async_graphql::{
    Request, Response,
    parser::types::{DocumentOperations, OperationType},
};
use gerbang_kernel::identity::Caller;

use crate::{domain::Domain, viewer::Viewer};

/// Runs an operation: a query may be answered by a replica that has what its caller wrote, anything else is noted as a write.
pub(super) async fn run<F: Future<Output = Response>>(
    domain: &Domain,
    mut request: Request,
    caller: Caller<Viewer>,
    execute: impl FnOnce(Request, Caller<Viewer>) -> F,
) -> Response {
    if !domain.db.has_replica() {
        return execute(request, caller).await;
    }
    if is_query(&mut request) {
        let written = domain.writes.last(&caller);
        return domain.db.from_replica(written, execute(request, caller)).await;
    }
    let _write = domain.writes.begin(&caller);
    execute(request, caller).await
}

fn is_query(request: &mut Request) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return false };
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => Some(operation),
        DocumentOperations::Multiple(operations) => name.and_then(|name| operations.get(&*name)),
    };
    operation.is_some_and(|operation| operation.node.ty == OperationType::Query)
}
