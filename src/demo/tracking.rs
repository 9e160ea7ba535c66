//! Offers, links, and a month of clicks and leads. The newest clicks are seconds old.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use rand::{RngExt, seq::index};

use super::{
    accounts::Users,
    seeder::{Seeder, start},
};
use crate::{
    accounts::Role,
    tracking::{
        click::{self, months::make_months, row::DeviceType},
        lead::{self, row::Status},
        network, offer, sub_id, summary,
    },
};

const DAYS: i64 = 30;
const CURRENCY: &str = "USD";

/// Name, address, micros that a lead pays, whether new clicks are taken.
const OFFERS: [(&str, &str, i64, bool); 4] = [
    ("Belanja Hemat", "https://example.com/belanja-hemat?clickid={click_id}", 5_000_000, true),
    ("Kursus Daring", "https://example.com/kursus-daring?clickid={click_id}", 7_500_000, true),
    ("Dompet Digital", "https://example.com/dompet-digital?clickid={click_id}", 2_250_000, true),
    ("Pinjaman Mikro", "https://example.com/pinjaman-mikro?clickid={click_id}", 12_000_000, false),
];

/// A link: its word, which affiliate and which offer it belongs to, and how much happened through it.
struct Link {
    word: &'static str,
    affiliate: usize,
    offer: usize,
    clicks: usize,
    leads: usize,
}

const fn link(word: &'static str, affiliate: usize, offer: usize, clicks: usize, leads: usize) -> Link {
    Link { word, affiliate, offer, clicks, leads }
}

/// Five of the documented affiliate, with 2,000 clicks and 300 leads, and one of another's.
const LINKS: [Link; 6] = [
    link("user123", 0, 0, 640, 110),
    link("blog-sidebar", 0, 1, 520, 70),
    link("newsletter", 0, 2, 380, 64),
    link("youtube-bio", 0, 0, 310, 40),
    link("instagram-story", 0, 2, 150, 16),
    link("resep-ibu", 1, 1, 60, 9),
];

/// `User-Agent`, device, operating system, browser.
const BROWSERS: [(&str, DeviceType, Option<&str>, Option<&str>); 6] = [
    (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
        DeviceType::Mobile,
        Some("Android"),
        Some("Chrome"),
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        DeviceType::Mobile,
        Some("iPhone"),
        Some("Safari"),
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        DeviceType::Desktop,
        Some("Windows 10"),
        Some("Chrome"),
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
        DeviceType::Desktop,
        Some("Windows 10"),
        Some("Firefox"),
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        DeviceType::Tablet,
        Some("iPad"),
        Some("Safari"),
    ),
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        DeviceType::Bot,
        None,
        Some("Googlebot"),
    ),
];
/// Which of the browsers a visitor has: mostly telephones, seldom a robot.
const SHARES: [usize; 16] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];
const COUNTRIES: [Option<&str>; 10] =
    [Some("ID"), Some("ID"), Some("ID"), Some("ID"), Some("ID"), Some("ID"), Some("MY"), Some("SG"), Some("US"), None];
const REFERRERS: [Option<&str>; 4] =
    [None, Some("https://www.instagram.com/"), Some("https://www.youtube.com/"), Some("https://blog.example.com/")];
/// How many different people (and robots) click.
const VISITORS: usize = 900;

struct Visitor {
    hash: String,
    browser: usize,
    country: Option<&'static str>,
}

