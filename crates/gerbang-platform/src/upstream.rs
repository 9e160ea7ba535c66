//! Requests to servers of others, as parts of what is traced.

use async_trait::async_trait;
use gerbang_trace::{KeyValue, Span, SpanKind, inject, span};
use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector},
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};

/// Sends a request, and says in its headers what it is a part of.
///
/// # Errors
/// As the client has them.
pub async fn send(request: RequestBuilder) -> reqwest::Result<Response> {
    let (client, request) = request.build_split();
    let mut request = request?;
    let span = request_span(request.method(), request.url().host_str());
    span.around(async {
        inject(request.headers_mut());
        let answer = client.execute(request).await;
        tell(&span, answer.as_ref().ok().map(Response::status));
        answer
    })
    .await
}

/// Sends the requests to a bucket likewise.
#[derive(Debug)]
pub(crate) struct TracedConnector;

impl HttpConnector for TracedConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(TracedService(ReqwestConnector::default().connect(options)?)))
    }
}

#[derive(Debug)]
struct TracedService(HttpClient);

#[async_trait]
impl HttpService for TracedService {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let span = request_span(request.method(), request.uri().host());
        span.around(async {
            // Behind the signature, which is of the headers that it names.
            inject(request.headers_mut());
            let answer = self.0.execute(request).await;
            tell(&span, answer.as_ref().ok().map(HttpResponse::status));
            answer
        })
        .await
    }
}

/// By the semantic conventions for HTTP clients; a path may hold a key, and is left out.
fn request_span(method: &Method, host: Option<&str>) -> Span {
    let name = match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "HTTP",
    };
    span(name, SpanKind::Client, || {
        let mut attributes = vec![KeyValue::new("http.request.method", name)];
        attributes.extend(host.map(|host| KeyValue::new("server.address", host.to_owned())));
        attributes
    })
}

fn tell(span: &Span, status: Option<StatusCode>) {
    match status {
        Some(status) => {
            span.annotate(|| vec![KeyValue::new("http.response.status_code", i64::from(status.as_u16()))]);
            if status.is_client_error() || status.is_server_error() {
                span.fail("status");
            }
        }
        None => span.fail("unreachable"),
    }
}
