//! Rows by key, read for all requests that want some at the moment: one statement each time, whose text is fixed.
//!
//! Keys wait while a statement for the table is running and go with the next one: the busier the server, the more of them
//! share it, and nobody waits for a clock. Rows are read whoever asks, so who may see them is for the caller to check.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use gerbang_kernel::error::{Error, Result};
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, ModelTrait, QueryFilter, QueryTrait, Statement, sea_query::Values,
};
use tokio::sync::oneshot;

use super::{
    by_position::{ByPosition, ColumnSet},
    keys::{BatchKey, in_list_of_any_length, key_list},
};

/// How many statements for one table run at once.
const STATEMENTS: usize = 2;
/// How many askers share a statement at most.
const ASKERS: usize = 500;

/// What was found, by key.
pub(crate) type Found<K, M> = Arc<HashMap<K, M>>;

/// The queues of all tables.
#[derive(Default)]
pub(crate) struct SharedReads(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl SharedReads {
    /// Reads the rows with these keys, and perhaps others that somebody else wants.
    pub(crate) async fn by_key<E, K>(
        &self,
        db: &(impl ConnectionTrait + Clone + Send + 'static),
        column: E::Column,
        keys: Vec<K>,
    ) -> Result<Found<K, E::Model>>
    where
        E: EntityTrait<Model: ByPosition + Send + Sync>,
        K: BatchKey + 'static,
    {
        self.queue::<E, K>(db.get_database_backend(), column).ask(db, keys).await
    }

    fn queue<E, K>(&self, backend: DbBackend, column: E::Column) -> Arc<Queue<E, K>>
    where
        E: EntityTrait<Model: ByPosition + Send + Sync>,
        K: BatchKey + 'static,
    {
        let id = TypeId::of::<Queue<E, K>>();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone);
        let queue = known.unwrap_or_else(|| {
            let mut queues = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(queues.entry(id).or_insert_with(|| Arc::new(Queue::<E, K>::new(backend, column))))
        });
        queue.downcast().expect("a queue is kept by its type")
    }
}

impl fmt::Debug for SharedReads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedReads")
    }
}

/// Who waits for rows of one table.
struct Queue<E: EntityTrait, K> {
    column: E::Column,
    sql: String,
    state: Mutex<State<K, E::Model>>,
}

struct State<K, M> {
    waiting: Vec<Asker<K, M>>,
    running: usize,
}

struct Asker<K, M> {
    keys: Vec<K>,
    answer: oneshot::Sender<Result<Found<K, M>>>,
}

impl<E, K> Queue<E, K>
where
    E: EntityTrait<Model: ByPosition + Send + Sync>,
    K: BatchKey + 'static,
{
    fn new(backend: DbBackend, column: E::Column) -> Self {
        let sql = E::find().filter(in_list_of_any_length::<K>(column, backend)).build(backend).sql;
        Self { column, sql, state: Mutex::new(State { waiting: Vec::new(), running: 0 }) }
    }

    async fn ask(
        self: Arc<Self>,
        db: &(impl ConnectionTrait + Clone + Send + 'static),
        keys: Vec<K>,
    ) -> Result<Found<K, E::Model>> {
        let (answer, found) = oneshot::channel();
        if self.enqueue(Asker { keys, answer }) {
            // In a task of its own: who asked may go away, and the others still want their rows.
            tokio::spawn(Worker { queue: self, counted: true }.work(db.clone()));
        }
        found.await.map_err(Error::internal)?
    }

    /// Says whether a task is to be started for it, which is then counted.
    fn enqueue(&self, asker: Asker<K, E::Model>) -> bool {
        let mut state = self.state();
        state.waiting.push(asker);
        let starts = state.running < STATEMENTS;
        state.running += usize::from(starts);
        starts
    }

    async fn read(&self, db: &impl ConnectionTrait, keys: &[K]) -> Result<HashMap<K, E::Model>> {
        let backend = db.get_database_backend();
        let values = Values(vec![key_list(keys, backend)]);
        let statement = Statement { sql: self.sql.clone(), values: Some(values), db_backend: backend };
        let mut rows = HashMap::with_capacity(keys.len());
        for row in db.query_all_raw(statement).await? {
            let row = E::Model::by_position(&row, 0, ColumnSet::ALL)?;
            rows.extend(K::from_value(row.get(self.column)).map(|key| (key, row)));
        }
        Ok(rows)
    }

    fn state(&self) -> MutexGuard<'_, State<K, E::Model>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the tasks that read for a queue.
struct Worker<E, K>
where
    E: EntityTrait<Model: ByPosition + Send + Sync>,
    K: BatchKey + 'static,
{
    queue: Arc<Queue<E, K>>,
    /// Whether it is one of those that the queue counts as running.
    counted: bool,
}

impl<E, K> Worker<E, K>
where
    E: EntityTrait<Model: ByPosition + Send + Sync>,
    K: BatchKey + 'static,
{
    async fn work(mut self, db: impl ConnectionTrait + Send) {
        while let Some(askers) = self.next() {
            let mut keys: Vec<K> = askers.iter().flat_map(|asker| asker.keys.iter().cloned()).collect();
            if askers.len() > 1 {
                let mut seen = HashSet::with_capacity(keys.len());
                keys.retain(|key| seen.insert(key.clone()));
            }
            let found = self.queue.read(&db, &keys).await.map(Arc::new);
            for asker in askers {
                // Who has gone away needs none.
                let _ = asker.answer.send(found.clone());
            }
        }
    }

    /// Those who wait; `None` when there is nobody, and this task is no longer counted.
    fn next(&mut self) -> Option<Vec<Asker<K, E::Model>>> {
        let mut state = self.queue.state();
        if state.waiting.is_empty() {
            state.running -= 1;
            self.counted = false;
            return None;
        }
        let count = state.waiting.len().min(ASKERS);
        Some(state.waiting.drain(..count).collect())
    }
}

impl<E, K> Drop for Worker<E, K>
where
    E: EntityTrait<Model: ByPosition + Send + Sync>,
    K: BatchKey + 'static,
{
    /// After a panic, too, another may start.
    fn drop(&mut self) {
        if self.counted {
            self.queue.state().running -= 1;
        }
    }
}
