//! Partners, and sixty clients of theirs, of whom fifty have a result.

use chrono::{NaiveDate, TimeDelta};
use gerbang_kernel::error::Result;
use rand::{RngExt, seq::index};
use sea_orm::QueryOrder;

use super::seeder::Seeder;
use crate::talents::{
    assessment,
    client::{self, row::Status},
    dictionary, partner,
};

const CLIENTS: usize = 60;

struct Company {
    name: &'static str,
    email: &'static str,
    phone: Option<&'static str>,
    address: Option<&'static str>,
}

/// The first has most clients, the last has none yet.
const COMPANIES: [Company; 4] = [
    Company {
        name: "PT Nusantara Karya Mandiri",
        email: "sdm@nusantara-karya.test",
        phone: Some("+622155501234"),
        address: Some("Jl. Jenderal Sudirman Kav. 52, Jakarta Selatan"),
    },
    Company {
        name: "Yayasan Bina Talenta",
        email: "info@binatalenta.test",
        phone: Some("0274 555 8123"),
        address: Some("Jl. Kaliurang Km. 5, Sleman, Yogyakarta"),
    },
    Company {
        name: "Universitas Cendekia Bangsa",
        email: "karier@cendekia.test",
        phone: Some("0225554321"),
        address: Some("Jl. Dipati Ukur No. 35, Bandung"),
    },
    Company { name: "CV Mitra Insani", email: "halo@mitra-insani.test", phone: None, address: None },
];

/// Adds the partners.
pub(crate) async fn partners(seeder: &mut Seeder) -> Result<Vec<partner::row::Model>> {
    let mut partners = Vec::new();
    for (days, company) in [320, 280, 210, 12].into_iter().zip(COMPANIES) {
        let created_at = seeder.days_ago(days);
        partners.push(partner::row::Model {
            id: 0,
            name: company.name.to_owned(),
            email: company.email.to_owned(),
            phone: company.phone.map(str::to_owned),
            address: company.address.map(str::to_owned),
            created_at: created_at.into(),
            updated_at: created_at.into(),
        });
    }
    seeder.insert_numbered::<partner::row::Entity>(partners).await
}

/// Adds the clients and their results.
pub(crate) async fn clients(seeder: &mut Seeder, partners: &[partner::row::Model]) -> Result<()> {
    let clients = (0..CLIENTS).map(|place| client(seeder, place, partners)).collect();
    let clients = seeder.insert_numbered::<client::row::Entity>(clients).await?;

    let results = clients.iter().filter_map(result).collect();
    let results = seeder.insert_numbered::<assessment::result_row::Entity>(results).await?;

    let typologies =
        dictionary::typology_row::Entity::public().order_by_asc(dictionary::typology_row::Column::Position);
    let typologies = typologies.all(&seeder.transaction).await?;
    let scores = results.iter().flat_map(|result| scores(seeder, result.id, &typologies)).collect();
    seeder.insert::<assessment::score_row::Entity>(scores).await
}

fn client(seeder: &mut Seeder, place: usize, partners: &[partner::row::Model]) -> client::row::Model {
    let person = seeder.person();
    let days_ago = 205 - 3 * i64::try_from(place).unwrap_or_default();
    let created_at = seeder.days_ago(days_ago);
    let status = match place {
        _ if place % 6 == 5 => Status::Invited,
        _ if place % 15 == 7 => Status::Archived,
        _ => Status::Assessed,
    };
    let assessed_at = (status != Status::Invited).then(|| {
        let waited = TimeDelta::minutes(seeder.rng.random_range(90..20 * 1_440));
        (created_at + waited).min(seeder.now - TimeDelta::minutes(30))
    });
    let birth_date = NaiveDate::from_yo_opt(seeder.rng.random_range(1968..2006), seeder.rng.random_range(1..=365));
    client::row::Model {
        id: 0,
        // Half of them with the first, a third with the second, a sixth with the third.
        partner_id: partners[[0, 0, 1, 0, 1, 2][place % 6]].id,
        email: person.email("contoh.test"),
        name: person.name,
        phone: (place % 7 != 4).then_some(person.phone),
        gender: (place % 10 != 8).then_some(person.gender),
        birth_date: birth_date.filter(|_| place % 12 != 9).map(Into::into),
        status,
        assessed_at: assessed_at.map(Into::into),
        created_at: created_at.into(),
        updated_at: assessed_at.unwrap_or(created_at).into(),
    }
}

fn result(client: &client::row::Model) -> Option<assessment::result_row::Model> {
    let assessed_at = client.assessed_at?;
    Some(assessment::result_row::Model {
        id: 0,
        client_id: client.id,
        version: "2.1".to_owned(),
        assessed_at: *assessed_at,
        created_at: assessed_at.into(),
        updated_at: assessed_at.into(),
    })
}

/// One score for each typology; all differ, so that ranks are plain.
fn scores(
    seeder: &mut Seeder,
    result_id: i64,
    typologies: &[dictionary::typology_row::Model],
) -> Vec<assessment::score_row::Model> {
    let mut tenths = index::sample(&mut seeder.rng, 1_001, typologies.len()).into_vec();
    let order = index::sample(&mut seeder.rng, typologies.len(), typologies.len());
    tenths.sort_unstable_by(|one, other| other.cmp(one));
    let ranked = (1..).zip(tenths).zip(order);
    let score = |((rank, tenths), place): ((i32, usize), usize)| assessment::score_row::Model {
        result_id,
        typology_code: typologies[place].code.clone(),
        score_tenths: i32::try_from(tenths).unwrap_or_default(),
        rank,
    };
    ranked.map(score).collect()
}
