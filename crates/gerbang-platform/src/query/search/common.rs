//! Groups of letters that many texts of a table have, so that a search looks for the others.
//!
//! An index of groups knows for each of them the rows that have it, and reads a search's groups side by side. One that every
//! twentieth text has (`gma`, `mai`, `ail` of an address) makes it read a twentieth of what it knows of the table for nothing:
//! the rows are told apart by the others. Which are common is learnt from a few rows, once somebody searches a large table,
//! and again now and then. What a search finds does not depend on it.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr,
    sea_query::{Expr, ExprTrait, Query},
};
use tokio::task::spawn_blocking;

/// The letters of a group.
pub(super) const GROUP: usize = 3;

/// Rows that are looked at.
const SAMPLE: i64 = 500;
/// What is learnt of fewer is chance.
const MIN_SAMPLE: usize = 100;
/// A group is common that one of so many rows has, and rare that no more than one of so many has.
const COMMON: usize = 20;
const RARE: usize = 250;
/// So many groups that are not common are rare together.
const MANY: usize = 4;
/// A smaller table is searched quickly anyway.
const LARGE: i64 = 10_000;
/// How long what was learnt holds.
const HOLDS: Duration = Duration::from_mins(10);

/// Letters that follow each other.
type Group = [char; GROUP];

/// The groups of a table that are common, and with `false` those that are not rare either.
pub(crate) type Frequent = HashMap<Group, bool>;

/// What is known of the tables that are searched.
#[derive(Default)]
pub(crate) struct CommonGroups(Mutex<HashMap<String, Learnt>>);

#[derive(Clone)]
struct Learnt {
    at: Instant,
    groups: Arc<Frequent>,
}

impl CommonGroups {
    /// What is known of the groups of these columns. Where nothing is known (any more), what learns it is to be run meanwhile.
    pub(crate) fn of<C: ColumnTrait>(
        self: &Arc<Self>,
        columns: &[C],
        db: &(impl ConnectionTrait + Clone + Send + 'static),
    ) -> (Arc<Frequent>, Option<impl Future<Output = ()> + Send + 'static>) {
        let Some(table) = columns.first().map(ColumnTrait::entity_name) else { return (Arc::default(), None) };
        let key = columns.iter().fold(table.to_string(), |key, column| key + "." + column.as_str());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&key).cloned();
        let is_new = found.as_ref().is_some_and(|learnt| learnt.at.elapsed() < HOLDS);
        let groups = found.map(|learnt| learnt.groups).unwrap_or_default();
        if is_new {
            return (groups, None);
        }
        known.insert(key.clone(), Learnt { at: Instant::now(), groups: Arc::clone(&groups) });
        let (all, columns, db) = (Arc::clone(self), columns.to_vec(), db.clone());
        (groups, Some(async move { all.learn(key, &columns, &db).await }))
    }

    async fn learn<C: ColumnTrait>(&self, key: String, columns: &[C], db: &impl ConnectionTrait) {
        match sample(columns, db).await {
            Ok(texts) => {
                let Ok(groups) = spawn_blocking(move || Arc::new(frequent(&texts))).await else { return };
                let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(key, Learnt { at: Instant::now(), groups });
            }
            // Searches are slower, and it is tried again.
            Err(error) => tracing::debug!(%error, "which groups of letters are common can't be learnt now"),
        }
    }
}

impl fmt::Debug for CommonGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommonGroups")
    }
}

/// The texts of some rows from all over a large table, those of a row together.
async fn sample<C: ColumnTrait>(columns: &[C], db: &impl ConnectionTrait) -> Result<Vec<Vec<String>>, DbErr> {
    let Some(first) = columns.first() else { return Ok(Vec::new()) };
    let (table, key) = (first.entity_name(), || Expr::col((first.entity_name(), "id")));
    // Each by itself, or SQLite reads all of them.
    let end = |end: Expr| Expr::from(Query::select().expr(end).from(table.clone()).take());
    let ends = Query::select().expr(end(key().min())).expr(end(key().max())).take();
    let Some(ends) = db.query_one(&ends).await? else { return Ok(Vec::new()) };
    let (Some(from), Some(to)) = (ends.try_get_by_index::<Option<i64>>(0)?, ends.try_get_by_index::<Option<i64>>(1)?)
    else {
        return Ok(Vec::new());
    };
    let Some(range) = to.checked_sub(from).filter(|range| *range >= LARGE) else { return Ok(Vec::new()) };
    let rows = Query::select()
        .exprs(columns.iter().map(|column| Expr::col(column.as_column_ref())))
        .from(table)
        .and_where(key().is_in(scattered(range).map(|place| from + place)))
        .take();
    let rows = db.query_all(&rows).await?;
    let texts = rows.iter().map(|row| {
        let text = |place| row.try_get_by_index::<Option<String>>(place).map(Option::unwrap_or_default);
        (0..columns.len()).map(text).collect()
    });
    texts.collect()
}

