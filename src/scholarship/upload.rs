//! What both kinds of upload have in common: the file is looked at, stored, then entered in a row.

use chrono::{DateTime, Utc};
use gerbang_kernel::clock::Clock;
use gerbang_kernel::error::{CustomRule, Error, ErrorCode, Result, Rule};
use gerbang_platform::files::{FileType, Upload};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect, prelude::TextUuid,
};
use tracing::Instrument;

use crate::{domain::Domain, input::validate::Violations, scholarship::applicant, scope::Scoped, viewer::Viewer};

/// An applicant has [`MAX_FILES`] at most.
const TOO_MANY_FILES: Rule = Rule::Custom(&CustomRule {
    name: "TOO_MANY_FILES",
    english: "You have as many files as you may have.",
    indonesian: "Jumlah berkas sudah mencapai batas.",
});

/// Files of either kind that one applicant may have, so that a list of them stays a list that fits one page.
const MAX_FILES: u64 = 100;
/// Characters that a name gives to a path.
const MAX_SLUG_LENGTH: usize = 60;

/// Looks at a file; what is wrong with it is noted at `input.file`.
///
/// # Errors
/// `PAYLOAD_TOO_LARGE` beyond the limit of the settings.
pub(crate) async fn inspect(
    domain: &Domain,
    file: std::fs::File,
    violations: &mut Violations,
) -> Result<Option<(Upload, FileType)>> {
    let upload = Upload::inspect(file).await?;
    let max = domain.config.limits.file_bytes;
    if upload.size > max {
        let message = format!("The file is larger than {max} bytes.");
        return Err(Error::new(ErrorCode::PayloadTooLarge, message));
    }
    match upload.kind {
        _ if upload.size == 0 => violations.add("input.file", Rule::File),
        None => violations.add("input.file", Rule::FileType(FileType::EXTENSIONS)),
        Some(kind) => return Ok(Some((upload, kind))),
    }
    Ok(None)
}

/// A new path below `folder`; nothing of it is the client's but letters and digits of `name`.
pub(crate) fn new_path(folder: &str, owner: TextUuid, name: &str, now: DateTime<Utc>, kind: FileType) -> String {
    let mut slug = slug::slugify(name).replace('-', "_");
    slug.truncate(MAX_SLUG_LENGTH);
    let slug = if slug.is_empty() { "file" } else { &slug };
    let (day, unique, extension) = (now.format("%Y%m%d"), rand::random::<u64>(), kind.extension());
    format!("{folder}/{owner}/{slug}_{day}_{unique:016x}.{extension}")
}

/// An upload that is stored together with the row that refers to it.
pub(crate) struct StoredUpload<E: EntityTrait> {
    /// Where the file goes.
    pub(crate) path: String,
    /// The file.
    pub(crate) upload: Upload,
    /// The row.
    pub(crate) row: E::ActiveModel,
    /// Whose it is, and the column that says so.
    pub(crate) applicant: (E::Column, TextUuid),
    /// What a row that the database refuses means.
    pub(crate) refused: fn(DbErr) -> Error,
}

impl<E> StoredUpload<E>
where
    E: Scoped<Model: IntoActiveModel<E::ActiveModel>, ActiveModel: ActiveModelBehavior + Send>,
{
    /// Stores the file, then the row; takes the file away again if the row is refused.
    ///
    /// It runs to its end even if the caller goes away in between, so no file is left without a row.
    pub(crate) async fn store(self, domain: &Domain, viewer: &Viewer) -> Result<E::Model> {
        let (domain, viewer) = (domain.clone(), viewer.clone());
        let work = async move {
            let Self { path, upload, row, applicant, refused } = self;
            domain.files.put(&path, upload).await?;
            let inserted = async {
                let transaction = domain.db.begin().await?;
                bound::<E>(&transaction, &viewer, applicant).await?;
                let row = row.insert(&transaction).await.map_err(refused)?;
                Ok::<_, Error>((transaction, row))
            };
            match inserted.await {
                // Whether a commit that fails had an effect is not known: rather a file too many than one missing.
                Ok((transaction, row)) => {
                    transaction.commit().await?;
                    Ok(row)
                }
                Err(error) => {
                    if let Err(left) = domain.files.delete(&path).await {
                        tracing::warn!(path, cause = ?left.cause(), "a file without a row could not be removed");
                    }
                    Err(error)
                }
            }
        };
        let clock = Clock::current();
        tokio::spawn(async move { clock.scope(work).await }.in_current_span()).await?
    }
}

/// Makes sure that the applicant may have one more file; others of theirs wait for the transaction.
async fn bound<E: Scoped>(
    transaction: &DatabaseTransaction,
    viewer: &Viewer,
    (column, applicant_id): (E::Column, TextUuid),
) -> Result<()> {
    let profile = applicant::row::Entity::visible_to(viewer).filter(applicant::row::Column::Id.eq(applicant_id));
    profile.lock_exclusive().one(transaction).await?;
    let files = E::visible_to(viewer).filter(column.eq(applicant_id)).count(transaction).await?;
    if files < MAX_FILES { Ok(()) } else { Err(Error::violation("input.file", TOO_MANY_FILES)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_hold_nothing_of_the_client_but_letters_and_digits() {
        let owner = TextUuid::from(uuid::Uuid::nil());
        let now = "2025-08-15T14:25:10Z".parse().unwrap();
        let folder = format!("documents/{owner}/");
        for (name, slug) in [
            ("Kartu Keluarga", "kartu_keluarga"),
            ("../../etc/passwd", "etc_passwd"),
            ("a\\b:c?d#e%2e%2e/", "a_b_c_d_e_2e_2e"),
            ("//", "file"),
            (&"x".repeat(255), &"x".repeat(60)),
        ] {
            let path = new_path("documents", owner, name, now, FileType::Pdf);
            let rest = path.strip_prefix(&folder).unwrap();
            let unique = rest.strip_prefix(&format!("{slug}_20250815_")).unwrap().strip_suffix(".pdf").unwrap();
            assert!(unique.len() == 16 && unique.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}");
        }
    }
}
