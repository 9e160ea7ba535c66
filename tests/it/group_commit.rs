//! Group commit: what waits is written together, and each caller gets its own answer.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use gerbang_kernel::error::{Error, ErrorCode, Result};
use gerbang_platform::{
    db::Db,
    group_commit::{GroupCommit, Limits, WriteBatch},
};
use tokio::{sync::Semaphore, task::yield_now};

use crate::support::database::TestDatabase;

const REFUSED: i64 = -1;
const PANICS: i64 = -2;

/// Doubles numbers, one batch for each permit.
#[derive(Clone)]
struct Numbers {
    permits: Arc<Semaphore>,
    batches: Arc<Mutex<Vec<Vec<i64>>>>,
}

impl WriteBatch for Numbers {
    type Item = i64;
    type Written = i64;

    async fn write(&self, _: &Db, items: &[i64]) -> Result<Vec<Result<i64>>> {
        self.batches.lock().unwrap().push(items.to_vec());
        self.permits.acquire().await.unwrap().forget();
        assert!(!items.contains(&PANICS), "a number that panics");
        if items.contains(&REFUSED) {
            return Err(Error::new(ErrorCode::BadRequest, "A number can't be stored."));
        }
        Ok(items.iter().map(|item| if *item == 0 { Err(Error::not_found("Number")) } else { Ok(item * 2) }).collect())
    }
}

/// Three numbers may wait, two are written at once.
async fn numbers(permits: usize, singly: bool) -> (GroupCommit<Numbers>, Numbers, TestDatabase) {
    let numbers = Numbers { permits: Arc::new(Semaphore::new(permits)), batches: Arc::default() };
    let limits = Limits { waiting: 3, batch: 2, transactions: 1, retry_after: 7, singly };
    let database = TestDatabase::new().await;
    (GroupCommit::start(&database.connect().await, numbers.clone(), limits), numbers, database)
}

async fn write_all(group: &GroupCommit<Numbers>, items: &[i64]) -> Vec<Result<i64, ErrorCode>> {
    let outcomes = join_all(items.iter().map(|item| group.write(*item))).await;
    outcomes.into_iter().map(|outcome| outcome.map_err(|error| error.code)).collect()
}

#[tokio::test]
async fn what_waits_is_written_together_and_more_is_refused() {
    let (group, numbers, _database) = numbers(0, false).await;
    let more = async {
        while numbers.batches.lock().unwrap().is_empty() {
            yield_now().await;
        }
        let refused = async {
            let refused = group.write(5).await;
            numbers.permits.add_permits(3);
            refused
        };
        tokio::join!(write_all(&group, &[2, 0, 4]), refused)
    };
    let (first, (rest, refused)) = tokio::join!(group.write(1), more);
    assert_eq!(first.unwrap(), 2);
    assert_eq!(rest, [Ok(4), Err(ErrorCode::NotFound), Ok(8)]);
    let refused = refused.unwrap_err();
    assert_eq!((refused.code, refused.retry_after), (ErrorCode::Unavailable, Some(7)));
    assert_eq!(*numbers.batches.lock().unwrap(), [vec![1], vec![2, 0], vec![4]]);
}

#[tokio::test]
async fn an_item_that_is_refused_takes_no_other_with_it_where_each_is_tried_alone() {
    let (group, _, _database) = numbers(9, true).await;
    assert_eq!(write_all(&group, &[1, REFUSED]).await, [Ok(2), Err(ErrorCode::BadRequest)]);
    let (group, _, _database) = numbers(9, false).await;
    assert_eq!(write_all(&group, &[1, REFUSED]).await, [Err(ErrorCode::BadRequest), Err(ErrorCode::BadRequest)]);
}

#[tokio::test]
async fn a_panic_costs_one_batch() {
    let (group, _, _database) = numbers(9, false).await;
    let outcomes = write_all(&group, &[1, PANICS, 3]).await;
    assert_eq!(outcomes, [Err(ErrorCode::Unavailable), Err(ErrorCode::Unavailable), Ok(6)]);
}

#[tokio::test]
async fn an_item_is_written_though_its_caller_went_away() {
    let (group, numbers, _database) = numbers(0, false).await;
    // It is asked once, then given up.
    tokio::select! {
        biased;
        _ = group.write(1) => unreachable!("no batch may be written yet"),
        () = yield_now() => {}
    }
    drop(group);
    numbers.permits.add_permits(1);
    while numbers.batches.lock().unwrap().is_empty() {
        yield_now().await;
    }
    assert_eq!(*numbers.batches.lock().unwrap(), [vec![1]]);
}
