//! The schema as front ends see it.

mod accounts;
mod partners;
