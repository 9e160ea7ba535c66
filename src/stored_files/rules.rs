//! Stored files as they are fetched: who may have which.

use gerbang_kernel::text::UNSTORABLE;

use super::{
    owner::{FileFacts, OwnsFile},
    signed_link::{self, OpenFile, Signature},
};
use crate::{
    content::testimonial,
    prelude::rules::*,
    scholarship::{additional_upload, document},
};

/// The file at `path`: published documents and photos of testimonials for everybody, other files for their
/// applicant, for admins and for whoever holds a link that still works.
///
/// # Errors
/// `NOT_FOUND` if there is none, or not for the viewer.
pub async fn open(domain: &Domain, viewer: &Viewer, path: &str, signature: Option<&Signature>) -> Result<OpenFile> {
    let not_found = || Error::not_found("File");
    if path.contains(UNSTORABLE) {
        // PostgreSQL can't even be asked for such a text.
        return Err(not_found());
    }
    let linked = signed_link::opens(domain, path, signature);
    let FileFacts { content_type, public } = find(domain, viewer, path, linked).await?.ok_or_else(not_found)?;
    let file = domain.files.get(path).await?.ok_or_else(not_found)?;
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(OpenFile { content_type, name, etag: None, public, file })
}

/// What is said of the file at `path`, by the row that refers to it.
async fn find(domain: &Domain, viewer: &Viewer, path: &str, linked: bool) -> Result<Option<FileFacts>> {
    let folder = path.split('/').next().unwrap_or_default();
    match folder {
        document::row::Entity::FOLDER => find_among::<document::row::Entity>(domain, viewer, path, linked).await,
        additional_upload::row::Entity::FOLDER => {
            find_among::<additional_upload::row::Entity>(domain, viewer, path, linked).await
        }
        testimonial::row::Entity::FOLDER => find_among::<testimonial::row::Entity>(domain, viewer, path, linked).await,
        _ => Ok(None),
    }
}

async fn find_among<E: OwnsFile>(
    domain: &Domain,
    viewer: &Viewer,
    path: &str,
    linked: bool,
) -> Result<Option<FileFacts>> {
    let rows = if linked { E::linked() } else { E::fetchable_by(viewer) };
    Ok(rows.filter(E::PATH.eq(path)).one(domain.db.read()).await?.map(|row| E::file(&row)))
}
