//! Periods, applicants, their files and applications.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, date, integer, string_len, text, text_null, timestamp_with_time_zone},
};

use crate::table::{self, NewTable};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, tables()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, tables()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> Vec<NewTable> {
    vec![
        scholarship_periods(),
        applicants(),
        upload_types(),
        documents(),
        additional_uploads(),
        scholarship_applications(),
    ]
}

fn scholarship_periods() -> NewTable {
    NewTable::new("scholarship_periods")
        .uuid()
        .column(string_len("year", 9))
        .column(timestamp_with_time_zone("registration_opens_at"))
        .column(timestamp_with_time_zone("registration_closes_at"))
        .column(timestamp_with_time_zone("starts_at"))
        .column(timestamp_with_time_zone("ends_at"))
        .timestamps()
        .unique(&["year"])
        .check("window", Expr::col("registration_closes_at").gt(Expr::col("registration_opens_at")))
}

fn applicants() -> NewTable {
    NewTable::new("applicants")
        .uuid()
        .column(big_integer("user_id"))
        .column(string_len("birth_place", 255))
        .column(date("birth_date"))
        .column(string_len("father_name", 255))
        .column(string_len("father_occupation", 255))
        .column(string_len("mother_name", 255))
        .column(string_len("mother_occupation", 255))
        .column(big_integer("parents_income"))
        .column(text("address"))
        .timestamps()
        .refers("user_id", "users", "id")
        .unique(&["user_id"])
        .check("parents_income", Expr::col("parents_income").gte(0))
}

fn upload_types() -> NewTable {
    NewTable::new("upload_types")
        .uuid()
        .column(string_len("name", 255))
        .column(integer("position"))
        .timestamps()
        .unique(&["name"])
}

fn documents() -> NewTable {
    NewTable::new("documents")
        .uuid()
        .column(string_len("applicant_id", 36))
        .column(string_len("name", 255))
        .column(text("file_path"))
        .column(string_len("content_type", 100))
        .column(big_integer("size"))
        .column(text_null("description"))
        .column(boolean("published"))
        .word("review_status", &["pending", "accepted", "rejected"])
        .column(text_null("review_note"))
        .timestamps()
        .refers("applicant_id", "applicants", "id")
        .unique(&["file_path"])
        .index(&["applicant_id", "created_at"])
}

fn additional_uploads() -> NewTable {
    NewTable::new("additional_uploads")
        .uuid()
        .column(string_len("applicant_id", 36))
        .column(string_len("upload_type_id", 36))
        .column(text("file_path"))
        .column(string_len("content_type", 100))
        .column(big_integer("size"))
        .column(text_null("description"))
        .timestamps()
        .refers("applicant_id", "applicants", "id")
        .refers("upload_type_id", "upload_types", "id")
        .unique(&["file_path"])
        .index(&["applicant_id", "created_at"])
}

fn scholarship_applications() -> NewTable {
    NewTable::new("scholarship_applications")
        .uuid()
        .column(string_len("period_id", 36))
        .column(string_len("applicant_id", 36))
        .word("status", &["submitted", "pending", "accepted", "rejected"])
        .column(text_null("decision_note"))
        .timestamps()
        .refers("period_id", "scholarship_periods", "id")
        .refers("applicant_id", "applicants", "id")
        .unique(&["applicant_id", "period_id"])
        .index(&["status", "created_at"])
}
