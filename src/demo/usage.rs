//! Errors that browsers have reported.

use chrono::TimeDelta;
use gerbang_kernel::error::Result;
use rand::RngExt;
use serde_json::json;

use super::seeder::Seeder;
use crate::client_errors;

const REPORTED: [(&str, &str, Option<&str>); 4] = [
    (
        "TypeError: Cannot read properties of undefined (reading 'name')",
        "error",
        Some("TypeError: Cannot read properties of undefined (reading 'name')\n    at ClientCard (app.js:1201:17)"),
    ),
    ("Network Error", "error", None),
    ("ResizeObserver loop completed with undelivered notifications.", "warning", None),
    (
        "ChunkLoadError: Loading chunk 12 failed.",
        "error",
        Some("ChunkLoadError: Loading chunk 12 failed.\n    at app.js:88:9"),
    ),
];
const COUNT: i64 = 12;

/// Adds the reports of the last weeks.
pub(crate) async fn fill(seeder: &mut Seeder) -> Result<()> {
    let mut reports = Vec::new();
    for number in 0..COUNT {
        let (message, level, stack) = seeder.pick(&REPORTED);
        let client = seeder.rng.random_range(1..=60);
        reports.push(client_errors::row::Model {
            id: 0,
            message: message.to_owned(),
            level: level.to_owned(),
            stack: stack.map(str::to_owned),
            url: Some(format!("https://app.talentsmapping.id/clients/{client}")),
            context: Some(json!({ "release": "2.14.0", "locale": "id" }).to_string()),
            // An address that is set aside for documentation.
            ip: Some(format!("203.0.113.{}", seeder.rng.random_range(1..255))),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned()),
            created_at: (seeder.now - TimeDelta::hours(40 * (COUNT - number))
                + TimeDelta::minutes(seeder.rng.random_range(0..600)))
            .into(),
        });
    }
    seeder.insert_numbered::<client_errors::row::Entity>(reports).await?;
    Ok(())
}
