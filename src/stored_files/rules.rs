//! Stored files as they are fetched: who may have which.

use gerbang_kernel::{
    error::{Error, Result},
    text::UNSTORABLE,
};
use sea_orm::{ColumnTrait, QueryFilter};

use crate::{
    content::testimonial,
    domain::Domain,
    scholarship::{additional_upload, document},
    scope::Scoped,
    stored_files::signed_link::{self, OpenFile, Signature},
    viewer::Viewer,
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
    let (content_type, public) = find(domain, viewer, path, linked).await?.ok_or_else(not_found)?;
    let file = domain.files.get(path).await?.ok_or_else(not_found)?;
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(OpenFile { content_type, name, etag: None, public, file })
}

/// Media type of the file at `path` and whether it is everybody's, from the row that refers to it.
async fn find(domain: &Domain, viewer: &Viewer, path: &str, linked: bool) -> Result<Option<(String, bool)>> {
    let db = domain.db.read();
    Ok(match path.split('/').next() {
        Some("documents") => {
            let rows =
                if linked { document::row::Entity::linked() } else { document::row::Entity::fetchable_by(viewer) };
            let row = rows.filter(document::row::Column::FilePath.eq(path)).one(db).await?;
            row.map(|row| (row.content_type, row.published))
        }
        Some("additional_documents") => {
            let rows = if linked {
                additional_upload::row::Entity::linked()
            } else {
                additional_upload::row::Entity::visible_to(viewer)
            };
            let row = rows.filter(additional_upload::row::Column::FilePath.eq(path)).one(db).await?;
            row.map(|row| (row.content_type, false))
        }
        Some("testimonials") => {
            let rows = testimonial::row::Entity::visible_to(viewer);
            let row = rows.filter(testimonial::row::Column::PhotoPath.eq(path)).one(db).await?;
            row.map(|row| (image_type(&row.photo_path).to_owned(), true))
        }
        _ => None,
    })
}

/// Photos are named after what they are.
fn image_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "png")) => "image/png",
        _ => "image/jpeg",
    }
}
