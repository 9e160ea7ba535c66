//! Fields that need nothing but their object.
//!
//! The engine finds a field by asking, one name after the other, in a future, and makes a value of what it finds. What a
//! [plain](Fields::plain) field holds is known when the program is compiled, so [rows](crate::rows) ask once how it is
//! written, and then write it for each of a thousand objects.
//!
//! Nothing is declared for it: [`#[derive(Fields)]`](macro@Fields) at a struct and [`#[fields]`](fields) or
//! [`#[node]`](crate::id::node) at its methods read what the engine's macros read.

use std::{any::Any, marker::PhantomData};

use async_graphql::{ContextSelectionSet, Positioned, parser::types::Field, resolver_utils::EnumType};
use futures_util::future::BoxFuture;
pub use gerbang_derive::{Fields, fields};

use crate::{date::Date, json, timestamp::Timestamp};

/// Writes a field of a `T` as JSON, for clients.
pub type Write<T> = fn(&T, &mut Vec<u8>);

/// An object of the schema, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "nothing is known of the fields of `{Self}`",
    note = "write `#[fields]` above its `#[Object]` or `#[ComplexObject]`, or `#[derive(Fields)]` beside `SimpleObject`"
)]
pub trait Fields {
    /// The object.
    type Object;
    /// The object.
    fn object(&self) -> &Self::Object;
    /// How the field of this name is written; `None` where the engine has to be asked.
    fn plain(name: &str) -> Option<Write<Self::Object>>;
    /// The fields of the struct that the field of this name needs, with those in them that it names: `id`,
    /// `result.version`. `None` where it may be any.
    fn reads(name: &str) -> Option<&'static [&'static str]>;
    /// Where the field of this name leads to; `None` where the engine has to be asked.
    fn link(_name: &str) -> Option<Box<dyn Link<Self::Object>>> {
        None
    }
}

impl<T: Fields> Fields for &T {
    type Object = T::Object;

    fn object(&self) -> &T::Object {
        T::object(self)
    }

    fn plain(name: &str) -> Option<Write<T::Object>> {
        T::plain(name)
    }

    fn reads(name: &str) -> Option<&'static [&'static str]> {
        T::reads(name)
    }

    fn link(name: &str) -> Option<Box<dyn Link<T::Object>>> {
        T::link(name)
    }
}

/// A field of a `T` that is a [link](crate::links).
pub trait Link<T>: Send + Sync {
    /// Finds what it leads to from all these rows; nothing where the engine has to be asked.
    fn follow<'a>(
        &self,
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<Field>,
        rows: &mut dyn Iterator<Item = &T>,
    ) -> Option<BoxFuture<'a, Option<Followed<'a, T>>>>;

    /// How what it leads to is read [beside](crate::links::Linked::beside) the rows.
    fn beside(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> Option<Box<dyn Any + Send>>;
}

/// Writes what a row leads to as JSON.
pub type Followed<'a, T> = Box<dyn Fn(&T, &mut Vec<u8>) + Send + Sync + 'a>;

/// The columns of an object that has methods besides. Implemented by [`#[derive(Fields)]`](macro@Fields).
pub trait Columns {
    /// As [`Fields::plain`].
    fn plain_column(name: &str) -> Option<Write<Self>>;
    /// As [`Fields::reads`].
    fn column_reads(name: &str) -> Option<&'static [&'static str]>;
}

/// What is written as one word of JSON.
pub trait Plain {
    /// Writes it.
    fn write(&self, out: &mut Vec<u8>);
}

impl Plain for String {
    fn write(&self, out: &mut Vec<u8>) {
        json::plain(out, self.as_str());
    }
}

impl Plain for &str {
    fn write(&self, out: &mut Vec<u8>) {
        json::plain(out, *self);
    }
}

impl Plain for bool {
    fn write(&self, out: &mut Vec<u8>) {
        json::plain(out, self);
    }
}

impl Plain for i32 {
    fn write(&self, out: &mut Vec<u8>) {
        json::plain(out, self);
    }
}

impl Plain for Timestamp {
    fn write(&self, out: &mut Vec<u8>) {
        quote(out, &self.0.to_rfc3339());
    }
}

impl Plain for Date {
    fn write(&self, out: &mut Vec<u8>) {
        quote(out, &self.0.to_string());
    }
}

impl<T: Plain> Plain for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

