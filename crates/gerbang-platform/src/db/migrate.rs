//! Bringing the tables up to date, one process at a time.

use std::time::{Duration, Instant};

use gerbang_kernel::error::is_busy;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QuerySelect};
use sea_orm_migration::{
    MigratorTrait,
    seaql_migrations::{self, Column},
};

use super::Db;

/// What processes that migrate one PostgreSQL database wait for.
const LOCK: &str = "gerbang migrations";
/// How long to wait for another process that migrates an SQLite file.
const LOCK_TIMEOUT: Duration = Duration::from_mins(10);

/// How the tables of a database differ from those of a version of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrations {
    /// What the version would have to do, first to last.
    pub pending: Vec<String>,
    /// What a newer version has done.
    pub unknown: Vec<String>,
}

impl Migrations {
    /// Between those that `M` knows and those that were applied.
    pub(super) fn between<M: MigratorTrait>(applied: Vec<String>) -> Self {
        let known: Vec<String> = M::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let unknown = applied.iter().filter(|name| !known.contains(name)).cloned().collect();
        let pending = known.into_iter().filter(|name| !applied.contains(name)).collect();
        Self { pending, unknown }
    }
}

impl Db {
    /// Brings the tables up to date: all of what is missing or, where that fails, nothing.
    ///
    /// Of several processes at once, replicas that start for instance, one does it; the others wait for it and then find
    /// nothing to do.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        let transaction = self.begin_alone().await?;
        M::up(&transaction, None).await?;
        transaction.commit().await
    }

    /// Whether the database has every table that this version needs.
    pub async fn is_migrated<M: MigratorTrait>(&self) -> Result<bool, DbErr> {
        Ok(self.migrations::<M>().await?.pending.is_empty())
    }

    /// How the tables differ from those of this version.
    pub async fn migrations<M: MigratorTrait>(&self) -> Result<Migrations, DbErr> {
        match M::get_pending_migrations_read_only(self.read()).await {
            // That a newer version was here, which it takes for a fault. While one server follows another it is none: the
            // older goes on serving.
            Err(DbErr::Custom(_)) => {
                let applied = seaql_migrations::Entity::find().select_only().column(Column::Version).into_tuple();
                Ok(Migrations::between::<M>(applied.all(self.read()).await?))
            }
            pending => {
                let pending = pending?.iter().map(|migration| migration.name().to_owned()).collect();
                Ok(Migrations { pending, unknown: Vec::new() })
            }
        }
    }

    async fn begin_alone(&self) -> Result<DatabaseTransaction, DbErr> {
        if self.backend() == DbBackend::Postgres {
            let transaction = self.begin().await?;
            // Neither waiting for another process nor an index over many rows is a statement that hangs.
            transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            Self::lock(&transaction, LOCK).await?;
            return Ok(transaction);
        }
        // A transaction that may write is alone on an SQLite file, but waits for another only for a while.
        let began = Instant::now();
        loop {
            match self.begin().await {
                Err(error) if is_busy(&error) && began.elapsed() < LOCK_TIMEOUT => {
                    tracing::info!("another process writes to the database: waiting for it");
                }
                outcome => return outcome,
            }
        }
    }
}
