//! What both kinds of upload have in common: the file is looked at, stored, then entered in a row.

use gerbang_kernel::clock::Clock;
use gerbang_platform::files::{FileType, Upload};
use sea_orm::{ActiveModelBehavior, DatabaseTransaction, DbErr, PaginatorTrait, prelude::TextUuid};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    prelude::rules::*,
    scholarship::applicant::{
        self,
        rules::{find_actor, require_applicant},
    },
    stored_files::owner::OwnsFile,
};

gerbang_kernel::custom_rule! {
    /// An applicant has [`MAX_FILES`] at most.
    TOO_MANY_FILES: "You have as many files as you may have.", "Jumlah berkas sudah mencapai batas."
}

/// Files of either kind that one applicant may have, so that a list of them stays a list that fits one page.
const MAX_FILES: u64 = 100;
/// Characters that a name gives to a path.
const MAX_SLUG_LENGTH: usize = 60;

/// Looks at a file; what is wrong with it is noted at `input.file`.
async fn inspect(
    domain: &Domain,
    file: std::fs::File,
    violations: &mut Violations,
) -> Result<Option<(Upload, FileType)>> {
    let upload = Upload::inspect(file).await?;
    let max = domain.config.limits.file_bytes;
    match upload.kind {
        _ if upload.size > max => violations.add("input.file", Rule::FileSize(max / 1_024)),
        _ if upload.size == 0 => violations.add("input.file", Rule::File),
        None => violations.add("input.file", Rule::FileType(FileType::EXTENSIONS)),
        Some(kind) => return Ok(Some((upload, kind))),
    }
    Ok(None)
}

/// A new path below `folder`; nothing of it is the client's but letters and digits of `name`.
fn new_path(folder: &str, owner: TextUuid, name: &str, now: DateTime<Utc>, kind: FileType) -> String {
    let mut slug = slug::slugify(name).replace('-', "_");
    slug.truncate(MAX_SLUG_LENGTH);
    let slug = if slug.is_empty() { "file" } else { &slug };
    let (day, unique, extension) = (now.format("%Y%m%d"), rand::random::<u64>(), kind.extension());
    format!("{folder}/{owner}/{slug}_{day}_{unique:016x}.{extension}")
}

/// A table of files that applicants hand in.
pub(crate) trait HandedIn:
    OwnsFile<Key = TextUuid, Model: IntoActiveModel<Self::ActiveModel>, ActiveModel: ActiveModelBehavior + Send>
{
    /// Whose file it is.
    const APPLICANT: Self::Column;
    /// Its media type.
    const CONTENT_TYPE: Self::Column;
    /// Its size.
    const SIZE: Self::Column;

    /// What a row that the database refuses means.
    fn refused(error: DbErr) -> Error {
        error.into()
    }
}

/// A file that may be stored.
pub(crate) struct Incoming {
    applicant_id: TextUuid,
    /// The folder that the applicant's files stand in.
    owner: TextUuid,
    upload: Upload,
    kind: FileType,
}

impl Incoming {
    /// Looks at a file that an applicant hands in; they must have the profile that is `named`, if one is.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with what was `found` before, `PROFILE_REQUIRED` at `input.applicant`.
    pub(crate) async fn receive(
        domain: &Domain,
        viewer: &Viewer,
        named: Option<&IdOf<applicant::row::Entity>>,
        found: Violations,
        file: std::fs::File,
    ) -> Result<Self> {
        let owner = require_applicant(viewer)?.uuid;
        let mut violations = Violations::new();
        let profile = find_actor(domain, viewer, named, &mut violations).await?;
        violations.extend(found.into_inner());
        let upload = inspect(domain, file, &mut violations).await?;
        violations.finish()?;
        // Without one of them there is a violation.
        let (Some(profile), Some((upload, kind))) = (profile, upload) else {
            return Err(Error::not_found("Applicant"));
        };
        Ok(Self { applicant_id: profile.id, owner, upload, kind })
    }

    /// Stores the file, called after `name`, then the row; takes the file away again if the row is refused.
    ///
    /// It runs to its end even if the caller goes away in between, so no file is left without a row.
    pub(crate) async fn store<E: HandedIn>(
        self,
        domain: &Domain,
        viewer: &Viewer,
        name: &str,
        mut row: E::ActiveModel,
    ) -> Result<E::Model> {
        let Self { applicant_id, owner, upload, kind } = self;
        let path = new_path(E::FOLDER, owner, name, domain.clock.now(), kind);
        row.set(E::KEY, TextUuid::from(Uuid::now_v7()).into());
        row.set(E::APPLICANT, applicant_id.into());
        row.set(E::PATH, path.as_str().into());
        row.set(E::CONTENT_TYPE, kind.content_type().into());
        row.set(E::SIZE, upload.size.cast_signed().into());
        let (domain, viewer) = (domain.clone(), viewer.clone());
        let work = async move {
            domain.files.put(&path, upload).await?;
            let inserted = async {
                let transaction = domain.db.begin().await?;
                bound::<E>(&transaction, &viewer, applicant_id).await?;
                let row = row.insert(&transaction).await.map_err(E::refused)?;
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
async fn bound<E: HandedIn>(transaction: &DatabaseTransaction, viewer: &Viewer, applicant_id: TextUuid) -> Result<()> {
    IdOf::<applicant::row::Entity>::new(applicant_id).find_for_update(transaction, viewer).await?;
    let files = E::visible_to(viewer).filter(E::APPLICANT.eq(applicant_id)).count(transaction).await?;
    if files < MAX_FILES { Ok(()) } else { Err(Error::violation("input.file", TOO_MANY_FILES)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_hold_nothing_of_the_client_but_letters_and_digits() {
        let owner = TextUuid::from(Uuid::nil());
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
