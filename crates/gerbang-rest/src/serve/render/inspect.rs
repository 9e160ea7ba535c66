//! The look before the writing: what is required and missing, and which of its outcomes a success has.

use async_graphql::{Name, Value, indexmap::IndexMap};
use gerbang_kernel::error::ErrorCode;

use crate::model::plan::{Content, Outcome, Plan, Show, Step, TYPE_KEY};

/// The members of an object in the operation's answer.
pub(super) type Members = IndexMap<Name, Value>;

impl Plan {
    /// The outcome that the answer decides.
    ///
    /// # Errors
    /// The code of the first `@required` field that is null.
    pub(crate) fn inspect(&self, answer: &Value) -> Result<Outcome, ErrorCode> {
        let mut outcome = Outcome::default();
        if self.needs_inspection {
            self.look(answer, &mut outcome)?;
        }
        Ok(outcome)
    }

    fn look(&self, value: &Value, outcome: &mut Outcome) -> Result<(), ErrorCode> {
        let members = match value {
            Value::Object(members) => members,
            Value::List(items) => return items.iter().try_for_each(|item| self.look(item, outcome)),
            _ => return Ok(()),
        };
        let ty = type_of(members);
        if let Some((_, found)) =
            self.outcomes.iter().find(|(types, _)| ty.is_some_and(|ty| types.iter().any(|t| t == ty)))
        {
            outcome.clone_from(found);
        }
        for step in self.steps.iter().filter(|step| step.is_on(ty)) {
            let value = step.of(members).unwrap_or(&Value::Null);
            if let (Value::Null, Some(code)) = (value, step.required) {
                return Err(code);
            }
            if let (Value::Boolean(true), Some(found)) = (value, &step.outcome) {
                outcome.clone_from(found);
            }
            if let Content::Object(plan) | Content::Page(plan) = &step.content
                && plan.needs_inspection
            {
                plan.look(value, outcome)?;
            }
        }
        Ok(())
    }

    /// The only leaf that is shown, for answers that are no JSON.
    pub(crate) fn only_leaf<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        let Value::Object(members) = value else { return None };
        let ty = type_of(members);
        self.steps.iter().filter(|step| step.show != Show::Hidden && step.is_on(ty)).find_map(|step| {
            let value = step.of(members)?;
            match &step.content {
                Content::Leaf(_) => Some(value),
                Content::Object(plan) | Content::Page(plan) => plan.only_leaf(value),
                Content::Entries { .. } => None,
            }
        })
    }
}

impl Step {
    /// The field's value in its object.
    pub(super) fn of<'v>(&self, members: &'v Members) -> Option<&'v Value> {
        match members.get_index(self.position) {
            // The engine answers in the order of the selection, so that the look-up by name is rarely needed.
            Some((key, value)) if key.as_str() == self.key => Some(value),
            _ => members.get(self.key.as_str()),
        }
    }
}

/// The type that the loader asked for, if it did.
pub(super) fn type_of(members: &Members) -> Option<&str> {
    match members.get(TYPE_KEY)? {
        Value::String(name) => Some(name),
        Value::Enum(name) => Some(name),
        _ => None,
    }
}
