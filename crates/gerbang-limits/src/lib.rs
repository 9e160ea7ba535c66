//! How often something may be done: counters in fixed windows that start at the first hit.
//!
//! The counting is Laravel's, which legacy clients know: a hit is refused when the window already holds
//! its maximum, and a refused hit is not counted, so that waiting `Retry-After` seconds always helps.
//! Counters live in this process and are bounded in number, the least used go first; or, by setting, in a
//! Redis server, where all machines count together. While that does not answer, each counts on its own:
//! limits become looser, requests go on.
//!
//! What may be in use at once is another matter and counted in [`Shares`], on each machine for itself.

mod address;
mod limiter;
mod shared;
mod shares;

pub use self::{
    address::{address, network},
    limiter::{Limiter, Remaining, RetryAfter, start_series},
    shares::{Capacity, Full, Share, Shares},
};
