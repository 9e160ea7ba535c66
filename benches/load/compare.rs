//! Whether both servers say the same: figures of different answers say nothing.

use std::{error::Error, net::SocketAddr};

use crate::{client::Connection, workload::Workload};

/// Bytes that are shown around the first that differs.
const SHOWN: usize = 60;

/// The bodies of all different requests, which are the same from every server, byte for byte.
///
/// # Errors
/// With the first bytes that differ.
pub(crate) async fn bodies(
    workload: &Workload,
    gerbang: SocketAddr,
    hand: SocketAddr,
) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    if workload.hand.is_empty() {
        return Ok(Vec::new());
    }
    let mut gerbang = Connection::open(gerbang).await?;
    let mut hand = Connection::open(hand).await?;
    let mut bodies = Vec::new();
    for (number, request) in (0..).zip(workload.gerbang.different()) {
        let ours = gerbang.ask(request).await?;
        for (what, requests) in &workload.hand {
            let theirs = hand.ask(&requests.number(number)).await?;
            if (theirs.status, theirs.body) != (workload.status, ours.body) || ours.status != workload.status {
                let difference = difference(what, (theirs.status, theirs.body), (ours.status, ours.body));
                return Err(format!("{}, request {number}: {difference}", workload.name).into());
            }
        }
        bodies.push(ours.body.to_vec());
    }
    Ok(bodies)
}

/// The place of two answers' first different byte, and what stands around it.
pub(crate) fn difference(what: &str, theirs: (u16, &[u8]), ours: (u16, &[u8])) -> String {
    let place = theirs.1.iter().zip(ours.1).take_while(|(one, other)| one == other).count();
    let shown = |(status, body): (u16, &[u8])| {
        let part = &body[place.saturating_sub(SHOWN).min(body.len())..(place + SHOWN).min(body.len())];
        format!("{status} …{}… ({} bytes)", String::from_utf8_lossy(part), body.len())
    };
    format!("the answers differ at byte {place}\n  {what}: {}\n  answered: {}", shown(theirs), shown(ours))
}
