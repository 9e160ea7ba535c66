//! Pages of lists that are held in memory as a whole.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gerbang_kernel::{
    error::{Error, Result},
    page::DEFAULT_PAGE_SIZE,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{CURSOR, CursorOf, Page, PageRequest};

/// The page of `rows` that `request` asks for. They are in the order of their places, of which no two are the same: a page
/// goes on behind a place even if the row is gone.
///
/// # Errors
/// `VALIDATION_FAILED` for a cursor of another list.
pub fn page_of<M, P>(rows: Arc<Vec<M>>, place: fn(&M) -> P, request: &PageRequest) -> Result<Page<M>>
where
    M: 'static,
    P: Ord + Serialize + DeserializeOwned + 'static,
{
    let total = rows.len();
    let rows_of = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let (mut start, mut end) = (0, total);
    if request.is_numbered() {
        let size = request.per_page.unwrap_or(DEFAULT_PAGE_SIZE);
        start = rows_of((request.page.unwrap_or(1) - 1).saturating_mul(size)).min(total);
        end = start.saturating_add(rows_of(size)).min(total);
    } else {
        if let Some(after) = &request.after {
            let after: P = read(after, "after")?;
            start = rows.partition_point(|row| place(row) <= after);
        }
        if let Some(before) = &request.before {
            let before: P = read(before, "before")?;
            end = rows.partition_point(|row| place(row) < before).max(start);
        }
        if request.first.is_some() || request.last.is_none() {
            end = end.min(start.saturating_add(rows_of(request.first.unwrap_or(DEFAULT_PAGE_SIZE))));
        }
        if let Some(last) = request.last {
            start = start.max(end.saturating_sub(rows_of(last)));
        }
    }
    let cursor: CursorOf<M> = Arc::new(move |row| write(&place(row)));
    Ok(Page {
        rows,
        range: start..end,
        cursor: Some(cursor),
        has_next: end < total,
        has_previous: start > 0,
        total: Some(total as u64),
    })
}

fn write(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

fn read<P: DeserializeOwned>(cursor: &str, argument: &'static str) -> Result<P> {
    let place = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| Error::violation(argument, CURSOR))
}

#[cfg(test)]
mod tests {
    use gerbang_kernel::page::PageInput;

    use super::*;

    fn page(rows: &[i32], input: PageInput) -> Result<Page<i32>> {
        page_of(Arc::new(rows.to_vec()), |row| *row, &PageRequest::new(input)?)
    }

    #[track_caller]
    fn check(rows: &[i32], input: PageInput, expected: &[i32], previous: bool, next: bool) {
        let page = page(rows, input).unwrap();
        assert_eq!((page.rows(), page.has_previous, page.has_next), (expected, previous, next));
        assert_eq!(page.total, Some(rows.len() as u64));
    }

    #[test]
    fn a_list_is_paged_both_ways_and_by_number() {
        let rows: Vec<i32> = (1..=20).collect();
        let (input, at) = (PageInput::default, |row: i32| Some(write(&row)));
        check(&rows, input(), &rows[..15], false, true);
        check(&rows, PageInput { first: Some(2), ..input() }, &[1, 2], false, true);
        check(&rows, PageInput { first: Some(2), after: at(2), ..input() }, &[3, 4], true, true);
        check(&rows, PageInput { first: Some(9), after: at(18), ..input() }, &[19, 20], true, false);
        check(&rows, PageInput { last: Some(2), ..input() }, &[19, 20], true, false);
        check(&rows, PageInput { last: Some(2), before: at(3), ..input() }, &[1, 2], false, true);
        check(&rows, PageInput { first: Some(9), after: at(4), before: at(7), ..input() }, &[5, 6], true, true);
        check(&rows, PageInput { first: Some(9), after: at(9), before: at(2), ..input() }, &[], true, true);
        check(&rows, PageInput { page: Some(2), per_page: Some(3), ..input() }, &[4, 5, 6], true, true);
        check(&rows, PageInput { page: Some(9), ..input() }, &[], true, false);
        check(&rows, PageInput { first: Some(0), ..input() }, &[], false, true);
        check(&[], input(), &[], false, false);
    }

    #[test]
    fn a_page_goes_on_behind_a_row_that_is_gone() {
        check(
            &[1, 2, 4, 5],
            PageInput { first: Some(1), after: Some(write(&3)), ..PageInput::default() },
            &[4],
            true,
            true,
        );
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        for cursor in ["", "?", &write(&"x"), &write(&[1, 2])] {
            assert!(
                page(&[1], PageInput { after: Some(cursor.to_owned()), ..PageInput::default() }).is_err(),
                "{cursor}"
            );
        }
    }
}