/// Writes a text in which there is nothing to escape.
fn quote(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// How a type is written, found by what it is. What the attributes write calls a method on four references: the compiler
/// takes the first trait on its way down that the type has.
#[doc(hidden)]
pub mod by_type {
    use super::{EnumType, PhantomData, Plain, json};

    #[derive(Clone, Copy, Debug)]
    pub struct OfType<T>(PhantomData<fn() -> T>);

    pub const fn of_type<T>() -> OfType<T> {
        OfType(PhantomData)
    }

    pub trait OfPlain<T> {
        fn is_plain(&self) -> bool {
            true
        }
        fn write(&self, value: &T, out: &mut Vec<u8>);
    }

    impl<T: Plain> OfPlain<T> for &&&OfType<T> {
        fn write(&self, value: &T, out: &mut Vec<u8>) {
            value.write(out);
        }
    }

    pub trait OfEnum<T> {
        fn is_plain(&self) -> bool {
            true
        }
        fn write(&self, value: &T, out: &mut Vec<u8>);
    }

    impl<T: EnumType> OfEnum<T> for &&OfType<T> {
        fn write(&self, value: &T, out: &mut Vec<u8>) {
            write_enum(*value, out);
        }
    }

    pub trait OfOptionalEnum<T> {
        fn is_plain(&self) -> bool {
            true
        }
        fn write(&self, value: &Option<T>, out: &mut Vec<u8>);
    }

    impl<T: EnumType> OfOptionalEnum<T> for &OfType<Option<T>> {
        fn write(&self, value: &Option<T>, out: &mut Vec<u8>) {
            match value {
                Some(value) => write_enum(*value, out),
                None => out.extend_from_slice(b"null"),
            }
        }
    }

    pub trait OfAny<T> {
        fn is_plain(&self) -> bool {
            false
        }
        fn write(&self, _: &T, _: &mut Vec<u8>) {}
    }

    impl<T> OfAny<T> for OfType<T> {}

    fn write_enum<T: EnumType>(value: T, out: &mut Vec<u8>) {
        let item = T::items().iter().find(|item| item.value == value);
        json::plain(out, item.map_or("", |item| item.name));
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ComplexObject, Context, Enum, Json, Object, SimpleObject};

    use super::*;
    use crate::id::node;

    #[derive(Clone, Copy, Enum, PartialEq, Eq)]
    enum Mood {
        WellRested,
    }

    #[derive(Fields, SimpleObject)]
    #[graphql(complex)]
    struct Cat {
        #[graphql(skip)]
        id: i64,
        #[graphql(skip)]
        weight: i32,
        full_name: String,
        nickname: Option<String>,
        mood: Mood,
        #[graphql(name = "moodBefore")]
        last_mood: Option<Mood>,
        lives: i32,
        tame: Option<bool>,
        born_at: Timestamp,
        born_on: Date,
        anything: Json<i32>,
    }

    #[node("cat_1", legacy = "The number.")]
    #[ComplexObject]
    impl Cat {
        /// Before the blank.
        async fn first_name(&self) -> &str {
            self.full_name.split(' ').next().unwrap_or_default()
        }

        async fn with_argument(&self, length: i32) -> i32 {
            length
        }

        async fn with_context(&self, ctx: &Context<'_>) -> i32 {
            ctx.data_opt().copied().unwrap_or(self.lives)
        }

        async fn that_waits(&self) -> i32 {
            std::future::ready(self.lives).await
        }

        #[graphql(guard = "guard()")]
        async fn guarded(&self) -> i32 {
            self.lives
        }

        async fn fails(&self) -> Result<i32, String> {
            Err(self.lives.to_string())
        }

        async fn both_names(&self) -> String {
            format!("{} {}", self.full_name, self.nickname.as_deref().unwrap_or_default())
        }

        async fn asks_a_method(&self) -> i32 {
            self.lives_left()
        }

        async fn hands_itself_on(&self) -> i32 {
            lives_of(self)
        }

        /// Of the name of a field that is not shown.
        async fn weight(&self) -> i32 {
            self.weight.max(self.lives_left())
        }
    }

    impl Cat {
        fn lives_left(&self) -> i32 {
            self.lives
        }
    }

    fn lives_of(cat: &Cat) -> i32 {
        cat.lives
    }

    fn guard() -> impl async_graphql::Guard {
        |_: &Context<'_>| Err("no".into())
    }

    struct Tail;

    #[fields]
    #[Object]
    impl Tail {
        async fn length(&self) -> i32 {
            30
        }
    }

    fn cat() -> Cat {
        let at = chrono::DateTime::UNIX_EPOCH;
        Cat {
            id: 17,
            weight: 4,
            full_name: "Si \"Oyen\"\n".to_owned(),
            nickname: None,
            mood: Mood::WellRested,
            last_mood: None,
            lives: 9,
            tame: Some(true),
            born_at: at.into(),
            born_on: at.date_naive().into(),
            anything: Json(1),
        }
    }

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let (cat, mut out) = (cat(), Vec::new());
        // By way of a reference, as an edge holds its node.
        let written = <&Cat as Fields>::plain(name).map(|write| write(Fields::object(&&cat), &mut out));
        assert_eq!(written.map(|()| String::from_utf8(out).unwrap()).as_deref(), expected, "{name}");
    }

    #[test]
    fn what_needs_nothing_but_its_object_is_plain() {
        check("id", Some(r#""cat_17""#));
        check("legacyId", Some(r#""17""#));
        check("fullName", Some(r#""Si \"Oyen\"\n""#));
        check("firstName", Some(r#""Si""#));
        check("nickname", Some("null"));
        check("mood", Some(r#""WELL_RESTED""#));
        check("moodBefore", Some("null"));
        check("lives", Some("9"));
        check("tame", Some("true"));
        check("bornAt", Some(r#""1970-01-01T00:00:00+00:00""#));
        check("bornOn", Some(r#""1970-01-01""#));
        assert!(Tail::plain("length").is_some(), "of an object that has methods alone");
    }

    #[test]
    fn what_a_field_reads_is_known_unless_it_hands_its_object_on() {
        for (name, expected) in [
            ("id", Some(&["id"][..])),
            ("legacyId", Some(&["id"])),
            ("moodBefore", Some(&["last_mood"])),
            ("anything", Some(&["anything"])),
            ("firstName", Some(&["full_name"])),
            ("withArgument", Some(&[])),
            ("withContext", Some(&["lives"])),
            ("thatWaits", Some(&["lives"])),
            ("fails", Some(&["lives"])),
            ("bothNames", Some(&["full_name", "nickname"])),
            ("asksAMethod", None),
            ("handsItselfOn", None),
            ("weight", None),
            ("guarded", None),
            ("none", None),
        ] {
            assert_eq!(Cat::reads(name), expected, "{name}");
        }
    }

    #[test]
    fn of_anything_else_the_engine_is_asked() {
        for name in [
            "lastMood",
            "anything",
            "withArgument",
            "withContext",
            "thatWaits",
            "guarded",
            "fails",
            "__typename",
            "none",
        ] {
            check(name, None);
        }
    }
}
