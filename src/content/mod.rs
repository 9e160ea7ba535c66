//! Texts that a site shows to everybody: settings, frequent questions and testimonials. Admins of the scholarship
//! publish them.

pub mod ordered;

/// Questions that are asked often.
pub mod faq {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Named texts of the site.
pub mod setting {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// What people say about the scholarship.
pub mod testimonial {
    pub mod row;
    pub mod rules;
    pub mod schema;
}