/// Places from 0 to `range`, as far from each other as may be and with no step that the digits of ids could have, too.
fn scattered(range: i64) -> impl Iterator<Item = i64> {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    (1..=SAMPLE).map(move |number| {
        let part = number.unsigned_abs().wrapping_mul(GOLDEN);
        let place = (u128::from(part) * u128::from(range.unsigned_abs())) >> u64::BITS;
        i64::try_from(place).unwrap_or_default()
    })
}

fn frequent(rows: &[Vec<String>]) -> Frequent {
    if rows.len() < MIN_SAMPLE {
        return Frequent::new();
    }
    let mut counts = HashMap::<Group, usize>::new();
    for texts in rows {
        let groups: HashSet<Group> = texts.iter().flat_map(|text| groups_of(&text.to_ascii_lowercase())).collect();
        for group in groups {
            *counts.entry(group).or_default() += 1;
        }
    }
    let not_rare = counts.into_iter().filter(|(_, count)| count * RARE > rows.len());
    not_rare.map(|(group, count)| (group, count * COMMON >= rows.len())).collect()
}

fn groups_of(text: &str) -> Vec<Group> {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(GROUP).filter_map(|group| group.try_into().ok()).collect()
}

/// The longest part of a text without groups that are common, if it tells few rows from all others; else the whole text.
///
/// Such a part is of ASCII, for PostgreSQL's index knows a Greek sigma by its place in a word, and has a group of letters and
/// digits alone, for it knows no other.
pub(super) fn telling<'a>(text: &'a str, groups: &Frequent) -> &'a str {
    if groups.is_empty() {
        return text;
    }
    let of_text = groups_of(text);
    let is_common = |group: &Group| !group.iter().all(char::is_ascii) || groups.get(group) == Some(&true);
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let (mut longest, mut from) = (&of_text[..0], 0);
    let mut part = text;
    for run in of_text.chunk_by(|one, next| is_common(one) == is_common(next)) {
        let is_rare = run.len() >= MANY || run.iter().any(|group| !groups.contains_key(group));
        let is_known = run.iter().any(|group| group.iter().all(char::is_ascii_alphanumeric));
        if run.len() > longest.len() && is_rare && is_known && !is_common(&run[0]) {
            (longest, part) = (run, &text[starts[from]..starts[from + run.len() + GROUP - 1]]);
        }
        from += run.len();
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        (0..500)
            .map(|id| vec![format!("Siti {id}"), format!("siti{}@contoh.test", 100_000 + 7_919 * id % 899_981)])
            .collect()
    }

    #[test]
    fn what_many_rows_have_is_not_looked_for() {
        let groups = frequent(&rows());
        for (text, part) in [
            ("siti734519@contoh.test", "i734519@"),
            ("siti rahayu", "i rahayu"),
            ("734519", "734519"),
            // Nothing else is there.
            ("contoh", "contoh"),
            ("si", "si"),
            ("", ""),
            // PostgreSQL knows no group of it.
            ("siti @ -", "siti @ -"),
            ("siti é字ß", "siti é字ß"),
            ("siti 734519 Σας", "i 734519 "),
            // Few letters that some rows have, too, lead to more rows than all of them together.
            ("siti73", "siti73"),
            ("siti73xyz", "i73xyz"),
        ] {
            assert_eq!(telling(text, &groups), part, "{text}");
        }
    }

    #[test]
    fn of_few_rows_nothing_is_learnt() {
        assert!(frequent(&rows()[..MIN_SAMPLE - 1]).is_empty());
        assert!(!frequent(&rows()[..MIN_SAMPLE]).is_empty());
    }

    #[test]
    fn rows_are_taken_from_all_over() {
        for range in [LARGE, 1_000_000, i64::MAX] {
            let places: Vec<i64> = scattered(range).collect();
            let distinct: HashSet<i64> = places.iter().copied().collect();
            assert_eq!(distinct.len(), places.len());
            assert!(places.iter().all(|place| (0..=range).contains(place)));
            for tenth in 0..10 {
                let part = places.iter().filter(|place| i128::from(**place) * 10 / i128::from(range) == tenth).count();
                assert!((45..=55).contains(&part), "{part} of {tenth}");
            }
        }
    }
}
