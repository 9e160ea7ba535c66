//! Where clicks lead.

use url::Url;
use uuid::Uuid;

/// What stands for the click's id in an offer's URL.
const CLICK_ID: &str = "{click_id}";

/// Where an offer's clicks lead, and nowhere if its URL is none. New offers hold what this gives; a row may be older, or
/// come from another database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(String);

impl Target {
    /// Reads a URL as browsers do: without tabs and line breaks, with everything escaped that is not ASCII.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        // As it will be with a click's id in its place, since braces are escaped in some parts of a URL.
        let click_id = Uuid::new_v4().simple().to_string();
        let parsed = Url::parse(&url.replace(CLICK_ID, &click_id)).ok()?;
        let leads = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
        leads.then(|| Self(parsed.as_str().replace(&click_id, CLICK_ID)))
    }

    /// The URL, with the place for a click.
    pub(crate) fn url(&self) -> &str {
        &self.0
    }

    /// Where the click with this id leads.
    pub(crate) fn of_click(&self, click_id: &str) -> String {
        self.0.replace(CLICK_ID, click_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_kept_as_browsers_read_it_with_its_place_for_the_click() {
        for (given, kept) in [
            ("https://shop.test/?clickid={click_id}&x=1", "https://shop.test/?clickid={click_id}&x=1"),
            ("https://shop.test/{click_id}/go", "https://shop.test/{click_id}/go"),
            ("https://{click_id}.shop.test", "https://{click_id}.shop.test/"),
            ("https://shop.test/#{click_id}", "https://shop.test/#{click_id}"),
            ("https://shop.test/a\r\nX-Evil: 1?c={click_id}", "https://shop.test/aX-Evil:%201?c={click_id}"),
            ("https://shop.test/\ta?c={click_id}\t", "https://shop.test/a?c={click_id}"),
            ("HTTPS://Shop.TEST/toko é?c={click_id}", "https://shop.test/toko%20%C3%A9?c={click_id}"),
            ("https://tokó.test/", "https://xn--tok-ina.test/"),
        ] {
            assert_eq!(Target::parse(given), Some(Target(kept.to_owned())), "{given:?}");
            assert_eq!(Target::parse(kept), Some(Target(kept.to_owned())), "read again: {kept}");
        }
        for nowhere in ["", "/path", "javascript:alert(1)", "mailto:a@b.test", "https://", "https://a b/", "{click_id}"]
        {
            assert_eq!(Target::parse(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_destination_has_the_click_id_filled_in() {
        let target = Target::parse("https://shop.test/{click_id}?c={click_id}").unwrap();
        assert_eq!(target.of_click("abc"), "https://shop.test/abc?c=abc");
        assert_eq!(target.of_click(""), "https://shop.test/?c=");
    }
}
