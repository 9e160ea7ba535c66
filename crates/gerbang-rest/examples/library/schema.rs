//! Somebody's schema of two types. It knows nothing of REST.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_graphql::{
    EmptySubscription, Error, ErrorExtensions, ID, Object, Result, Schema, SchemaBuilder, SimpleObject,
};

/// Who writes.
#[derive(Clone, SimpleObject)]
pub(crate) struct Author {
    id: ID,
    name: String,
}

/// What is written.
#[derive(Clone, SimpleObject)]
pub(crate) struct Book {
    id: ID,
    title: String,
    /// The year in which it came out.
    published: Option<i32>,
    author: Author,
}

/// What can be read.
pub(crate) struct Query;

/// What can be changed.
pub(crate) struct Mutation;

/// The books, until the program ends.
static BOOKS: Mutex<Vec<Book>> = Mutex::new(Vec::new());

pub(crate) fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    *books() = [("Bumi Manusia", 1980, 1), ("Ronggeng Dukuh Paruk", 1982, 2), ("Jejak Langkah", 1985, 1)]
        .into_iter()
        .zip(1..)
        .filter_map(|((title, year, writer), id)| {
            Some(Book { id: id.into(), title: title.to_owned(), published: Some(year), author: author(writer)? })
        })
        .collect();
    Schema::build(Query, Mutation, EmptySubscription)
}

#[Object]
impl Query {
    /// Every book, or those whose title contains `search`.
    async fn books(&self, search: Option<String>) -> Vec<Book> {
        let search = search.unwrap_or_default().to_lowercase();
        books().iter().filter(|book| book.title.to_lowercase().contains(&search)).cloned().collect()
    }

    /// One book.
    async fn book(&self, id: ID) -> Option<Book> {
        books().iter().find(|book| book.id == id).cloned()
    }
}

#[Object]
impl Mutation {
    /// Adds a book of an author who is known.
    async fn add_book(&self, title: String, author: ID, published: Option<i32>) -> Result<Book> {
        let unknown = || Error::new("There is no such author.").extend_with(|_, error| error.set("code", "NOT_FOUND"));
        let author = author.parse().ok().and_then(self::author).ok_or_else(unknown)?;
        let mut books = books();
        let book = Book { id: (books.len() + 1).into(), title, published, author };
        books.push(book.clone());
        Ok(book)
    }
}

fn books() -> MutexGuard<'static, Vec<Book>> {
    BOOKS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn author(id: u32) -> Option<Author> {
    let name = match id {
        1 => "Pramoedya Ananta Toer",
        2 => "Ahmad Tohari",
        _ => return None,
    };
    Some(Author { id: id.into(), name: name.to_owned() })
}
