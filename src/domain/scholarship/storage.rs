//! Stored files as they are fetched: who may have which, and links that open one for a short time.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{ColumnTrait, QueryFilter};
use sha2::Sha256;

use crate::{
    config::JwtKey,
    domain::{Domain, Viewer},
    entity::{
        Scoped,
        content::testimonial,
        scholarship::{additional_upload, document},
    },
    error::{Error, Result},
    platform::files::StoredFile,
};

/// How long a signed link works.
const LINK_MINUTES: i64 = 10;
/// Sets the key of links apart from the key of tokens that it is made from.
const PURPOSE: &[u8] = b"gerbang: links to stored files";

/// What a signed link carries beside the path.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Until when it works, in Unix seconds.
    pub expires: i64,
    /// HMAC-SHA-256 of path and time, in hexadecimal digits.
    pub signature: String,
}

/// A file that may be fetched.
pub struct OpenFile {
    /// Its media type.
    pub content_type: String,
    /// Whether it is everybody's.
    pub public: bool,
    /// Size and bytes.
    pub file: StoredFile,
}

/// The link to a stored file: signed and short-lived for a private one.
pub fn link(domain: &Domain, path: &str, public: bool) -> Result<String> {
    let url = format!("{}/storage/{path}", domain.config.server.public_url);
    if public {
        return Ok(url);
    }
    let expires = (domain.clock.now() + TimeDelta::minutes(LINK_MINUTES)).timestamp();
    let key = domain.config.auth.jwt_keys.first().ok_or_else(|| Error::internal("there is no key to sign with"))?;
    let signature = hex::encode(signed(key, path, expires)?.finalize().into_bytes());
    Ok(format!("{url}?expires={expires}&signature={signature}"))
}

/// Whether this signature opens `path` now. The comparison takes the same time wherever they differ.
fn opens(keys: &[JwtKey], path: &str, Signature { expires, signature }: &Signature, now: DateTime<Utc>) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    let matches = |key| signed(key, path, *expires).is_ok_and(|mac| mac.verify_slice(&signature).is_ok());
    now.timestamp() <= *expires && keys.iter().any(matches)
}

fn signed(key: &JwtKey, path: &str, expires: i64) -> Result<Hmac<Sha256>> {
    let key = mac(key.secret.expose().as_bytes(), &[PURPOSE])?.finalize().into_bytes();
    mac(&key, &[path.as_bytes(), b"\n", expires.to_string().as_bytes()])
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    Ok(parts.iter().fold(mac, Mac::chain_update))
}

/// The file at `path`: published documents and photos of testimonials for everybody, other files for their
/// applicant, for admins and for whoever holds a link that still works.
///
/// # Errors
/// `NOT_FOUND` if there is none, or not for the viewer.
pub async fn open(domain: &Domain, viewer: &Viewer, path: &str, signature: Option<&Signature>) -> Result<OpenFile> {
    let not_found = || Error::not_found("File");
    if path.contains('\0') {
        // PostgreSQL can't even be asked for such a text.
        return Err(not_found());
    }
    let keys = &domain.config.auth.jwt_keys;
    let linked = signature.is_some_and(|signature| opens(keys, path, signature, domain.clock.now()));
    let (content_type, public) = find(domain, viewer, path, linked).await?.ok_or_else(not_found)?;
    let file = domain.files.get(path).await?.ok_or_else(not_found)?;
    Ok(OpenFile { content_type, public, file })
}

/// Media type of the file at `path` and whether it is everybody's, from the row that refers to it.
async fn find(domain: &Domain, viewer: &Viewer, path: &str, linked: bool) -> Result<Option<(String, bool)>> {
    let db = domain.db.read();
    Ok(match path.split('/').next() {
        Some("documents") => {
            let rows = if linked { document::Entity::linked() } else { document::Entity::fetchable_by(viewer) };
            let row = rows.filter(document::Column::FilePath.eq(path)).one(db).await?;
            row.map(|row| (row.content_type, row.published))
        }
        Some("additional_documents") => {
            let rows = if linked {
                additional_upload::Entity::linked()
            } else {
                additional_upload::Entity::visible_to(viewer)
            };
            let row = rows.filter(additional_upload::Column::FilePath.eq(path)).one(db).await?;
            row.map(|row| (row.content_type, false))
        }
        Some("testimonials") => {
            let rows = testimonial::Entity::visible_to(viewer);
            let row = rows.filter(testimonial::Column::PhotoPath.eq(path)).one(db).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    fn key(secret: &str) -> JwtKey {
        JwtKey { kid: "test".to_owned(), secret: Secret::new(secret) }
    }

    #[test]
    fn a_link_opens_its_own_path_until_it_expires_whatever_key_signs_by_now() {
        let (old, new) = (key("the key of last year, 32 bytes.."), key("the key of this year, 32 bytes.."));
        let now = "2026-02-03T04:05:06Z".parse::<DateTime<Utc>>().unwrap();
        let expires = now.timestamp() + 600;
        let signature = hex::encode(signed(&old, "documents/a.pdf", expires).unwrap().finalize().into_bytes());
        let link = Signature { expires, signature };
        let keys = [new.clone(), old];
        assert!(opens(&keys, "documents/a.pdf", &link, now));
        assert!(opens(&keys, "documents/a.pdf", &link, now + TimeDelta::minutes(10)));
        assert!(!opens(&keys, "documents/a.pdf", &link, now + TimeDelta::seconds(601)));
        assert!(!opens(&keys, "documents/b.pdf", &link, now));
        assert!(!opens(&[new], "documents/a.pdf", &link, now));
        let longer = Signature { expires: expires + 1, ..link.clone() };
        assert!(!opens(&keys, "documents/a.pdf", &longer, now));
        for wrong in ["", "00", "not hexadecimal", &link.signature[2..]] {
            let wrong = Signature { signature: wrong.to_owned(), ..link };
            assert!(!opens(&keys, "documents/a.pdf", &wrong, now));
        }
    }
}
