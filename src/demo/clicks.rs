//! Clicks and leads in any number, for load tests: affiliates with links to one offer, visited evenly over some days
//! that end now.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use rand::{Rng, RngExt};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    accounts::{
        Realm, Role,
        user::{self, new_users},
    },
    domain::Domain,
    tracking::{
        click::{
            self,
            ingest::{UNIQUE_FOR, add, new_click_id},
            months::make_months,
            row::DeviceType,
        },
        lead::{self, row::Status},
        network, offer, sub_id,
        summary::{self, rules::Change},
    },
};

/// Clicks of one transaction.
const BATCH: u64 = 5_000;
/// Different people that follow each link.
const VISITORS: u64 = 1_000;
/// One click of so many turns into a lead.
const CLICKS_A_LEAD: u32 = 50;
/// What a lead pays.
const PAYOUT_MICROS: i64 = 5_000_000;

/// What visitors come with.
const BROWSERS: [(&str, DeviceType, &str, &str); 4] = [
    (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
        DeviceType::Mobile,
        "Android",
        "Chrome",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        DeviceType::Mobile,
        "iPhone",
        "Safari",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
        DeviceType::Desktop,
        "Windows 10",
        "Firefox",
    ),
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        DeviceType::Bot,
        "UNKNOWN",
        "Googlebot",
    ),
];
const COUNTRIES: [&str; 4] = ["ID", "MY", "SG", "US"];

/// How much is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Generate {
    /// Clicks in all.
    pub clicks: u64,
    /// Over so many days until now.
    pub days: u32,
    /// Affiliates, who are created for it.
    pub affiliates: u32,
    /// Links of each of them.
    pub links: u32,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The affiliates, whose passwords nobody knows.
    pub affiliates: Vec<user::row::Model>,
    /// The sub ids of their links.
    pub links: Vec<String>,
}

/// Adds the clicks and a lead for every fiftieth; gives the affiliates and links that they are of. `progress` is told how many clicks are written.
///
/// # Errors
/// When the database refuses a row.
pub async fn generate_clicks(domain: &Domain, wanted: Generate, mut progress: impl FnMut(u64)) -> Result<Generated> {
    let now = domain.clock.now();
    let begin = now - TimeDelta::days(wanted.days.into());
    let generator = ClickGenerator::new(domain, wanted, begin).await?;
    let step = (now - begin).num_microseconds().unwrap_or(i64::MAX) / i64::try_from(wanted.clicks.max(1)).unwrap_or(1);
    make_months(domain.db.write(), begin, now).await?;
    let mut last_visits = HashMap::new();
    let mut written = 0;
    while written < wanted.clicks {
        let batch = BATCH.min(wanted.clicks - written);
        let clicks = (written..written + batch).map(|number| {
            let at = begin + TimeDelta::microseconds(step.saturating_mul(i64::try_from(number).unwrap_or(i64::MAX)));
            generator.click(&mut rand::rng(), at, &mut last_visits)
        });
        let mut clicks: Vec<_> = clicks.collect();
        let transaction = domain.db.begin().await?;
        add(&transaction, &mut clicks).await?;
        generator.add_leads(&transaction, &clicks).await?;
        transaction.commit().await?;
        written += batch;
        progress(written);
    }
    // Some are old: what removes those has to look there again.
    click::retention_row::Entity::update_many()
        .col_expr(click::retention_row::Column::ClearedBefore, Expr::value(None::<DateTime<Utc>>))
        .exec(domain.db.write())
        .await?;
    // The planner should know that the tables have grown.
    domain.db.write().execute_unprepared("analyze").await?;
    let links = generator.links.into_iter().map(|link| link.id).collect();
    Ok(Generated { affiliates: generator.affiliates, links })
}

/// Generates clicks and leads on affiliates and links of its own.
struct ClickGenerator {
    affiliates: Vec<user::row::Model>,
    links: Vec<sub_id::row::Model>,
    network: network::row::Model,
    offer: offer::row::Model,
}

