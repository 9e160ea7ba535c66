//! A table with everything that belongs to it, named by one convention: `uq_`, `fk_`, `ck_` and `ix_`, then the
//! table, then the columns. The gateway tells by these names which field of an input was at fault.

use crate::collation;

use sea_orm_migration::{
    prelude::*,
    schema::{big_pk_auto, string_len, string_len_null, timestamp_with_time_zone},
};

/// A table that is to be made.
pub(crate) struct NewTable {
    name: &'static str,
    create: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl NewTable {
    /// A table without columns.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, create: Table::create().table(name).take(), indexes: Vec::new() }
    }

    /// `id`, numbered by the database.
    pub(crate) fn numbered(self) -> Self {
        self.column(big_pk_auto("id"))
    }

    /// `id`, a UUID as text, made by the gateway.
    pub(crate) fn uuid(self) -> Self {
        self.column(string_len("id", 36).primary_key())
    }

    pub(crate) fn column(mut self, column: impl IntoColumnDef) -> Self {
        self.create.col(column);
        self
    }

    /// A column that takes one of these words.
    pub(crate) fn word(self, column: &'static str, words: &[&'static str]) -> Self {
        self.column(string_len(column, 32)).words(column, words)
    }

    /// A column that takes one of these words, or null.
    pub(crate) fn word_null(self, column: &'static str, words: &[&'static str]) -> Self {
        self.column(string_len_null(column, 32)).words(column, words)
    }

    fn words(self, column: &'static str, words: &[&'static str]) -> Self {
        self.check(column, Expr::col(column).is_in(words.iter().copied()))
    }

    pub(crate) fn check(mut self, what: &str, condition: Expr) -> Self {
        self.create.check((self.named("ck", &[what]), condition));
        self
    }

    pub(crate) fn primary_key(mut self, columns: &[&'static str]) -> Self {
        self.create.primary_key(&mut index_on(columns));
        self
    }

    pub(crate) fn unique(mut self, columns: &[&'static str]) -> Self {
        let name = self.named("uq", columns);
        self.create.index(index_on(columns).name(name).unique());
        self
    }

    pub(crate) fn index(mut self, columns: &[&'static str]) -> Self {
        self.indexes.push(index_on(columns).name(self.named("ix", columns)).table(self.name).take());
        self
    }

    /// `column` refers to `key` of `table`, which can't be deleted as long as rows refer to it.
    pub(crate) fn refers(self, column: &'static str, table: &'static str, key: &'static str) -> Self {
        self.foreign_key(column, table, key, ForeignKeyAction::Restrict)
    }

    /// `column` refers to `key` of `table`; the row goes with the one it refers to.
    pub(crate) fn belongs_to(self, column: &'static str, table: &'static str, key: &'static str) -> Self {
        self.foreign_key(column, table, key, ForeignKeyAction::Cascade)
    }

    fn foreign_key(
        mut self,
        column: &'static str,
        table: &'static str,
        key: &'static str,
        on_delete: ForeignKeyAction,
    ) -> Self {
        let name = self.named("fk", &[column]);
        let mut foreign_key = ForeignKey::create();
        foreign_key.name(name).from(self.name, column).to(table, key).on_delete(on_delete);
        self.create.foreign_key(&mut foreign_key);
        self
    }

    /// `created_at`, for rows that never change.
    pub(crate) fn created(self) -> Self {
        self.column(timestamp_with_time_zone("created_at"))
    }

    /// `created_at` and `updated_at`.
    pub(crate) fn timestamps(self) -> Self {
        self.created().column(timestamp_with_time_zone("updated_at"))
    }

    fn named(&self, kind: &str, parts: &[&str]) -> String {
        format!("{kind}_{}_{}", self.name, parts.join("_"))
    }
}

fn index_on(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    for column in columns {
        index.col(*column);
    }
    index
}

/// Makes tables; one that others refer to comes before them.
pub(crate) async fn create(manager: &SchemaManager<'_>, tables: Vec<NewTable>) -> Result<(), DbErr> {
    for table in tables {
        collation::create_table(manager, table.create).await?;
        for index in table.indexes {
            manager.create_index(index).await?;
        }
    }
    Ok(())
}

/// Removes tables, the last first.
pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: Vec<NewTable>) -> Result<(), DbErr> {
    for table in tables.into_iter().rev() {
        manager.drop_table(Table::drop().table(table.name).take()).await?;
    }
    Ok(())
}
