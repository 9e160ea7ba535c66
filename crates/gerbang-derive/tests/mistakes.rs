//! Mistakes in attributes are told at the line of whoever made them, with what to write.

#[test]
fn mistakes_are_told_where_they_are_made() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
