//! What values a variable takes.

use async_graphql::Name;

/// A type of input and whether null is one of its values.
#[derive(Clone, Debug)]
pub struct InputType {
    /// What it takes.
    pub kind: Kind,
    /// Whether null is allowed.
    pub nullable: bool,
}

/// A type of input, as far as binding tells types apart.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A text.
    String,
    /// An id in the form of the dialect.
    Id,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A number without rounding, which travels as text.
    Decimal,
    /// True or false.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339.
    DateTime,
    /// One of these words of the API, each with the schema's.
    Enum(Vec<(String, Name)>),
    /// An object with these members; others are ignored.
    Object(Vec<Member>),
    /// A list.
    List(Box<InputType>),
    /// An uploaded file.
    Upload,
    /// A text or a number, of which the schema makes what it means.
    Scalar,
    /// Any JSON.
    Any,
}

/// A member of an input object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name, which is also the client's.
    pub name: String,
    /// What values it takes.
    pub input_type: InputType,
    /// Whether it must be there.
    pub required: bool,
}
