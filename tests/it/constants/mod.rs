//! Answers that are made of tables which seldom change: kept until they do, and not a moment longer.

mod changes;
mod headers;

use std::collections::BTreeSet;

use gerbang::{constants::table::Versions, graphql, http::routes::routes};
use gerbang_graphql::type_index::SchemaIndex;

#[test]
fn what_is_declared_as_constant_is_in_the_schema() {
    let types = SchemaIndex::new(graphql::sdl()).unwrap();
    assert_eq!(Versions::default().constants().unknown(&types), Vec::<String>::new());
}

#[test]
fn the_routes_that_show_nothing_else_are_known() {
    let types = SchemaIndex::new(graphql::sdl()).unwrap();
    let constants = Versions::default().constants();
    let kept = routes().unwrap().iter().filter(|route| constants.read_by(&route.document, &types).is_some());
    let kept: BTreeSet<&str> = kept.map(|route| route.operation.as_str()).collect();
    let expected =
        ["ListFaqs", "ListPeriods", "ListServices", "ListSettings", "ListTestimonials", "ShowResultDictionary"];
    assert_eq!(kept, BTreeSet::from(expected));
}
