//! The tables, and which fields of the schema read nothing else.

use std::sync::Arc;

use gerbang_graphql::constants::Constants;
use gerbang_kernel::version::Version;
use serde::{Deserialize, Serialize};

/// One table, or several that change together.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// What assessments measure.
    Dictionary,
    /// Questions that are asked often.
    Faqs,
    /// Rounds of the scholarship.
    Periods,
    /// What the notary office offers.
    Services,
    /// Texts of the site.
    Settings,
    /// What people say about the scholarship.
    Testimonials,
}

impl Table {
    pub(super) const ALL: [Self; 6] =
        [Self::Dictionary, Self::Faqs, Self::Periods, Self::Services, Self::Settings, Self::Testimonials];
}

/// The root fields that show a table to all who may ask for it.
const FIELDS: [(&str, Table); 10] = [
    ("assessmentDictionary", Table::Dictionary),
    ("faqs", Table::Faqs),
    ("faqsConnection", Table::Faqs),
    ("scholarshipPeriods", Table::Periods),
    ("scholarshipPeriodsConnection", Table::Periods),
    ("services", Table::Services),
    ("servicesConnection", Table::Services),
    ("settings", Table::Settings),
    ("testimonials", Table::Testimonials),
    ("testimonialsConnection", Table::Testimonials),
];

/// What stands below them.
const TYPES: [&str; 18] = [
    "AssessmentDictionary",
    "Cluster",
    "Faq",
    "FaqConnection",
    "FaqEdge",
    "Fee",
    "PageInfo",
    "ScholarshipPeriod",
    "ScholarshipPeriodConnection",
    "ScholarshipPeriodEdge",
    "Service",
    "ServiceConnection",
    "ServiceEdge",
    "Setting",
    "Testimonial",
    "TestimonialConnection",
    "TestimonialEdge",
    "Typology",
];

/// What depends on the time.
const VARYING: [(&str, &str); 1] = [("ScholarshipPeriod", "isRegistrationOpen")];

/// Counts the changes of each table. Cheap to clone; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Versions(Arc<[Version; Table::ALL.len()]>);

impl Versions {
    /// That of a table.
    pub fn of(&self, table: Table) -> &Version {
        &self.0[table as usize]
    }

    /// Says that any table may have changed.
    pub fn change_all(&self) {
        self.0.iter().for_each(Version::change);
    }

    /// What of the schema is constant for all who may ask for it.
    pub fn constants(&self) -> Constants {
        let fields = FIELDS.map(|(field, table)| (field, self.of(table).clone()));
        Constants::default().with_fields(fields).with_types(TYPES).except(VARYING)
    }

    /// What of it everybody may ask for.
    pub fn public_constants(&self) -> Constants {
        let fields = FIELDS.into_iter().filter(|(_, table)| *table != Table::Periods);
        let fields = fields.map(|(field, table)| (field, self.of(table).clone()));
        Constants::default().with_fields(fields).with_types(TYPES).except(VARYING)
    }
}
