//! Device, system and browser by the `User-Agent`. Bots are flagged, never refused.

use std::sync::LazyLock;

use moka::sync::Cache;
use regex::Regex;
use woothee::parser::Parser;

use crate::tracking::click::row::DeviceType;

/// What a visitor came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) kind: DeviceType,
    pub(crate) os: Option<String>,
    pub(crate) browser: Option<String>,
}

impl Device {
    /// Whether a robot made the visit.
    pub(crate) fn is_bot(&self) -> bool {
        self.kind == DeviceType::Bot
    }
}

/// Crawlers, link previews and HTTP libraries that the dictionary of browsers does not hold.
static BOTS: LazyLock<Regex> = LazyLock::new(|| {
    // The letter in front distinguishes a bot from a CUBOT, which is a telephone.
    let pattern = "(?i)(?:^|[^u])bot|crawl|spider|slurp|preview|facebookexternalhit|^whatsapp/|headless|phantomjs\
        |lighthouse|curl/|wget/|python|go-http-client|java/|libwww|httpclient|okhttp|axios|node-fetch|scrapy|postman";
    Regex::new(pattern).expect("the pattern is right")
});

/// A cache of results: most visitors come with one of a few hundred browsers, and to look one up takes longer than
/// everything else that is done for a click outside the database.
static KNOWN: LazyLock<Cache<String, Device>> = LazyLock::new(|| Cache::new(4_096));

/// Tells the device by its `User-Agent`. None at all is a robot's.
pub(crate) fn detect(user_agent: Option<&str>) -> Device {
    let Some(user_agent) = user_agent.map(str::trim).filter(|text| !text.is_empty()) else {
        return Device { kind: DeviceType::Bot, os: None, browser: None };
    };
    KNOWN.get(user_agent).unwrap_or_else(|| {
        let device = look_up(user_agent);
        KNOWN.insert(user_agent.to_owned(), device.clone());
        device
    })
}

fn look_up(user_agent: &str) -> Device {
    let parsed = Parser::new().parse(user_agent).unwrap_or_default();
    let known = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty() && name != "UNKNOWN");
    let kind = match parsed.category {
        "crawler" => DeviceType::Bot,
        _ if BOTS.is_match(user_agent) => DeviceType::Bot,
        _ if is_tablet(user_agent) => DeviceType::Tablet,
        "smartphone" | "mobilephone" => DeviceType::Mobile,
        "pc" => DeviceType::Desktop,
        _ => DeviceType::Other,
    };
    Device { kind, os: known(parsed.os), browser: known(parsed.name) }
}

/// The dictionary counts tablets among telephones; an Android tablet is one that does not call itself mobile.
fn is_tablet(user_agent: &str) -> bool {
    user_agent.contains("iPad") || user_agent.contains("Android") && !user_agent.contains("Mobile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_recognised() {
        let seen = |user_agent| {
            let Device { kind, os, browser } = detect(Some(user_agent));
            (kind, os.unwrap_or_default(), browser.unwrap_or_default())
        };
        let is = |kind, os: &str, browser: &str| (kind, os.to_owned(), browser.to_owned());
        assert_eq!(
            seen(
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
            ),
            is(DeviceType::Mobile, "Android", "Chrome")
        );
        assert_eq!(
            seen(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1"
            ),
            is(DeviceType::Mobile, "iPhone", "Safari")
        );
        assert_eq!(
            seen(
                "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1"
            ),
            is(DeviceType::Tablet, "iPad", "Safari")
        );
        assert_eq!(
            seen(
                "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36"
            ),
            is(DeviceType::Tablet, "Android", "Chrome")
        );
        assert_eq!(
            seen(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
            ),
            is(DeviceType::Desktop, "Windows 10", "Chrome")
        );
        assert_eq!(seen("something nobody knows"), is(DeviceType::Other, "", ""));
    }

    #[test]
    fn bots_are_flagged() {
        for user_agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "WhatsApp/2.23.20.0 A",
            "TelegramBot (like TwitterBot)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "curl/8.4.0",
            "python-requests/2.31.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
        ] {
            assert!(detect(Some(user_agent)).is_bot(), "{user_agent}");
        }
        assert!(detect(None).is_bot());
        assert!(detect(Some("  ")).is_bot());
    }

    #[test]
    fn a_telephone_called_cubot_is_no_bot() {
        let cubot = "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36";
        assert_eq!(detect(Some(cubot)).kind, DeviceType::Mobile);
    }
}
