//! What the filters of several lists have in common.

use chrono::{DateTime, Utc};
use gerbang_kernel::error::{Result, Rule, Violations};
use gerbang_platform::db::Db;
use sea_orm::{ColumnTrait, Condition, Value, sea_query::SimpleExpr};

use super::custom_rules::BEFORE_START;

/// Letters of a text that is searched for: as many as a text may have whose length is not documented.
pub(crate) const MAX_SEARCH: u64 = 255;

gerbang_kernel::custom_rule! {
    /// What a filter asks for is one or several: of both, one would be ignored.
    ONE_OR_SEVERAL: "Give one or a list, not both.", "Berikan satu atau daftar, jangan keduanya."
}

/// The conditions that a filter sets, with what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    conditions: Option<Condition>,
    found: Violations,
}

impl Wanted {
    /// Rows with this one value, or with one of several, which are told at `path` if both are given. No row has
    /// one of no values.
    pub(crate) fn one_of<T: Clone + PartialEq + Into<Value>>(
        mut self,
        column: impl ColumnTrait,
        one: Option<T>,
        several: Option<&[T]>,
        path: &'static str,
    ) -> Self {
        match (one, several) {
            (Some(_), Some(_)) => self.found.add(path, ONE_OR_SEVERAL),
            (Some(one), None) => self.add(column.eq(one)),
            (None, Some(several)) => {
                // Each once: a caller may repeat them as often as a request is long.
                let mut distinct = Vec::new();
                for value in several {
                    if !distinct.contains(value) {
                        distinct.push(value.clone());
                    }
                }
                self.add(column.is_in(distinct));
            }
            (None, None) => (),
        }
        self
    }

    /// Rows one of whose `columns` contains this text, if there is one: the argument `search` of the list's filter.
    pub(crate) fn search<C: ColumnTrait>(mut self, db: &Db, columns: &[C], text: Option<&str>) -> Self {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return self };
        if text.chars().count() as u64 > MAX_SEARCH {
            self.found.add("filter.search", Rule::MaxLength(MAX_SEARCH));
            return self;
        }
        self.matching(Some(db.contains(columns, text)))
    }

    /// Rows with this value, if one is given.
    pub(crate) fn is(self, column: impl ColumnTrait, value: Option<impl Into<Value>>) -> Self {
        self.matching(value.map(|value| column.eq(value)))
    }

    /// Rows that meet this, if it is given.
    pub(crate) fn matching(mut self, condition: Option<impl Into<SimpleExpr>>) -> Self {
        if let Some(condition) = condition {
            self.add(condition.into());
        }
        self
    }

    /// Rows of the time from `from` until before `to`: the arguments of that name of the list's filter.
    pub(crate) fn between(
        mut self,
        column: impl ColumnTrait,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Self {
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.found.add("filter.to", BEFORE_START);
        }
        for bound in [from.map(|from| column.gte(from)), to.map(|to| column.lt(to))].into_iter().flatten() {
            self.add(bound);
        }
        self
    }

    /// The conditions; `None` if there are none.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` for what contradicts itself.
    pub(crate) fn check(self) -> Result<Option<Condition>> {
        self.found.finish()?;
        Ok(self.conditions)
    }

    fn add(&mut self, condition: SimpleExpr) {
        self.conditions = Some(self.conditions.take().unwrap_or_else(Condition::all).add(condition));
    }
}
