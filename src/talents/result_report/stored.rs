//! Reports as files of `/storage`: made when they are fetched, by the same rules as through the schema.

use gerbang_kernel::messages::Language;
use gerbang_platform::{files::StoredFile, query::by_position::ColumnSet, typesetting::Format};
use sea_orm::Select;

use super::{
    document::{Document, document},
    reports::ReportKind,
    subject::Subject,
};
use crate::{
    prelude::rules::*,
    stored_files::signed_link::{self, OpenFile, Signature},
    talents::{assessment, client, partner},
};

/// The folder that reports stand in, as far as links are concerned.
const FOLDER: &str = "reports/";

/// Such as `reports/17/full-id.pdf`.
fn path(client_id: i64, kind: ReportKind, language: Language) -> String {
    let version = if kind == ReportKind::Short { "short" } else { "full" };
    let language = match language {
        Language::Indonesian => "id",
        Language::English => "en",
    };
    format!("{FOLDER}{client_id}/{version}-{language}.pdf")
}

/// Where a report can be fetched for ten minutes, without a token.
pub fn link(domain: &Domain, client_id: i64, kind: ReportKind, language: Language) -> Result<String> {
    signed_link::link(domain, &path(client_id, kind, language), false)
}

/// What such a path leads to; only the very text that [`path`] makes leads anywhere.
fn parse(wanted: &str) -> Option<(i64, ReportKind, Language)> {
    let client_id = wanted.strip_prefix(FOLDER)?.split_once('/')?.0.parse().ok()?;
    let kinds = [ReportKind::Full, ReportKind::Short];
    let all = kinds.into_iter().flat_map(|kind| [(kind, Language::Indonesian), (kind, Language::English)]);
    let (kind, language) = all.into_iter().find(|(kind, language)| path(client_id, *kind, *language) == wanted)?;
    Some((client_id, kind, language))
}

/// The report at `path`, if it is the path of one: for those who see the client, and for whoever holds a link
/// that still works. `None` if the path belongs to others.
///
/// # Errors
/// `NOT_FOUND` if there is no such report, or not for the viewer; `UNAVAILABLE` when too many wait.
pub async fn open(
    domain: &Domain,
    viewer: &Viewer,
    path: &str,
    signature: Option<&Signature>,
) -> Result<Option<OpenFile>> {
    if !path.starts_with(FOLDER) {
        return Ok(None);
    }
    let not_found = || Error::not_found("File");
    let (client_id, kind, language) = parse(path).ok_or_else(not_found)?;
    let linked = signed_link::opens(domain, path, signature);
    let db = domain.db.read();
    let clients = if linked { client::row::Entity::linked() } else { client::row::Entity::visible_to(viewer) };
    let client = by_id(clients, client::row::Column::Id, client_id).one(db).await?.ok_or_else(not_found)?;
    let found = if linked {
        assessment::rules::linked_assessment_of(domain, client_id).await?
    } else {
        assessment::rules::assessments_of(domain, viewer, &[client_id], true, ColumnSet::ALL).await?.remove(&client_id)
    };
    let assessment = found.ok_or_else(not_found)?;
    let partners = if linked { partner::row::Entity::linked() } else { partner::row::Entity::visible_to(viewer) };
    let partner = by_id(partners, partner::row::Column::Id, client.partner_id).one(db).await?.ok_or_else(not_found)?;
    let subject = Subject { client: &client, partner: &partner, assessment: &assessment };
    let Document { content, content_type, filename, etag } =
        document(domain, subject, kind, language, Format::Pdf).await?;
    Ok(Some(OpenFile {
        content_type: content_type.to_owned(),
        name: filename,
        etag: Some(etag),
        public: false,
        file: StoredFile::from(content),
    }))
}

fn by_id<E: EntityTrait>(rows: Select<E>, column: E::Column, id: i64) -> Select<E> {
    rows.filter(column.eq(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_is_written_and_in_no_other_way() {
        for (kind, language) in [(ReportKind::Full, Language::English), (ReportKind::Short, Language::Indonesian)] {
            assert_eq!(parse(&path(17, kind, language)), Some((17, kind, language)));
        }
        for wrong in ["reports/17/full-id.png", "reports/017/full-id.pdf", "reports/+17/full-id.pdf", "reports/17"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
