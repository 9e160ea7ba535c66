//! The rules of inputs by their names in the schema, for whoever has a part of one.
//!
//! To add an input: write its rules as a function over a [`Validator`] in its noun, and name that in `RULES`.

use async_graphql::Value;
use gerbang_kernel::error::Violation;

use crate::input::validator::Validator;

/// The rules of one input.
type Rules = fn(&mut Validator<'_>);

/// The rules of each input by its name in the schema.
const RULES: &[(&str, Rules)] = &[
];

/// The rules of all inputs.
#[derive(Debug)]
pub struct AllRules;

impl gerbang_rest::InputRules for AllRules {
    fn check(&self, input_type: &str, partial: &Value) -> Vec<Violation> {
        check(input_type, partial)
    }

    fn form(
        &self,
        input_type: &str,
        path: &[&str],
        partial: &Value,
    ) -> Option<(gerbang_graphql::rules::Form, &'static gerbang_graphql::rules::FieldRule)> {
        gerbang_graphql::rules::form_at(input_type, path, partial)
    }
}

/// The rules that the members of `partial`, a part of an input of the type `input_type`, break.
pub fn check(input_type: &str, partial: &Value) -> Vec<Violation> {
    let (Some((_, rules)), Value::Object(members)) = (RULES.iter().find(|(name, _)| *name == input_type), partial)
    else {
        return gerbang_graphql::rules::check(input_type, partial);
    };
    let mut validator = Validator::of_part(members);
    rules(&mut validator);
    validator.found.into_inner()
}

/// The inputs that have rules here.
pub fn inputs() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn broken(input_type: &str, partial: &Value) -> Vec<String> {
        let violations = check(input_type, partial);
        violations.iter().map(|violation| format!("{} {}", violation.path, violation.rule.name())).collect()
    }

    #[test]
    fn present_members_are_checked_and_absent_ones_break_no_rule() {
        assert_eq!(
            broken("CreateApplicantInput", &value!({ "birthPlace": "", "parentsIncome": (-1), "address": "Jakarta" })),
            ["input.birthPlace REQUIRED", "input.parentsIncome MIN"]
        );
        assert_eq!(broken("UnknownInput", &value!({ "email": "x" })), [""; 0]);
    }
}