impl ClickGenerator {
    async fn new(domain: &Domain, wanted: Generate, at: DateTime<Utc>) -> Result<Self> {
        // A word of this run, so that another adds its own.
        let run = &new_click_id(domain.clock.now())[24..];
        let password_hash = domain.passwords.hash(&Uuid::new_v4().to_string()).await?;
        let transaction = domain.db.begin().await?;
        let network = network::row::ActiveModel {
            id: NotSet,
            name: Set(format!("Generated {run}")),
            secret: Set(None),
            allow_unsigned: Set(false),
            created_at: Set(at.into()),
            updated_at: Set(at.into()),
        };
        let network = network.insert(&transaction).await?;
        let offer = offer::row::ActiveModel {
            id: NotSet,
            name: Set(format!("Generated {run}")),
            url: Set("https://example.com/?clickid={click_id}".to_owned()),
            payout_micros: Set(PAYOUT_MICROS),
            currency: Set("USD".to_owned()),
            network_id: Set(network.id),
            active: Set(true),
            created_at: Set(at.into()),
            updated_at: Set(at.into()),
        };
        let offer = offer.insert(&transaction).await?;
        let mut generator = Self { affiliates: Vec::new(), links: Vec::new(), network, offer };
        for number in 1..=wanted.affiliates.max(1) {
            let affiliate = affiliate(&transaction, run, number, &password_hash, at).await?;
            for link in 1..=wanted.links.max(1) {
                let link = sub_id::row::Model {
                    id: format!("{run}-{number}-{link}"),
                    affiliate_id: affiliate.id,
                    offer_id: generator.offer.id,
                    created_at: at.into(),
                    updated_at: at.into(),
                };
                generator.links.push(link.into_active_model().reset_all().insert(&transaction).await?);
            }
            generator.affiliates.push(affiliate);
        }
        transaction.commit().await?;
        Ok(generator)
    }

    fn click(
        &self,
        rng: &mut impl Rng,
        at: DateTime<Utc>,
        last_visits: &mut HashMap<(usize, u64), DateTime<Utc>>,
    ) -> click::row::Model {
        let place = rng.random_range(0..self.links.len());
        let visitor = rng.random_range(0..VISITORS);
        let link = &self.links[place];
        let (user_agent, device_type, os, browser) = BROWSERS[rng.random_range(0..BROWSERS.len())];
        let last_visit = last_visits.insert((place, visitor), at);
        click::row::Model {
            id: 0,
            click_id: new_click_id(at),
            sub_id: link.id.clone(),
            affiliate_id: link.affiliate_id,
            offer_id: link.offer_id,
            // As long as a real one, and spread as evenly.
            visitor_hash: Some(format!(
                "{:032x}",
                u128::from(visitor).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            )),
            user_agent: Some(user_agent.to_owned()),
            country_code: Some(COUNTRIES[rng.random_range(0..COUNTRIES.len())].to_owned()),
            device_type,
            os: Some(os.to_owned()),
            browser: Some(browser.to_owned()),
            referrer: None,
            is_bot: device_type == DeviceType::Bot,
            is_unique: last_visit.is_none_or(|last_visit| at - last_visit >= UNIQUE_FOR),
            created_at: at.into(),
        }
    }

    /// Turns some of the clicks into leads at once.
    async fn add_leads(&self, transaction: &DatabaseTransaction, clicks: &[click::row::Model]) -> Result<()> {
        let mut leads = Vec::new();
        for click in clicks {
            if !rand::rng().random_ratio(1, CLICKS_A_LEAD) {
                continue;
            }
            leads.push(lead::row::Model {
                id: 0,
                click_id: click.id,
                affiliate_id: click.affiliate_id,
                sub_id: click.sub_id.clone(),
                network_id: self.network.id,
                txid: click.click_id.clone(),
                status: match rand::rng().random_range(0..10) {
                    0..7 => Status::Approved,
                    7..9 => Status::Pending,
                    _ => Status::Rejected,
                },
                payout_micros: PAYOUT_MICROS,
                currency: self.offer.currency.clone(),
                country_code: click.country_code.clone(),
                created_at: click.created_at,
                updated_at: click.created_at,
            });
        }
        if leads.is_empty() {
            return Ok(());
        }
        let sum = |lead: &lead::row::Model| {
            summary::rules::of(&lead.sub_id, lead.affiliate_id, *lead.created_at, Change::of_new(lead))
        };
        summary::rules::add_all(transaction, leads.iter().map(sum).collect::<Result<_>>()?).await?;
        let rows =
            leads.into_iter().map(|lead| lead::row::ActiveModel { id: NotSet, ..lead.into_active_model().reset_all() });
        lead::row::Entity::insert_many(rows).exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// The next affiliate of a run.
async fn affiliate(
    transaction: &DatabaseTransaction,
    run: &str,
    number: u32,
    password_hash: &str,
    at: DateTime<Utc>,
) -> Result<user::row::Model> {
    let new = user::row::ActiveModel {
        realm: Set(Realm::Apextrack),
        role: Set(Role::Affiliate),
        name: Set(format!("Generated {run}-{number}")),
        email: Set(format!("{run}-{number}@generated.test")),
        password_hash: Set(password_hash.to_owned()),
        email_verified_at: Set(Some(at.into())),
        ..Default::default()
    };
    gerbang_kernel::clock::Clock::fixed(at).scope(new_users::insert(transaction, new)).await
}
