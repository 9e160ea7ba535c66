//! Small tables that seldom change and look alike to all who may see them.
//!
//! What is made of them is kept ([`rows`], and the bytes of the routes that show nothing else) until a
//! `transaction` changes the [`table`]: at once here, and on other replicas as soon as its [event](crate::events)
//! arrives. What changes a table past this program shows within a second.

pub mod rows;
pub mod table;
pub(crate) mod transaction;
