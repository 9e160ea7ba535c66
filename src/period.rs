//! Periods of whole days, UTC, that reports are about.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use gerbang_kernel::error::{Error, Result};
use sea_orm::{ColumnTrait, Condition};

use crate::input::custom_rules::BEFORE_START;

gerbang_kernel::custom_rule! {
    /// A period has [`MAX_MONTHS`] at most.
    PERIOD_TOO_LONG: "The period may be ten years at most.", "Periode paling lama sepuluh tahun."
}

/// The most months of one period.
pub const MAX_MONTHS: u32 = 120;

/// The days that a report is about, both included. Build it with [`Period::new`], which checks it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Period {
    /// From the first day to the last; without one, from the beginning or until `today`.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` if it ends before it begins or has a first day and is longer than ten years.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Result<Self> {
        if let Some(from) = from {
            if to.is_some_and(|to| to < from) {
                return Err(Error::violation("to", BEFORE_START));
            }
            let last = to.unwrap_or(today);
            if last.checked_sub_months(Months::new(MAX_MONTHS)).is_some_and(|earliest| from < earliest) {
                return Err(Error::violation("from", PERIOD_TOO_LONG));
            }
        }
        Ok(Self { from, to })
    }

    /// The first day, if there is one.
    pub const fn from(&self) -> Option<NaiveDate> {
        self.from
    }

    /// The last day, if there is one.
    pub const fn to(&self) -> Option<NaiveDate> {
        self.to
    }

    /// That the time in `column` lies in it.
    pub fn contains(&self, column: impl ColumnTrait) -> Condition {
        let start = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        // After the last day there is: SQLite compares texts, and a year of five digits would come first.
        let after = self.to.and_then(|to| to.checked_add_days(Days::new(1))).filter(|after| after.year() <= 9_999);
        Condition::all()
            .add_option(self.from.map(|from| column.gte(start(from))))
            .add_option(after.map(|after| column.lt(start(after))))
    }
}
