//! What the APIs that were Laravel applications share on the wire.

use gerbang_rest::Page;
use serde_json::{Map, Value as Json, json};

/// The pages that are linked on each side of the current one.
const ON_EACH_SIDE: u64 = 3;

/// `links` and `meta` of a resource collection.
pub(super) fn resource_page(page: &Page<'_>) -> Vec<(&'static str, Json)> {
    let (number, last) = (u64::from(page.number), page.last());
    let links = json!({
        "first": url(page, 1),
        "last": url(page, last),
        "prev": (number > 1).then(|| url(page, number - 1)),
        "next": (number < last).then(|| url(page, number + 1)),
    });
    vec![("links", links), ("meta", meta(page, Some(numbered_links(page, number, last))))]
}

/// `meta` of a collection whose application shows neither kind of links.
pub(super) fn collection_page(page: &Page<'_>) -> Vec<(&'static str, Json)> {
    vec![("meta", meta(page, None))]
}

fn meta(page: &Page<'_>, links: Option<Vec<Json>>) -> Json {
    let bounds = page.bounds();
    let mut meta = Map::new();
    let mut add = |key: &str, value: Json| meta.insert(key.to_owned(), value);
    add("current_page", page.number.into());
    add("from", bounds.map(|(from, _)| from).into());
    add("last_page", page.last().into());
    if let Some(links) = links {
        add("links", links.into());
    }
    add("path", page.url.into());
    add("per_page", page.size.into());
    add("to", bounds.map(|(_, to)| to).into());
    add("total", page.total.into());
    Json::Object(meta)
}

fn url(page: &Page<'_>, number: u64) -> String {
    format!("{}?page={number}", page.url)
}

fn numbered_links(page: &Page<'_>, number: u64, last: u64) -> Vec<Json> {
    let link =
        |url: Option<String>, label: String, active: bool| json!({ "url": url, "label": label, "active": active });
    let previous = link((number > 1).then(|| url(page, number - 1)), "&laquo; Previous".to_owned(), false);
    let next = link((number < last).then(|| url(page, number + 1)), "Next &raquo;".to_owned(), false);
    let numbers = window(number, last).into_iter().map(|shown| match shown {
        Some(shown) => link(Some(url(page, shown)), shown.to_string(), shown == number),
        None => link(None, "...".to_owned(), false),
    });
    std::iter::once(previous).chain(numbers).chain(std::iter::once(next)).collect()
}

/// The numbers that are shown, with `None` for a gap.
fn window(number: u64, last: u64) -> Vec<Option<u64>> {
    let around = ON_EACH_SIDE * 2 + 1;
    let all = |from: u64, to: u64| (from..=to).map(Some);
    let gap = std::iter::once(None);
    if last < around * 2 {
        all(1, last).collect()
    } else if number <= around {
        all(1, around + ON_EACH_SIDE).chain(gap).chain(all(last - 1, last)).collect()
    } else if number > last - around {
        all(1, 2).chain(gap).chain(all(last - (around + ON_EACH_SIDE - 1), last)).collect()
    } else {
        let middle = all(number - ON_EACH_SIDE, number + ON_EACH_SIDE);
        all(1, 2).chain(gap.clone()).chain(middle).chain(gap).chain(all(last - 1, last)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(number: u64, last: u64) -> String {
        let numbers = window(number, last).into_iter();
        numbers
            .map(|shown| shown.map_or_else(|| "..".to_owned(), |shown| shown.to_string()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_window_of_links_is_laravels() {
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(1, 13), "1 2 3 4 5 6 7 8 9 10 11 12 13");
        for number in [1, 5, 7] {
            assert_eq!(shown(number, 20), "1 2 3 4 5 6 7 8 9 10 .. 19 20", "{number}");
        }
        assert_eq!(shown(8, 20), "1 2 .. 5 6 7 8 9 10 11 .. 19 20");
        assert_eq!(shown(10, 20), "1 2 .. 7 8 9 10 11 12 13 .. 19 20");
        for number in [14, 20] {
            assert_eq!(shown(number, 20), "1 2 .. 11 12 13 14 15 16 17 18 19 20", "{number}");
        }
    }

    #[test]
    fn an_empty_page_has_no_bounds() {
        let page = Page { number: 3, size: 15, count: 0, total: 20, url: "https://api.test/api/users" };
        let [(_, links), (_, meta)] = resource_page(&page).try_into().unwrap();
        assert_eq!(links["prev"], "https://api.test/api/users?page=2");
        assert_eq!(links["next"], Json::Null);
        assert_eq!((&meta["from"], &meta["to"], &meta["last_page"]), (&Json::Null, &Json::Null, &json!(2)));
    }
}
