//! The example, over a real connection.

#[expect(dead_code, reason = "it is run by cargo only")]
#[path = "../../examples/library/main.rs"]
mod example;

use std::net::SocketAddr;

use gerbang_rest::{SourceFile, load_all};
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use self::example::{dialect::dialect, schema::builder};

struct Library(SocketAddr);

impl Library {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = example::router("http://library.test").unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async { axum::serve(listener, service).await.unwrap() });
        Self(address)
    }

    /// Status line, headers and body of an answer.
    async fn ask(&self, call: &str, body: Option<&Json>) -> (String, String, String) {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let length = body.len();
        let request = format!(
            "{call} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(self.0).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let (status, headers) = head.split_once("\r\n").unwrap();
        (status.to_owned(), headers.to_lowercase(), body.to_owned())
    }

    #[track_caller]
    fn json(answer: &(String, String, String)) -> Json {
        serde_json::from_str(&answer.2).unwrap_or_else(|_| panic!("no JSON: {answer:?}"))
    }
}

#[tokio::test]
async fn the_example_answers_its_documented_routes() {
    let library = Library::open().await;
    let books = library.ask("GET /api/books?q=JEJAK", None).await;
    assert_eq!(books.0, "HTTP/1.1 200 OK");
    let book = json!({ "id": 3, "name": "Jejak Langkah", "year": 1985, "writer": "Pramoedya Ananta Toer" });
    assert_eq!(Library::json(&books), json!({ "message": "OK", "data": [book] }));
    assert!(!books.1.contains("link:"), "there is no page that shows the operation: {}", books.1);

    let book = library.ask("GET /library/api/books/2", None).await;
    assert_eq!(
        Library::json(&book),
        json!({ "id": 2, "name": "Ronggeng Dukuh Paruk", "year": 1982, "author": { "id": 2, "name": "Ahmad Tohari" } })
    );
    assert!(book.1.contains("etag: "), "{}", book.1);
    for path in ["/api/books/99", "/api/books/x"] {
        let missing = library.ask(&format!("GET {path}"), None).await;
        assert_eq!(
            (missing.0.as_str(), Library::json(&missing)),
            ("HTTP/1.1 404 Not Found", json!({ "message": "No such book." }))
        );
    }

    let add = async |body: Json| library.ask("POST /api/books", Some(&body)).await;
    let added = add(json!({ "name": "Rumah Kaca", "writer_id": "1", "year": 1988 })).await;
    assert_eq!(added.0, "HTTP/1.1 201 Created");
    assert_eq!(Library::json(&added), json!({ "message": "Added.", "data": { "id": 4, "name": "Rumah Kaca" } }));
    let unknown = add(json!({ "name": "X", "author_id": 9 })).await;
    assert_eq!(unknown.0, "HTTP/1.1 422 Unprocessable Entity");
    assert_eq!(Library::json(&unknown), json!({ "message": "No such author." }));
    let wrong = add(json!({ "author_id": 1, "year": "soon" })).await;
    let errors = json!({ "name": ["The name field is required."], "year": ["The year must be an integer."] });
    assert_eq!(Library::json(&wrong), json!({ "message": "Something is missing or wrong.", "errors": errors }));
}

#[tokio::test]
async fn the_example_shows_its_openapi_document_and_reference() {
    let library = Library::open().await;
    let document = Library::json(&library.ask("GET /library/openapi.json", None).await);
    assert_eq!(document["info"]["title"], "Library API");
    assert_eq!(document["paths"]["/books"]["post"]["operationId"], "AddBook");
    assert_eq!(document["paths"]["/books/{id}"]["get"]["summary"], "One book");
    let page = library.ask("GET /library/docs", None).await;
    assert!(page.2.contains("Library API: API reference"), "{}", page.2);
}

#[test]
fn a_mistake_in_the_example_is_named_with_its_line_and_remedy() {
    let text = include_str!("../../examples/library/routes/show_book.graphql").replace("title", "titel");
    let mut dialect = dialect();
    dialect.files = vec![SourceFile::new("routes/show_book.graphql", text)];
    let defects = load_all(&builder().finish().sdl(), &[dialect]).unwrap_err();
    assert_eq!(
        defects.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["routes/show_book.graphql:4:46: Book has no field `titel`. Did you mean `title`?"]
    );
}
