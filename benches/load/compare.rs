//! Whether both servers say the same: figures of different answers say nothing.

use std::{error::Error, net::SocketAddr};

use crate::{client::Connection, workload::Workload};

/// Requests that are compared.
const COMPARED: u64 = 40;
/// Bytes that are shown around the first that differs.
const SHOWN: usize = 60;

/// Compares the bodies of a workload, byte for byte.
pub(crate) async fn bodies(workload: &Workload, gerbang: SocketAddr, hand: SocketAddr) -> Result<(), Box<dyn Error>> {
    let mut gerbang = Connection::open(gerbang).await?;
    let mut hand = Connection::open(hand).await?;
    for number in 0..COMPARED {
        for (what, requests) in &workload.hand {
            let ours = gerbang.ask(&workload.gerbang.number(number)).await?;
            let theirs = hand.ask(&requests.number(number)).await?;
            if ours.status != workload.status || theirs.status != workload.status || ours.body != theirs.body {
                let place = ours.body.iter().zip(theirs.body).take_while(|(one, other)| one == other).count();
                return Err(format!(
                    "{}: the answers to request {number} differ at byte {place}\n  gerbang: {} {}\n  {what}: {} {}",
                    workload.name,
                    ours.status,
                    around(ours.body, place),
                    theirs.status,
                    around(theirs.body, place),
                )
                .into());
            }
        }
    }
    Ok(())
}

fn around(body: &[u8], place: usize) -> String {
    let part = &body[place.saturating_sub(SHOWN).min(body.len())..(place + SHOWN).min(body.len())];
    format!("…{}… ({} bytes)", String::from_utf8_lossy(part), body.len())
}
