//! What the operator decides.

use std::{fmt, path::PathBuf};

use gerbang_kernel::identity::Identity;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

/// Which GraphQL documents are answered, and what they may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Levels of fields, introspection not counted.
    pub depth: usize,
    /// Fields, multiplied by page sizes.
    pub complexity: usize,
    /// Aliases.
    pub aliases: usize,
    /// Lexical tokens.
    pub tokens: usize,
    /// Bytes of an answer, or of all answers of a batch.
    pub answer_bytes: usize,
    /// Seconds that an operation may take.
    pub timeout_seconds: u64,
    /// Who may ask for the schema.
    pub introspection: Audience,
    /// Files that list the documents of the operator's own clients.
    pub documents: Vec<PathBuf>,
    /// Whether all other documents are refused, but those of gateway admins.
    pub only_trusted: bool,
    /// For how many seconds others may keep answers to GET that are the same for everybody; 0: they ask each time.
    pub max_age: u32,
}

/// Whom something is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    All,
    /// Administrators of any realm.
    Admins,
    /// Nobody.
    Off,
}

impl Audience {
    /// Whether it is for this viewer.
    pub fn admits(self, viewer: &impl Identity) -> bool {
        match self {
            Self::All => true,
            Self::Admins => viewer.is_admin(),
            Self::Off => false,
        }
    }
}

impl<'de> Deserialize<'de> for Audience {
    /// `true` and `false` are what the setting once was.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Audience;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`all`, `admins` or `off`")
            }

            fn visit_bool<E: de::Error>(self, all: bool) -> Result<Audience, E> {
                Ok(if all { Audience::All } else { Audience::Off })
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Audience, E> {
                match word {
                    "all" | "true" => Ok(Audience::All),
                    "admins" => Ok(Audience::Admins),
                    "off" | "false" => Ok(Audience::Off),
                    other => Err(E::unknown_variant(other, &["all", "admins", "off"])),
                }
            }
        }
        deserializer.deserialize_any(Word)
    }
}

/// What the endpoint is served with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// On documents and answers.
    pub limits: Limits,
    /// Sockets and event streams of one address at once.
    pub streams_per_address: usize,
    /// Largest body in bytes.
    pub body_bytes: usize,
    /// Largest uploaded file in bytes.
    pub file_bytes: u64,
    /// Origins that browsers may open sockets from; `*` for any.
    pub origins: Vec<String>,
    /// How the outside reaches this server; its origin may open sockets, too.
    pub public_url: String,
    /// Where browsers are sent that come to read.
    pub page: &'static str,
    /// Mutations that may also be sent with a token that is not valid (any more): those by which one comes by another.
    pub without_session: &'static [&'static str],
}
