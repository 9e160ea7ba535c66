//! From an operation's answer to the bytes that the legacy API promised.
//!
//! What to show is decided when a route is loaded ([`Plan`](crate::Plan)); a request then takes one look for what is
//! missing or decides the status (`inspect`) and one pass that writes JSON straight from the engine's values.

mod file;
mod inspect;
mod scalar;
mod write;

pub use self::file::disposition;
pub(crate) use self::{
    file::File,
    write::{Frame, write},
};
