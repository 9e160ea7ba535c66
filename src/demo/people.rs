//! People with plausible Indonesian names, none of them twice.

use rand::{RngExt, rngs::StdRng, seq::SliceRandom};

use crate::talents::client::row::Gender;

const MEN: &[&str] = &[
    "Agus", "Ahmad", "Arif", "Bambang", "Bayu", "Dedi", "Dimas", "Eko", "Fajar", "Galih", "Hendra", "Ilham", "Joko",
    "Rizky", "Surya", "Teguh", "Wahyu", "Yoga", "Yusuf", "Zainal",
];
const WOMEN: &[&str] = &[
    "Anisa", "Ayu", "Citra", "Dewi", "Dian", "Fitri", "Indah", "Intan", "Kartika", "Lestari", "Maya", "Mega", "Nadia",
    "Nurul", "Putri", "Ratna", "Rina", "Sari", "Sri", "Wulan",
];
const FAMILIES: &[&str] = &[
    "Gunawan",
    "Hakim",
    "Halim",
    "Harahap",
    "Hidayat",
    "Kusuma",
    "Lubis",
    "Nasution",
    "Nugroho",
    "Pangestu",
    "Rahman",
    "Santoso",
    "Setiawan",
    "Simanjuntak",
    "Siregar",
    "Susanto",
    "Wibowo",
    "Wijaya",
];
/// First digits of mobile numbers in Indonesia.
const NETWORKS: &[&str] = &["0812", "0813", "0821", "0852", "0857", "0878", "0896"];

/// Somebody.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) gender: Gender,
    /// As people write it down, without a country code.
    pub(crate) phone: String,
}

impl Person {
    /// `dewi.santoso@` this domain.
    pub(crate) fn email(&self, domain: &str) -> String {
        format!("{}@{domain}", self.name.to_lowercase().replace(' ', "."))
    }

    /// `dewi_santoso`.
    pub(crate) fn username(&self) -> String {
        self.name.to_lowercase().replace(' ', "_")
    }
}

/// Everybody there can be, in random order.
pub(crate) fn people(rng: &mut StdRng) -> Vec<Person> {
    let given = MEN.iter().map(|name| (name, Gender::Male)).chain(WOMEN.iter().map(|name| (name, Gender::Female)));
    let names =
        given.flat_map(|(given, gender)| FAMILIES.iter().map(move |family| (format!("{given} {family}"), gender)));
    let mut people: Vec<_> = (1_000..)
        .zip(names)
        .map(|(number, (name, gender))| {
            let network = NETWORKS[rng.random_range(0..NETWORKS.len())];
            let middle = rng.random_range(1_000..10_000);
            // The number in it keeps it unique.
            Person { name, gender, phone: format!("{network}{middle}{number}") }
        })
        .collect();
    people.shuffle(rng);
    people
}
