//! Notifications to applicants about decisions, worded as the legacy document words them.

use sea_orm::{ActiveEnum, DatabaseTransaction, prelude::TextUuid};

use crate::{
    events::Event,
    notifications::rules::notify,
    prelude::rules::*,
    scholarship::{
        applicant,
        application::row::Model as Application,
        document::row::{Model as Document, ReviewStatus},
    },
};

/// The title and text of a notification.
pub(crate) struct DecisionMessage {
    title: &'static str,
    message: String,
}

impl DecisionMessage {
    /// About a document that was reviewed.
    pub(crate) fn document(document: &Document) -> Self {
        let name = &document.name;
        let (title, message) = match document.review_status {
            ReviewStatus::Accepted => {
                ("Dokumen Diterima", format!("Dokumen {name} Anda telah diterima dan diverifikasi."))
            }
            ReviewStatus::Rejected => ("Dokumen Ditolak", format!("Dokumen {name} Anda ditolak.")),
            ReviewStatus::Pending => ("Dokumen Ditinjau", format!("Dokumen {name} Anda sedang ditinjau.")),
        };
        Self { title, message: with_note(message, document.review_note.as_deref()) }
    }

    /// About an application that was decided on.
    pub(crate) fn application(application: &Application) -> Self {
        let status = application.status.to_value();
        let message = format!("Status aplikasi beasiswa Anda telah diperbarui menjadi '{status}'.");
        Self { title: "Status Aplikasi Diperbarui", message: with_note(message, application.decision_note.as_deref()) }
    }

    /// Writes it for the user whose profile this is. Publish the event after the commit.
    pub(crate) async fn write(
        self,
        domain: &Domain,
        transaction: &DatabaseTransaction,
        viewer: &Viewer,
        applicant_id: TextUuid,
    ) -> Result<Event> {
        let profile = applicant::row::Entity::visible_to(viewer).filter(applicant::row::Column::Id.eq(applicant_id));
        let profile = profile.one(transaction).await?.ok_or_else(|| Error::not_found("Applicant"))?;
        notify(domain, transaction, profile.user_id, self.title, self.message).await
    }
}

fn with_note(message: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("{message} Catatan: {note}"),
        None => message,
    }
}
