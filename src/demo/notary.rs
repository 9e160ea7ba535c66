//! The services of the notary office and what its customers ordered.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use rand::RngExt;

use super::{accounts::Users, seeder::Seeder};
use crate::{
    accounts::Role,
    notary::{
        order,
        service::{
            self,
            row::{Fee, FeeForm, Fees, Status, Tasks},
        },
    },
};

const ORDERS: i64 = 14;
const NOTES: [Option<&str>; 4] =
    [None, Some("Mohon selesai sebelum akhir bulan."), None, Some("Dokumen asli menyusul melalui kurir.")];

struct Offered {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    fees: &'static [(&'static str, i64)],
    tasks: &'static [&'static str],
    status: Status,
}

/// Nobody has ordered the first yet, so it can be removed altogether.
const SERVICES: [Offered; 5] = [
    Offered {
        id: "legalisasi-dokumen",
        name: "Legalisasi Dokumen",
        description: "Pengesahan tanda tangan dan tanggal pada surat di bawah tangan.",
        fees: &[("Biaya Pelayanan", 250_000)],
        tasks: &["Periksa identitas penanda tangan", "Bacakan isi surat", "Daftarkan dalam buku legalisasi"],
        status: Status::Open,
    },
    Offered {
        id: "akta-jual-beli",
        name: "Akta Jual Beli",
        description: "Akta peralihan hak atas tanah dan bangunan di hadapan PPAT.",
        fees: &[("Biaya Pelayanan", 3_500_000), ("Pengecekan Sertifikat", 150_000), ("Validasi Pajak", 200_000)],
        tasks: &["Cek sertifikat di kantor pertanahan", "Validasi PPh dan BPHTB", "Penandatanganan akta"],
        status: Status::Open,
    },
    Offered {
        id: "pendirian-pt",
        name: "Pendirian PT",
        description: "Akta pendirian perseroan terbatas sampai pengesahan badan hukum.",
        fees: &[("Biaya Pelayanan", 5_000_000), ("PNBP Pengesahan", 500_000)],
        tasks: &["Pesan nama perseroan", "Susun anggaran dasar", "Penandatanganan akta", "Ajukan pengesahan"],
        status: Status::Open,
    },
    Offered {
        id: "balik-nama-sertifikat",
        name: "Balik Nama Sertifikat",
        description: "Pendaftaran peralihan hak di kantor pertanahan sampai sertifikat terbit atas nama baru.",
        fees: &[("Biaya Pelayanan", 1_500_000), ("PNBP Peralihan Hak", 650_000)],
        tasks: &["Lengkapi berkas", "Daftarkan peralihan hak", "Ambil sertifikat"],
        status: Status::Open,
    },
    Offered {
        id: "akta-wasiat",
        name: "Akta Wasiat",
        description: "Pembuatan akta wasiat dan pelaporannya ke Daftar Pusat Wasiat.",
        fees: &[("Biaya Pelayanan", 2_000_000)],
        tasks: &["Wawancara pemberi wasiat", "Penandatanganan di hadapan saksi", "Laporkan wasiat"],
        status: Status::Closed,
    },
];

/// Adds services and orders.
pub(crate) async fn fill(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let services: Vec<_> = (1..).zip(SERVICES).map(|(position, offered)| service(seeder, position, offered)).collect();
    seeder.insert::<service::row::Entity>(services.clone()).await?;

    let customers = users.with(Role::Customer);
    let mut orders = Vec::new();
    for number in 0..ORDERS {
        let service = &services[seeder.rng.random_range(1..services.len())];
        let created_at = seeder.days_ago(60 - 4 * number);
        let status = match number {
            0..6 => order::row::Status::Completed,
            6 => order::row::Status::Cancelled,
            7..11 => order::row::Status::InProgress,
            _ => order::row::Status::Placed,
        };
        let changed = if status == order::row::Status::Placed { TimeDelta::zero() } else { TimeDelta::days(2) };
        orders.push(order::row::Model {
            id: 0,
            service_id: service.id.clone(),
            customer_id: seeder.pick(&customers).id,
            status,
            notes: seeder.pick(&NOTES).map(str::to_owned),
            total: service.fees.0.iter().map(|fee| fee.amount).sum(),
            created_at: created_at.into(),
            updated_at: (created_at + changed).into(),
        });
    }
    seeder.insert_numbered::<order::row::Entity>(orders).await?;
    Ok(())
}

fn service(seeder: &mut Seeder, position: i64, offered: Offered) -> service::row::Model {
    let created_at = seeder.days_ago(200 - position);
    let fees = offered.fees.iter().map(|&(name, amount)| Fee { name: name.to_owned(), amount }).collect();
    let closed = if offered.status == Status::Closed { TimeDelta::days(150) } else { TimeDelta::zero() };
    service::row::Model {
        id: offered.id.to_owned(),
        name: offered.name.to_owned(),
        description: offered.description.to_owned(),
        fees: Fees(fees),
        tasks: Tasks(offered.tasks.iter().map(|&task| task.to_owned()).collect()),
        fee_form: FeeForm::List,
        status: offered.status,
        position,
        created_at: created_at.into(),
        updated_at: (created_at + closed).into(),
    }
}
