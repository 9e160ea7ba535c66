//! The schema as front ends see it.

mod partners;
