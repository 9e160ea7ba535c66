//! Two periods of the scholarship, one open now and one closed, with applicants and their applications.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use rand::RngExt;
use sea_orm::prelude::TextUuid;

use super::{
    accounts::Users,
    files,
    seeds::{Seeds, start},
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
pub(crate) async fn fill(seeds: &mut Seeds, users: &Users) -> Result<()> {
    let open = period(seeds, TimeDelta::zero())?;
    let closed = period(seeds, TimeDelta::days(365))?;
    let periods = (open.id, closed.id);
    seeds.insert::<period::row::Entity>(vec![closed, open]).await?;

    let created_at = seeds.days_ago(400);
    let upload_types = (1..).zip(UPLOAD_TYPES).map(|(position, name)| upload_type::row::Model {
        id: seeds.uuid(created_at),
        name: name.to_owned(),
        position,
        created_at,
        updated_at: created_at,
    });
    let upload_types: Vec<_> = upload_types.collect();
    seeds.insert::<upload_type::row::Entity>(upload_types.clone()).await?;

    let users = users.with(Role::Applicant);
    let mut profiles = vec![documented_profile(seeds, users[0])];
    profiles.extend(users[1..PROFILES].iter().map(|user| profile(seeds, user)));
    seeds.insert::<applicant::row::Entity>(profiles.clone()).await?;

    let applications = applications(seeds, periods, &profiles);
    seeds.insert::<application::row::Entity>(applications).await?;
    files::fill(seeds, &users, &profiles, &upload_types).await
}

/// The period that is open now, or one so long before it. It stays open for two months.
fn period(seeds: &mut Seeds, before: TimeDelta) -> Result<period::row::Model> {
    let today = start(seeds.now, TimeDelta::days(1))? - before;
    let created_at = today - TimeDelta::days(37) + TimeDelta::hours(9);
    let day = |days| today + TimeDelta::days(days);
    Ok(period::row::Model {
        id: seeds.uuid(created_at),
        year: today.year().to_string(),
        registration_opens_at: day(-20),
        registration_closes_at: day(60) - TimeDelta::seconds(1),
        starts_at: day(105) + TimeDelta::hours(12),
        ends_at: day(440) + TimeDelta::hours(12),
        created_at,
        updated_at: created_at,
    })
}

/// The profile that the documentation shows.
fn documented_profile(seeds: &mut Seeds, user: &user::row::Model) -> applicant::row::Model {
    let created_at = user.created_at + TimeDelta::minutes(70);
    applicant::row::Model {
        id: seeds.uuid(created_at),
        user_id: user.id,
        birth_place: "Jakarta".to_owned(),
        birth_date: NaiveDate::from_ymd_opt(2005, 5, 15).unwrap_or_default(),
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

fn profile(seeds: &mut Seeds, user: &user::row::Model) -> applicant::row::Model {
    let created_at = user.created_at + TimeDelta::minutes(seeds.rng.random_range(20..3_000));
    let town = seeds.pick(&TOWNS);
    applicant::row::Model {
        id: seeds.uuid(created_at),
        user_id: user.id,
        birth_place: town.to_owned(),
        birth_date: NaiveDate::from_yo_opt(seeds.rng.random_range(2007..2013), seeds.rng.random_range(1..=365))
            .unwrap_or_default(),
        father_name: seeds.person().name,
        father_occupation: seeds.pick(&OCCUPATIONS).to_owned(),
        mother_name: seeds.person().name,
        mother_occupation: seeds.pick(&OCCUPATIONS).to_owned(),
        parents_income: seeds.rng.random_range(6..40) * 250_000,
        address: format!("Jl. Pahlawan No. {}, {town}", seeds.rng.random_range(1..200)),
        created_at,
        updated_at: created_at,
    }
}

/// The documented applicant was refused last time and can still apply for the open period.
fn applications(
    seeds: &mut Seeds,
    (open, closed): (TextUuid, TextUuid),
    profiles: &[applicant::row::Model],
) -> Vec<application::row::Model> {
    let last_year = [Status::Rejected, Status::Accepted, Status::Accepted, Status::Rejected];
    let this_year =
        [Status::Submitted, Status::Submitted, Status::Pending, Status::Accepted, Status::Rejected, Status::Submitted];
    let last_year = (370..).step_by(3).zip(last_year).zip(profiles).map(|row| (closed, row));
    let this_year = (2..).step_by(3).zip(this_year).zip(&profiles[2..]).map(|row| (open, row));
    let row = |(period_id, ((days, status), applicant)): (TextUuid, ((i64, Status), &applicant::row::Model))| {
        let created_at = seeds.days_ago(days);
        application(seeds, period_id, applicant.id, status, created_at)
    };
    last_year.chain(this_year).map(row).collect()
}

fn application(
    seeds: &mut Seeds,
    period_id: TextUuid,
    applicant_id: TextUuid,
    status: Status,
    created_at: DateTime<Utc>,
) -> application::row::Model {
    let decided = if status == Status::Submitted { TimeDelta::zero() } else { TimeDelta::hours(18) };
    application::row::Model {
        id: seeds.uuid(created_at),
        period_id,
        applicant_id,
        status,
        decision_note: (status == Status::Rejected).then(|| FULL.to_owned()),
        created_at,
        updated_at: created_at + decided,
    }
}
