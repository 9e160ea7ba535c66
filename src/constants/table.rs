//! The tables, and which fields of the schema read nothing else.

use std::sync::Arc;

use gerbang_graphql::constants::Constants;
use gerbang_kernel::version::Version;
use serde::{Deserialize, Serialize};

/// Declares the tables, each with the root fields that show it to all who may ask for it, and the objects below them.
macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $($field:literal),+ => $($object:literal),+;)*) => {
        /// One table, or several that change together.
        #[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Table {
            $($(#[$doc])* $table,)*
        }

        impl Table {
            pub(super) const ALL: [Self; [$(Self::$table,)*].len()] = [$(Self::$table,)*];
        }

        const FIELDS: &[(&str, Table)] = &[$($(($field, Table::$table),)+)*];

        const OBJECTS: &[&str] = &[$($($object,)+)* "PageInfo"];
    };
}

tables! {
    /// What assessments measure.
    Dictionary: "assessmentDictionary" => "AssessmentDictionary", "Cluster", "Typology";
    /// Questions that are asked often.
    Faqs: "faqs", "faqsConnection" => "Faq", "FaqConnection", "FaqEdge";
    /// Rounds of the scholarship.
    Periods: "scholarshipPeriods", "scholarshipPeriodsConnection" =>
        "ScholarshipPeriod", "ScholarshipPeriodConnection", "ScholarshipPeriodEdge";
    /// What the notary office offers.
    Services: "services", "servicesConnection" => "Service", "ServiceConnection", "ServiceEdge", "Fee";
    /// Texts of the site.
    Settings: "settings" => "Setting";
    /// What people say about the scholarship.
    Testimonials: "testimonials", "testimonialsConnection" => "Testimonial", "TestimonialConnection", "TestimonialEdge";
}

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
        self.constants_of(|_| true)
    }

    /// What of it everybody may ask for.
    pub fn public_constants(&self) -> Constants {
        self.constants_of(|table| table != Table::Periods)
    }

    fn constants_of(&self, is_meant: impl Fn(Table) -> bool) -> Constants {
        let fields = FIELDS.iter().filter(|(_, table)| is_meant(*table));
        let fields = fields.map(|(field, table)| (*field, self.of(*table).clone()));
        Constants::default().with_fields(fields).with_types(OBJECTS.iter().copied()).except(VARYING)
    }
}
