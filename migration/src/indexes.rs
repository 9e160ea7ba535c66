//! Indexes in the place of others.

use sea_orm_migration::prelude::*;

/// The columns of an index of a table.
pub(crate) type Columns = (&'static str, &'static [&'static str]);

/// Makes the new ones, and then drops the old.
pub(crate) async fn replace(manager: &SchemaManager<'_>, old: &[Columns], new: &[Columns]) -> Result<(), DbErr> {
    for index in new {
        let (table, columns) = *index;
        let mut create = Index::create();
        create.name(name(index)).table(table);
        for column in columns {
            create.col(*column);
        }
        manager.create_index(create).await?;
    }
    for index in old {
        manager.drop_index(Index::drop().name(name(index)).table(index.0).to_owned()).await?;
    }
    Ok(())
}

fn name((table, columns): &Columns) -> String {
    format!("ix_{table}_{}", columns.join("_"))
}
