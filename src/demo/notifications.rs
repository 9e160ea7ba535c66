//! Notifications of the scholarship to its applicants.

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use rand::RngExt;

use super::{accounts::Users, seeder::Seeder};
use crate::{
    accounts::{Role, user},
    notifications,
};

/// Of the documented applicant; the newest are not read yet.
const COUNT: i64 = 20;
const UNREAD: i64 = 8;

const NOTIFICATIONS: [(&str, &str); 6] = [
    ("Dokumen Diterima", "Dokumen Kartu Keluarga Anda telah diterima dan diverifikasi."),
    ("Status Aplikasi Diperbarui", "Status aplikasi beasiswa Anda telah diperbarui menjadi 'pending'."),
    ("Dokumen Ditolak", "Dokumen Rapor Anda ditolak: halaman pertama tidak terbaca. Silakan unggah kembali."),
    ("Pendaftaran Dibuka", "Pendaftaran beasiswa periode baru telah dibuka."),
    ("Dokumen Diterima", "Dokumen Rapor Anda telah diterima dan diverifikasi."),
    ("Pengumuman", "Jadwal wawancara akan diumumkan melalui notifikasi ini."),
];

/// Adds the notifications of the last weeks, the oldest first.
pub(crate) async fn fill(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let applicants = users.with(Role::Applicant);
    let mut rows = Vec::new();
    for left in (0..COUNT).rev() {
        let at = seeder.now - TimeDelta::hours(60 * left + 1) - TimeDelta::minutes(seeder.rng.random_range(0..1_440));
        rows.push(notification(seeder, applicants[0], at, left >= UNREAD));
    }
    for &other in &applicants[1..4] {
        let at = seeder.days_ago(5);
        rows.push(notification(seeder, other, at, false));
    }
    seeder.insert::<notifications::row::Entity>(rows).await
}

fn notification(
    seeder: &mut Seeder,
    user: &user::row::Model,
    at: DateTime<Utc>,
    read: bool,
) -> notifications::row::Model {
    let (title, message) = seeder.pick(&NOTIFICATIONS);
    let read_at = read.then(|| at + TimeDelta::minutes(seeder.rng.random_range(5..1_200)));
    notifications::row::Model {
        id: seeder.uuid(at),
        user_id: user.id,
        title: title.to_owned(),
        message: message.to_owned(),
        read_at: read_at.map(Into::into),
        created_at: at.into(),
        updated_at: read_at.unwrap_or(at).into(),
    }
}
