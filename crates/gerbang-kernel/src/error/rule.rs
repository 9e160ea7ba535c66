//! The rules that input can break.

/// A rule that an input value broke, with the numbers its message needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Absent, null, blank or an empty list where a value is needed.
    Required,
    /// Not a string.
    String,
    /// Not a whole number.
    Integer,
    /// Not a number.
    Numeric,
    /// Neither true nor false.
    Boolean,
    /// Not a list.
    Array,
    /// Not a date (`YYYY-MM-DD`) or a time (RFC 3339).
    Date,
    /// Not an e-mail address.
    Email,
    /// Not a telephone number (`+` or a leading 0, 8 to 15 digits).
    Phone,
    /// Not an absolute http or https URL.
    Url,
    /// Not of the expected form.
    Format,
    /// Fewer characters than this.
    MinLength(u64),
    /// More characters than this.
    MaxLength(u64),
    /// A number below this.
    Min(i64),
    /// A number above this.
    Max(i64),
    /// A repeated value (such as `password_confirmation`) differs.
    Confirmed,
    /// Already in use by another row.
    Taken,
    /// Not one of the allowed words.
    In,
    /// Refers to something that does not exist.
    Exists,
    /// Not an uploaded file, or an empty one.
    File,
    /// A file of another type than these extensions.
    FileType(&'static [&'static str]),
    /// A file larger than this many kilobytes (1,024 bytes).
    FileSize(u64),
    /// A rule of one flow, which brings its own name and sentences.
    Custom(&'static CustomRule),
}

/// A rule that only one flow has, such as that registration is open. It is declared beside the noun that raises it.
#[derive(Debug, PartialEq, Eq)]
pub struct CustomRule {
    /// The name on the wire and in route files, such as `REGISTRATION_CLOSED`.
    pub name: &'static str,
    /// What a caller is told in English.
    pub english: &'static str,
    /// What a caller is told in Indonesian.
    pub indonesian: &'static str,
}

impl Rule {
    /// The rule's name on the wire and in route files, such as `REQUIRED`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::String => "STRING",
            Self::Integer => "INTEGER",
            Self::Numeric => "NUMERIC",
            Self::Boolean => "BOOLEAN",
            Self::Array => "ARRAY",
            Self::Date => "DATE",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Url => "URL",
            Self::Format => "FORMAT",
            Self::MinLength(_) => "MIN_LENGTH",
            Self::MaxLength(_) => "MAX_LENGTH",
            Self::Min(_) => "MIN",
            Self::Max(_) => "MAX",
            Self::Confirmed => "CONFIRMED",
            Self::Taken => "TAKEN",
            Self::In => "IN",
            Self::Exists => "EXISTS",
            Self::File => "FILE",
            Self::FileType(_) => "FILE_TYPE",
            Self::FileSize(_) => "FILE_SIZE",
            Self::Custom(rule) => rule.name,
        }
    }
}