/// Adds all of it.
pub(crate) async fn fill(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let network = network(seeder).await?;
    let offers = offers(seeder, &network).await?;
    let affiliates = users.with(Role::Affiliate);
    let links: Vec<_> = LINKS
        .iter()
        .map(|link| {
            let created_at = seeder.days_ago(DAYS + 10);
            sub_id::row::Model {
                id: link.word.to_owned(),
                affiliate_id: affiliates[link.affiliate].id,
                offer_id: offers[link.offer].id,
                created_at: created_at.into(),
                updated_at: created_at.into(),
            }
        })
        .collect();
    seeder.insert::<sub_id::row::Entity>(links.clone()).await?;

    let clicks = clicks(seeder, &links)?;
    let oldest = clicks.first().map_or(seeder.now, |click| *click.created_at);
    make_months(&seeder.transaction, oldest, seeder.now).await?;
    let clicks = seeder.insert_numbered::<click::row::Entity>(clicks).await?;
    let leads = leads(seeder, &network, &offers, &clicks);
    let leads = seeder.insert_numbered::<lead::row::Entity>(leads).await?;
    seeder.insert::<summary::row::Entity>(summaries(&clicks, &leads)?).await
}

async fn network(seeder: &mut Seeder) -> Result<network::row::Model> {
    let created_at = seeder.days_ago(DAYS + 60);
    let network = network::row::Model {
        id: 0,
        name: "demo".to_owned(),
        secret: None,
        allow_unsigned: true,
        created_at: created_at.into(),
        updated_at: created_at.into(),
    };
    let mut networks = seeder.insert_numbered::<network::row::Entity>(vec![network]).await?;
    Ok(networks.swap_remove(0))
}

async fn offers(seeder: &mut Seeder, network: &network::row::Model) -> Result<Vec<offer::row::Model>> {
    let offers = OFFERS.map(|(name, url, payout_micros, active)| offer::row::Model {
        id: 0,
        name: name.to_owned(),
        url: url.to_owned(),
        payout_micros,
        currency: CURRENCY.to_owned(),
        network_id: network.id,
        active,
        created_at: network.created_at,
        updated_at: network.created_at,
    });
    seeder.insert_numbered::<offer::row::Entity>(offers.into()).await
}

/// The clicks of all links, the oldest first. On each link one is seconds old and eight are of today.
fn clicks(seeder: &mut Seeder, links: &[sub_id::row::Model]) -> Result<Vec<click::row::Model>> {
    let month = TimeDelta::days(DAYS);
    let today = seeder.now - start(seeder.now, TimeDelta::days(1))?;
    let visitors: Vec<_> = (0..VISITORS).map(|_| visitor(seeder)).collect();
    let mut clicked = Vec::new();
    for (link, row) in LINKS.iter().zip(links) {
        for number in 0..link.clicks {
            let ago = match number {
                0 => part_of(seeder, TimeDelta::seconds(25)),
                1..=8 => part_of(seeder, today),
                _ => part_of(seeder, month),
            };
            clicked.push((seeder.now - ago, row, &visitors[seeder.rng.random_range(0..VISITORS)]));
        }
    }
    clicked.sort_by_key(|(at, ..)| *at);
    let mut last_visits = HashMap::new();
    let rows = clicked.into_iter().map(|(at, link, visitor)| {
        let last_visit = last_visits.insert((&link.id, &visitor.hash), at);
        let is_unique = last_visit.is_none_or(|last_visit| at - last_visit >= TimeDelta::days(1));
        click(seeder, link, visitor, is_unique, at)
    });
    Ok(rows.collect())
}

fn visitor(seeder: &mut Seeder) -> Visitor {
    Visitor { hash: seeder.hex::<16>(), browser: seeder.pick(&SHARES), country: seeder.pick(&COUNTRIES) }
}

fn click(
    seeder: &mut Seeder,
    link: &sub_id::row::Model,
    visitor: &Visitor,
    is_unique: bool,
    created_at: DateTime<Utc>,
) -> click::row::Model {
    let (user_agent, device_type, os, browser) = BROWSERS[visitor.browser];
    click::row::Model {
        id: 0,
        click_id: seeder.hex::<16>(),
        sub_id: link.id.clone(),
        affiliate_id: link.affiliate_id,
        offer_id: link.offer_id,
        visitor_hash: Some(visitor.hash.clone()),
        user_agent: Some(user_agent.to_owned()),
        country_code: visitor.country.map(str::to_owned),
        device_type,
        os: os.map(str::to_owned),
        browser: browser.map(str::to_owned),
        referrer: seeder.pick(&REFERRERS).map(str::to_owned),
        is_bot: device_type == DeviceType::Bot,
        is_unique,
        created_at: created_at.into(),
    }
}

