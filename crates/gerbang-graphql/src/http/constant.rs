//! Answers of trusted documents that are the same for everybody: made once, and kept by others where they are asked for by
//! GET.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use gerbang_kernel::request::has_it;

use super::{
    answer::Answer,
    content::Content,
    endpoint::{Endpoint, RequestContext},
    format::Format,
    ready::Ready,
    trusted::Trusted,
};
use crate::{engine::Engine, metrics::record_operation};

impl<E: Engine> Endpoint<E> {
    /// The answer to a query that reads nothing but constants; `by_get` has the headers of a GET request.
    pub(super) async fn constant(
        &self,
        trusted: &Trusted,
        ready: Ready,
        context: RequestContext<E::Identity>,
        format: Format,
        by_get: Option<&HeaderMap>,
    ) -> Response {
        let Some(kept) = &trusted.constant else { return self.run(ready, context).await.into_response(format) };
        let known = kept.get();
        if known.is_some() {
            record_operation("query", "ok");
        }
        let bytes = match known {
            Some(bytes) => bytes,
            None => match kept.get_or_make(async { without_errors(self.run(ready, context).await) }).await {
                Ok(bytes) => bytes,
                // What failed is nobody's to keep.
                Err(answer) => return answer.into_response(format),
            },
        };
        let etag = bytes.etag().clone();
        let mut response = match by_get {
            Some(headers) if has_it(headers, &etag) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                response
            }
            _ => bytes.into_response(format),
        };
        let headers = response.headers_mut();
        if by_get.is_some() {
            headers.insert(header::ETAG, etag);
            headers.insert(header::CACHE_CONTROL, self.0.cached.clone());
            headers.append(header::VARY, HeaderValue::from_static("Accept"));
        } else {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, must-revalidate"));
        }
        response
    }
}

/// The body of an answer, unless it has errors.
fn without_errors(answer: Answer) -> Result<Content, Answer> {
    let has_errors = match &answer {
        Answer::Run(response) => response.is_err(),
        Answer::Refused(_) => true,
    };
    if has_errors { Err(answer) } else { Ok(Content::new(answer.to_json())) }
}
