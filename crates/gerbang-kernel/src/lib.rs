//! What every part of a gateway shares: [errors](error) and their [words](messages), [who asks](identity), the
//! [time](clock), what is [kept](version) until it changes, and how texts and numbers of strangers are read. It knows no entity, no protocol and no database.

pub mod clock;
mod custom_rule;
pub mod error;
pub mod facts;
pub mod identity;
pub mod instant;
pub mod messages;
pub mod number;
pub mod page;
pub mod request;
pub mod secret;
pub mod text;
pub mod version;