/// Leads of people's clicks that are some minutes old at least, the oldest first.
fn leads(
    seeder: &mut Seeder,
    network: &network::row::Model,
    offers: &[offer::row::Model],
    clicks: &[click::row::Model],
) -> Vec<lead::row::Model> {
    let youngest = seeder.now - TimeDelta::minutes(10);
    let mut leads = Vec::new();
    for link in &LINKS {
        let converts =
            |click: &&click::row::Model| click.sub_id == link.word && !click.is_bot && click.created_at < youngest;
        let candidates: Vec<_> = clicks.iter().filter(converts).collect();
        for place in index::sample(&mut seeder.rng, candidates.len(), link.leads) {
            leads.push(lead(seeder, network, &offers[link.offer], candidates[place]));
        }
    }
    leads.sort_by_key(|lead| lead.created_at);
    for (number, lead) in (100_001..).zip(&mut leads) {
        // Some networks name no transaction.
        if number % 12 != 0 {
            lead.txid = format!("TX-{number}");
        }
    }
    leads
}

fn lead(
    seeder: &mut Seeder,
    network: &network::row::Model,
    offer: &offer::row::Model,
    click: &click::row::Model,
) -> lead::row::Model {
    let created_at = click.created_at + part_of(seeder, (seeder.now - click.created_at).min(TimeDelta::hours(6)));
    let decided = part_of(seeder, (seeder.now - created_at).min(TimeDelta::days(2)));
    let status = match seeder.rng.random_range(0..100) {
        0..78 => Status::Approved,
        78..90 => Status::Pending,
        _ => Status::Rejected,
    };
    let share = seeder.pick(&[100, 100, 100, 80, 60]);
    lead::row::Model {
        id: 0,
        click_id: click.id,
        affiliate_id: click.affiliate_id,
        sub_id: click.sub_id.clone(),
        network_id: network.id,
        txid: String::new(),
        status,
        payout_micros: offer.payout_micros / 100 * share,
        currency: offer.currency.clone(),
        country_code: click.country_code.clone(),
        created_at,
        updated_at: if status == Status::Pending { created_at } else { created_at + decided },
    }
}

/// A random part of a span of time, in whole milliseconds.
fn part_of(seeder: &mut Seeder, span: TimeDelta) -> TimeDelta {
    let part = seeder.rng.random_range(0..1_000_000);
    TimeDelta::milliseconds(span.num_milliseconds() * part / 1_000_000)
}

/// The hourly sums, as they would stand had clicks and leads come one by one.
fn summaries(clicks: &[click::row::Model], leads: &[lead::row::Model]) -> Result<Vec<summary::row::Model>> {
    let mut summaries = BTreeMap::new();
    for click in clicks {
        summary(&mut summaries, &click.sub_id, click.affiliate_id, *click.created_at)?.clicks += 1;
    }
    for lead in leads {
        let summary = summary(&mut summaries, &lead.sub_id, lead.affiliate_id, *lead.created_at)?;
        summary.leads += 1;
        if lead.status == Status::Approved {
            summary.approved_leads += 1;
            summary.payout_micros += lead.payout_micros;
        }
    }
    Ok(summaries.into_values().collect())
}

fn summary<'s>(
    summaries: &'s mut BTreeMap<(String, DateTime<Utc>), summary::row::Model>,
    sub_id: &str,
    affiliate_id: i64,
    at: DateTime<Utc>,
) -> Result<&'s mut summary::row::Model> {
    let hour = start(at, TimeDelta::hours(1))?;
    Ok(summaries.entry((sub_id.to_owned(), hour)).or_insert_with(|| summary::row::Model {
        sub_id: sub_id.to_owned(),
        hour,
        affiliate_id,
        clicks: 0,
        leads: 0,
        approved_leads: 0,
        payout_micros: 0,
    }))
}
