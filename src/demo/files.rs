//! The files that applicants have handed in; each is really there.

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;

use super::seeder::{Seeder, Stored};
use crate::{
    accounts::user,
    scholarship::{
        additional_upload, applicant,
        document::{self, row::ReviewStatus},
        upload_type,
    },
};

const FAMILY_CARD: &[u8] = include_bytes!("files/kartu_keluarga.pdf");
const SCHOOL_REPORT: &[u8] = include_bytes!("files/rapor.pdf");
const CERTIFICATE: &[u8] = include_bytes!("files/sertifikat.png");

/// Adds documents of the first applicants, and an additional upload of the very first.
pub(crate) async fn fill(
    seeder: &mut Seeder,
    users: &[&user::row::Model],
    profiles: &[applicant::row::Model],
    upload_types: &[upload_type::row::Model],
) -> Result<()> {
    let mut documents = Vec::new();
    for (user, profile) in users.iter().zip(profiles).take(3) {
        let at = profile.created_at + TimeDelta::hours(2);
        let path = path(seeder, "documents", user, "kartu_keluarga", *at, "pdf");
        let stored = seeder.store(&path, FAMILY_CARD).await?;
        let mut family_card = document(seeder, profile, "Kartu Keluarga", path, &stored, *at);
        family_card.description = Some("Kartu Keluarga terbaru".to_owned());
        family_card.review_status = ReviewStatus::Accepted;
        family_card.updated_at = at + TimeDelta::days(1);
        documents.push(family_card);
    }
    let (user, profile) = (users[0], &profiles[0]);
    let at = profile.created_at + TimeDelta::hours(3);
    let report = path(seeder, "documents", user, "rapor_semester1", *at, "pdf");
    let stored = seeder.store(&report, SCHOOL_REPORT).await?;
    let mut report = document(seeder, profile, "Rapor", report, &stored, *at);
    report.description = Some("Rapor semester 1".to_owned());
    report.published = true;
    documents.push(report);
    seeder.insert::<document::row::Entity>(documents).await?;

    let certificate = path(seeder, "additional_documents", user, "certificate", *at, "png");
    let stored = seeder.store(&certificate, CERTIFICATE).await?;
    let upload = additional_upload::row::Model {
        id: seeder.uuid(*at),
        applicant_id: profile.id,
        upload_type_id: upload_types[0].id,
        file_path: certificate,
        content_type: stored.kind.content_type().to_owned(),
        size: stored.size,
        description: Some("Sertifikat penghargaan olimpiade matematika".to_owned()),
        created_at: at,
        updated_at: at,
    };
    seeder.insert::<additional_upload::row::Entity>(vec![upload]).await
}

fn document(
    seeder: &mut Seeder,
    profile: &applicant::row::Model,
    name: &str,
    file_path: String,
    stored: &Stored,
    at: DateTime<Utc>,
) -> document::row::Model {
    document::row::Model {
        id: seeder.uuid(at),
        applicant_id: profile.id,
        name: name.to_owned(),
        file_path,
        content_type: stored.kind.content_type().to_owned(),
        size: stored.size,
        description: None,
        published: false,
        review_status: ReviewStatus::Pending,
        review_note: None,
        created_at: at.into(),
        updated_at: at.into(),
    }
}

/// Such as `documents/{uuid}/kartu_keluarga_20250815_0123456789abcdef.pdf`: nobody can guess it.
fn path(
    seeder: &mut Seeder,
    folder: &str,
    user: &user::row::Model,
    name: &str,
    at: DateTime<Utc>,
    extension: &str,
) -> String {
    format!("{folder}/{}/{name}_{}_{}.{extension}", user.uuid, at.format("%Y%m%d"), seeder.hex::<8>())
}
