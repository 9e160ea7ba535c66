//! What demo rows are made with: one transaction, one generator that always starts alike, and times
//! counted back from now.

use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::{
    files::{FileType, Files, Upload},
    query::keys::BatchKey,
};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sea_orm::{
    ActiveModelTrait, DatabaseTransaction, EntityTrait, InsertMany, IntoActiveModel, Iterable, ModelTrait,
    prelude::TextUuid,
};
use tokio::task::spawn_blocking;
use uuid::Builder;

use super::people::{Person, people};
use crate::{domain::Domain, scope::Scoped};

/// Any number does, as long as it stays the same.
const SEED: u64 = 0x6765_7262_616e_6721;
/// Values that one statement may carry; SQLite takes 32,766.
const VALUES: usize = 8_000;

/// Makes and writes demo rows.
pub(crate) struct Seeder {
    pub(crate) transaction: DatabaseTransaction,
    pub(crate) now: DateTime<Utc>,
    pub(crate) rng: StdRng,
    people: Vec<Person>,
    files: Files,
}

/// A file of the demo, as it is stored.
pub(crate) struct Stored {
    pub(crate) kind: FileType,
    pub(crate) size: i64,
}

impl Seeder {
    pub(crate) async fn begin(domain: &Domain) -> Result<Self> {
        let mut rng = StdRng::seed_from_u64(SEED);
        let people = people(&mut rng);
        let transaction = domain.db.begin().await?;
        Ok(Self { transaction, now: domain.clock.now(), rng, people, files: domain.files.clone() })
    }

    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Somebody who was not there yet.
    pub(crate) fn person(&mut self) -> Person {
        self.people.pop().expect("there are more names than demo people")
    }

    /// Before now by so many whole days and as many seconds of a day.
    pub(crate) fn days_ago(&mut self, days: i64) -> DateTime<Utc> {
        self.now - TimeDelta::days(days) - TimeDelta::seconds(self.rng.random_range(0..86_400))
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        *of.choose(&mut self.rng).expect("something to choose from")
    }

    /// A version 7 UUID of that time.
    pub(crate) fn uuid(&mut self, at: DateTime<Utc>) -> TextUuid {
        let millis = at.timestamp_millis().unsigned_abs();
        Builder::from_unix_timestamp_millis(millis, &self.rng.random()).into_uuid().into()
    }

    /// So many random bytes, in hexadecimal.
    pub(crate) fn hex<const BYTES: usize>(&mut self) -> String {
        let bytes: [u8; BYTES] = std::array::from_fn(|_| self.rng.random());
        hex::encode(bytes)
    }

    /// Puts a file of the demo into the store.
    pub(crate) async fn store(&self, path: &str, bytes: &'static [u8]) -> Result<Stored> {
        let written = spawn_blocking(move || {
            let mut file = tempfile::tempfile()?;
            file.write_all(bytes)?;
            io::Result::Ok(file)
        });
        let upload = Upload::inspect(written.await??).await?;
        let kind = upload.kind.expect("the demo's files are of allowed types");
        self.files.put(path, upload).await?;
        Ok(Stored { kind, size: i64::try_from(bytes.len()).map_err(Error::internal)? })
    }

    /// Writes rows with keys of their own.
    pub(crate) async fn insert<E>(&self, rows: Vec<E::Model>) -> Result<()>
    where
        E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let chunk = InsertMany::<E::ActiveModel>::many(rows.by_ref().take(rows_of::<E>()));
            chunk.exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }

    /// Writes rows that the database numbers, and gives them back in the same order.
    pub(crate) async fn insert_numbered<E>(&self, rows: Vec<E::Model>) -> Result<Vec<E::Model>>
    where
        E: Scoped<Key = i64, Model: IntoActiveModel<E::ActiveModel>>,
    {
        let mut written = Vec::with_capacity(rows.len());
        let mut rows = rows.into_iter().map(|row| {
            let mut row = row.into_active_model();
            row.not_set(E::KEY);
            row
        });
        while rows.len() > 0 {
            let chunk = InsertMany::<E::ActiveModel>::many(rows.by_ref().take(rows_of::<E>()));
            written.extend(chunk.exec_with_returning(&self.transaction).await?);
        }
        // They are numbered in the order they were sent in, but may be returned in any.
        written.sort_by_key(|row| i64::from_value(row.get(E::KEY)));
        Ok(written)
    }
}

/// The rows of a table that fit into one statement.
fn rows_of<E: EntityTrait>() -> usize {
    VALUES / E::Column::iter().count()
}

/// The whole hour or day that a time is in.
pub(crate) fn start(at: DateTime<Utc>, unit: TimeDelta) -> Result<DateTime<Utc>> {
    use chrono::DurationRound;
    at.duration_trunc(unit).map_err(Error::internal)
}
