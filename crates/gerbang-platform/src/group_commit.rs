//! Group commit: what many callers want written shares few transactions.
//!
//! A commit that survives a power cut takes milliseconds however little is in it. So what comes while one is under way
//! waits in a queue, and the next takes all of it: nothing waits for a timer or for a batch to fill, and batches grow with
//! the load. Each caller is answered after the commit that holds its own item. The queue is bounded; when it is full, an
//! item is refused at once rather than answered late.

use std::{any::type_name, sync::Arc};

use gerbang_kernel::error::{Error, ErrorCode, Result};
use sea_orm::DbBackend;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::db::Db;

/// Writes the items of many callers by one transaction.
pub trait WriteBatch: Send + Sync + 'static {
    /// What a caller wants written.
    type Item: Send + Sync + 'static;
    /// What it is told of it.
    type Written: Send + 'static;

    /// Writes items and commits; says what became of each, in their order.
    ///
    /// # Errors
    /// When none was written.
    fn write(&self, db: &Db, items: &[Self::Item]) -> impl Future<Output = Result<Vec<Result<Self::Written>>>> + Send;
}

/// How much at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Items that may wait; more are refused.
    pub waiting: usize,
    /// Items of one transaction: it should not hold its locks for long.
    pub batch: usize,
    /// Transactions at once where the database can do several: one is put together while another is committed.
    pub transactions: usize,
    /// Seconds after which a refused item may be tried again.
    pub retry_after: u64,
    /// Whether each item is tried alone when the database refuses a value of one of them, so that it does not take the
    /// others with it.
    pub singly: bool,
}

/// The way of items into the database. When it is dropped, what waits is still written.
#[derive(Debug)]
pub struct GroupCommit<W: WriteBatch> {
    queue: mpsc::Sender<Pending<W>>,
    retry_after: u64,
}

/// An item in the queue, and where its answer goes.
type Pending<W> = (<W as WriteBatch>::Item, oneshot::Sender<Result<<W as WriteBatch>::Written>>);
type Queue<W> = Arc<Mutex<mpsc::Receiver<Pending<W>>>>;

impl<W: WriteBatch> GroupCommit<W> {
    /// Starts the tasks that write.
    pub fn start(db: &Db, writer: W, limits: Limits) -> Self {
        let (sender, receiver) = mpsc::channel(limits.waiting.max(1));
        let (writer, receiver) = (Arc::new(writer), Arc::new(Mutex::new(receiver)));
        // SQLite has one writer.
        let tasks = if db.backend() == DbBackend::Sqlite { 1 } else { limits.transactions };
        for _ in 0..tasks {
            tokio::spawn(write_forever(db.clone(), Arc::clone(&writer), limits, Arc::clone(&receiver)));
        }
        Self { queue: sender, retry_after: limits.retry_after }
    }

    /// How many items wait.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Writes an item soon, and nobody is told what became of it; says whether there was room for it.
    pub fn write_later(&self, item: W::Item) -> bool {
        let (reply, _) = oneshot::channel();
        self.queue.try_send((item, reply)).is_ok()
    }

    /// Writes an item, even if the caller goes away; when this returns, it would survive the end of the process.
    ///
    /// # Errors
    /// The writer's, and `UNAVAILABLE` when the queue is full.
    pub async fn write(&self, item: W::Item) -> Result<W::Written> {
        let busy = || Error::unavailable(self.retry_after);
        let (reply, answer) = oneshot::channel();
        self.queue.try_send((item, reply)).map_err(|_| busy())?;
        answer.await.map_err(|_| busy())?
    }
}

async fn write_forever<W: WriteBatch>(db: Db, writer: Arc<W>, limits: Limits, queue: Queue<W>) {
    loop {
        let batch = gather(&mut *queue.lock().await, limits.batch).await;
        if batch.is_empty() {
            return;
        }
        // In a task of its own, so that a panic costs one batch and not every item to come.
        let writing = tokio::spawn(write_and_answer(db.clone(), Arc::clone(&writer), limits.singly, batch));
        if let Err(error) = writing.await {
            tracing::error!(%error, items = type_name::<W::Item>(), "a batch was lost before it was answered");
        }
    }
}

/// Waits for an item and takes all that are ready with it; none when there will be no more.
///
/// Whoever is about to add an item gets its turn, again for as long as some do: two half batches cost the database more
/// than a whole one. Without others that is over at once, and nothing waits for a timer.
async fn gather<T>(queue: &mut mpsc::Receiver<T>, max: usize) -> Vec<T> {
    let mut batch: Vec<T> = queue.recv().await.into_iter().collect();
    let mut before = 0;
    while before < batch.len() && batch.len() < max {
        before = batch.len();
        tokio::task::yield_now().await;
        while batch.len() < max
            && let Ok(item) = queue.try_recv()
        {
            batch.push(item);
        }
    }
    batch
}

async fn write_and_answer<W: WriteBatch>(db: Db, writer: Arc<W>, singly: bool, batch: Vec<Pending<W>>) {
    let (items, replies): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let outcomes = match db.unless_down(Box::pin(writer.write(&db, &items))).await {
        Err(error) if singly && error.code == ErrorCode::BadRequest => {
            let mut outcomes = Vec::with_capacity(items.len());
            for item in items.chunks(1) {
                outcomes.extend(writer.write(&db, item).await.unwrap_or_else(|error| vec![Err(error)]));
            }
            outcomes
        }
        outcome => outcome.unwrap_or_else(|error| items.iter().map(|_| Err(error.clone())).collect()),
    };
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // The caller may have gone away.
        let _ = reply.send(outcome);
    }
}
