//! Texts that a site shows to everybody.

pub mod faq;
pub mod setting;
pub mod testimonial;
