//! Two periods of the scholarship, one open now and one closed, with applicants and their applications.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use rand::RngExt;
use sea_orm::prelude::TextUuid;

use super::{
    accounts::Users,
    files,
    seeder::{Seeder, start},
};
use crate::{
    accounts::{Role, user},
    scholarship::{
        applicant,
        application::{self, row::Status},
        period, upload_type,
    },
};

const UPLOAD_TYPES: [&str; 3] = ["Sertifikat Prestasi", "Surat Rekomendasi", "Surat Keterangan Tidak Mampu"];
const TOWNS: [&str; 6] = ["Bandung", "Semarang", "Medan", "Makassar", "Surabaya", "Padang"];
const OCCUPATIONS: [&str; 7] =
    ["Petani", "Guru", "Wiraswasta", "Buruh Harian", "Pegawai Swasta", "Ibu Rumah Tangga", "Nelayan"];
/// How many of the applicants have filled in a profile; the last have not.
const PROFILES: usize = 9;
const FULL: &str = "Kuota periode ini telah terpenuhi. Silakan mendaftar kembali pada periode berikutnya.";

/// Adds periods, kinds of uploads, profiles, applications and files.
pub(crate) async fn fill(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let open = period(seeder, TimeDelta::zero())?;
    let closed = period(seeder, TimeDelta::days(365))?;
    let periods = (open.id, closed.id);
    seeder.insert::<period::row::Entity>(vec![closed, open]).await?;

    let created_at = seeder.days_ago(400);
    let upload_types = (1..).zip(UPLOAD_TYPES).map(|(position, name)| upload_type::row::Model {
        id: seeder.uuid(created_at),
        name: name.to_owned(),
        position,
        created_at: created_at.into(),
        updated_at: created_at.into(),
    });
    let upload_types: Vec<_> = upload_types.collect();
    seeder.insert::<upload_type::row::Entity>(upload_types.clone()).await?;

    let users = users.with(Role::Applicant);
    let mut profiles = vec![documented_profile(seeder, users[0])];
    profiles.extend(users[1..PROFILES].iter().map(|user| profile(seeder, user)));
    seeder.insert::<applicant::row::Entity>(profiles.clone()).await?;

    let applications = applications(seeder, periods, &profiles);
    seeder.insert::<application::row::Entity>(applications).await?;
    files::fill(seeder, &users, &profiles, &upload_types).await
}

/// The period that is open now, or one so long before it. It stays open for two months.
fn period(seeder: &mut Seeder, before: TimeDelta) -> Result<period::row::Model> {
    let today = start(seeder.now, TimeDelta::days(1))? - before;
    let created_at = today - TimeDelta::days(37) + TimeDelta::hours(9);
    let day = |days| today + TimeDelta::days(days);
    Ok(period::row::Model {
        id: seeder.uuid(created_at),
        year: today.year().to_string(),
        registration_opens_at: day(-20).into(),
        registration_closes_at: (day(60) - TimeDelta::seconds(1)).into(),
        starts_at: (day(105) + TimeDelta::hours(12)).into(),
        ends_at: (day(440) + TimeDelta::hours(12)).into(),
        created_at: created_at.into(),
        updated_at: created_at.into(),
    })
}

/// The profile that the documentation shows.
fn documented_profile(seeder: &mut Seeder, user: &user::row::Model) -> applicant::row::Model {
    let created_at = user.created_at + TimeDelta::minutes(70);
    applicant::row::Model {
        id: seeder.uuid(*created_at),
        user_id: user.id,
        birth_place: "Jakarta".to_owned(),
        birth_date: NaiveDate::from_ymd_opt(2005, 5, 15).unwrap_or_default().into(),
        father_name: "Budi Santoso".to_owned(),
        father_occupation: "Wiraswasta".to_owned(),
        mother_name: "Siti Aminah".to_owned(),
        mother_occupation: "Guru".to_owned(),
        parents_income: 5_000_000,
        address: "Jl. Merdeka No. 123, Jakarta Selatan".to_owned(),
        created_at,
        updated_at: created_at,
    }
}

fn profile(seeder: &mut Seeder, user: &user::row::Model) -> applicant::row::Model {
    let created_at = user.created_at + TimeDelta::minutes(seeder.rng.random_range(20..3_000));
    let town = seeder.pick(&TOWNS);
    applicant::row::Model {
        id: seeder.uuid(*created_at),
        user_id: user.id,
        birth_place: town.to_owned(),
        birth_date: NaiveDate::from_yo_opt(seeder.rng.random_range(2007..2013), seeder.rng.random_range(1..=365))
            .unwrap_or_default()
            .into(),
        father_name: seeder.person().name,
        father_occupation: seeder.pick(&OCCUPATIONS).to_owned(),
        mother_name: seeder.person().name,
        mother_occupation: seeder.pick(&OCCUPATIONS).to_owned(),
        parents_income: seeder.rng.random_range(6..40) * 250_000,
        address: format!("Jl. Pahlawan No. {}, {town}", seeder.rng.random_range(1..200)),
        created_at,
        updated_at: created_at,
    }
}

/// The documented applicant was refused last time and can still apply for the open period.
fn applications(
    seeder: &mut Seeder,
    (open, closed): (TextUuid, TextUuid),
    profiles: &[applicant::row::Model],
) -> Vec<application::row::Model> {
    let last_year = [Status::Rejected, Status::Accepted, Status::Accepted, Status::Rejected];
    let this_year =
        [Status::Submitted, Status::Submitted, Status::Pending, Status::Accepted, Status::Rejected, Status::Submitted];
    let last_year = (370..).step_by(3).zip(last_year).zip(profiles).map(|row| (closed, row));
    let this_year = (2..).step_by(3).zip(this_year).zip(&profiles[2..]).map(|row| (open, row));
    let row = |(period_id, ((days, status), applicant)): (TextUuid, ((i64, Status), &applicant::row::Model))| {
        let created_at = seeder.days_ago(days);
        application(seeder, period_id, applicant.id, status, created_at)
    };
    last_year.chain(this_year).map(row).collect()
}

fn application(
    seeder: &mut Seeder,
    period_id: TextUuid,
    applicant_id: TextUuid,
    status: Status,
    created_at: DateTime<Utc>,
) -> application::row::Model {
    let decided = if status == Status::Submitted { TimeDelta::zero() } else { TimeDelta::hours(18) };
    application::row::Model {
        id: seeder.uuid(created_at),
        period_id,
        applicant_id,
        status,
        decision_note: (status == Status::Rejected).then(|| FULL.to_owned()),
        created_at: created_at.into(),
        updated_at: (created_at + decided).into(),
    }
}
