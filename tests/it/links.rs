//! `GET /c/{sub_id}`: who follows a tracking link is counted and sent on.

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role},
    app::App,
    tracking::{
        click::{self, recording, row::DeviceType},
        network, offer, sub_id, summary,
    },
};
use gerbang_kernel::clock::Clock;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::support::{TestApp, app::test_config, database::TestDatabase, legacy::Legacy, mmdb, protocol::Reply};

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";

/// A server with an affiliate, an offer and links to it: `link`, and `closed` to one that takes no clicks.
async fn server(app: TestApp) -> Legacy {
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let now = app.clock.now();
    let network = network::row::Model {
        id: 1,
        name: "Satu".to_owned(),
        secret: None,
        allow_unsigned: true,
        created_at: now.into(),
        updated_at: now.into(),
    };
    app.insert(network).await;
    for (id, active) in [(1, true), (2, false)] {
        let offer = offer::row::Model {
            id,
            name: "Belanja".to_owned(),
            url: "https://shop.test/?clickid={click_id}&x=1".to_owned(),
            payout_micros: 5_000_000,
            currency: "USD".to_owned(),
            network_id: 1,
            active,
            created_at: now.into(),
            updated_at: now.into(),
        };
        app.insert(offer).await;
    }
    for (word, offer_id) in [("link", 1), ("closed", 2)] {
        let (id, affiliate_id) = (word.to_owned(), affiliate.id);
        app.insert(sub_id::row::Model { id, affiliate_id, offer_id, created_at: now.into(), updated_at: now.into() })
            .await;
    }
    Legacy::over(app)
}

async fn clicks(server: &Legacy) -> Vec<click::row::Model> {
    click::row::Entity::find().order_by_asc(click::row::Column::Id).all(server.app.domain.db.read()).await.unwrap()
}

/// That the answer sends on to the offer with this click's id.
#[track_caller]
fn assert_redirects(reply: &Reply, click_id: &str) {
    assert_eq!(reply.status.as_u16(), 302, "{reply:?}");
    assert_eq!(reply.header("location"), format!("https://shop.test/?clickid={click_id}&x=1"));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("referrer-policy"), "no-referrer-when-downgrade");
}

#[tokio::test]
async fn following_a_link_records_a_click_and_redirects() {
    for database in TestDatabase::each().await {
        let server = server(TestApp::on(database, |_| ()).await).await;
        let visit = server.get("/c/link?to=https://evil.test/&utm=1").header("user-agent", PHONE);
        let reply = visit.header("referer", "https://blog.test/resep").from([198, 51, 100, 7]).send().await;
        let recorded = clicks(&server).await;
        let [click] = recorded.as_slice() else { panic!("{recorded:?}") };
        assert_redirects(&reply, &click.click_id);
        assert_eq!((click.sub_id.as_str(), click.offer_id), ("link", 1));
        assert_eq!(click.user_agent.as_deref(), Some(PHONE));
        assert_eq!(click.referrer.as_deref(), Some("https://blog.test/resep"));
        assert_eq!(click.device_type, DeviceType::Mobile);
        assert_eq!((click.os.as_deref(), click.browser.as_deref()), (Some("Android"), Some("Chrome")));
        assert_eq!((click.is_bot, click.is_unique, click.country_code.as_deref()), (false, true, None));
        assert_eq!(click.created_at, server.app.clock.now());
        assert!(click.visitor_hash.as_ref().is_some_and(|hash| !hash.contains("198.51")));
    }
}

#[tokio::test]
async fn links_answer_at_every_host() {
    let server = server(TestApp::new().await).await;
    for host in ["gerbang.test", "www3.apextrack.site", "api.talentsmapping.id", "go.example.com"] {
        let reply = server.get("/c/link").header("host", host).send().await;
        assert_redirects(&reply, &clicks(&server).await.last().unwrap().click_id);
    }
    assert_eq!(clicks(&server).await.len(), 4);
}

#[tokio::test]
async fn unknown_and_closed_links_are_not_found() {
    let server = server(TestApp::new().await).await;
    for path in
        ["/c/nobodys", "/c/LINK", "/c/closed", "/c/a%20b", "/c/%00", "/c/%ff%fe", &format!("/c/{}", "x".repeat(65))]
    {
        for method in ["GET", "HEAD"] {
            let reply = server.call(method, path).send().await;
            assert_eq!(reply.status.as_u16(), 404, "{method} {path}");
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }
    assert_eq!(clicks(&server).await, []);
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_link_changes_nothing() {
    let server = server(TestApp::new().await).await;
    let reply = server.get("/c/link/").send().await;
    assert_redirects(&reply, &clicks(&server).await[0].click_id);
    assert_redirects(&server.call("HEAD", "/c/link/").send().await, "");
    assert_eq!(server.get("/c/link//").send().await.status.as_u16(), 404);
    assert_eq!(clicks(&server).await.len(), 1);
}

#[tokio::test]
async fn a_dead_link_answers_a_page_to_browsers_and_json_to_programs() {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
    let server = server(TestApp::new().await).await;
    for path in ["/c/nobodys", "/c/closed", "/c/%ff"] {
        let page = server.get(path).header("accept", BROWSER).send().await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert!(page.text.contains("This link leads nowhere") && !page.text.contains("{{"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        for accept in ["*/*", "application/json", "text/html;q=0", "application/json, text/html"] {
            let program = server.get(path).header("accept", accept).send().await;
            assert_eq!((program.status.as_u16(), program.refused()), (404, "NOT_FOUND"), "{path} {accept}");
        }
        for header in [("cache-control", "no-store"), ("vary", "Accept")] {
            assert!(page.headers.get_all(header.0).iter().any(|value| value == header.1), "{header:?} of {page:?}");
        }
    }
}

/// Rows that were written before what is stored was what had been checked.
#[tokio::test]
async fn a_click_on_an_unusable_url_is_not_recorded() {
    for database in TestDatabase::each().await {
        let server = server(TestApp::on(database, |_| ()).await).await;
        let with_url = async |url: &str| {
            let row = offer::row::ActiveModel { id: Set(1), url: Set(url.to_owned()), ..Default::default() };
            row.update(server.app.domain.db.write()).await.unwrap();
        };
        for (url, location) in [
            ("https://shop.test/a\r\nX-Evil: 1?c={click_id}", "https://shop.test/aX-Evil:%201?c="),
            ("https://shop.test/\ta/{click_id}", "https://shop.test/a/"),
            ("https://shop.test/toko é?c={click_id}", "https://shop.test/toko%20%C3%A9?c="),
        ] {
            with_url(url).await;
            let before = clicks(&server).await.len();
            let reply = server.get("/c/link").send().await;
            let recorded = clicks(&server).await;
            assert_eq!(recorded.len(), before + 1, "{url:?}");
            let expected = format!("{location}{}", recorded.last().unwrap().click_id);
            assert_eq!((reply.status.as_u16(), reply.header("location")), (302, expected.as_str()), "{url:?}");
            assert_eq!(reply.headers.get("x-evil"), None);
            assert_eq!(server.call("HEAD", "/c/link").send().await.header("location"), location);
        }
        let before = clicks(&server).await.len();
        for url in ["javascript:alert(1)", "/somewhere", "https://", "", "\r\n"] {
            with_url(url).await;
            for method in ["GET", "HEAD"] {
                let reply = server.call(method, "/c/link").send().await;
                assert_eq!((reply.status.as_u16(), reply.header("location")), (404, ""), "{method} {url:?}");
            }
        }
        assert_eq!(clicks(&server).await.len(), before);
        let sums = summary::row::Entity::find().all(server.app.domain.db.read()).await.unwrap();
        assert_eq!(sums.iter().map(|sum| sum.clicks).sum::<i64>(), i64::try_from(before).unwrap());
    }
}

#[tokio::test]
async fn a_head_or_prefetch_request_records_no_click() {
    let server = server(TestApp::new().await).await;
    assert_redirects(&server.call("HEAD", "/c/link").send().await, "");
    for (header, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("purpose", "Preview"),
        ("x-purpose", "preview"),
        ("x-purpose", "instant, Prefetch"),
        ("x-moz", "prefetch"),
    ] {
        assert_redirects(&server.get("/c/link").header(header, value).send().await, "");
    }
    assert_eq!(server.call("POST", "/c/link").send().await.status.as_u16(), 405);
    assert_eq!(clicks(&server).await, []);
}

#[tokio::test]
async fn bots_are_redirected_and_flagged() {
    let server = server(TestApp::new().await).await;
    for user_agent in ["curl/8.4.0", "facebookexternalhit/1.1", ""] {
        let reply = server.get("/c/link").header("user-agent", user_agent).send().await;
        let recorded = clicks(&server).await;
        let click = recorded.last().unwrap();
        assert_redirects(&reply, &click.click_id);
        assert_eq!((click.is_bot, click.device_type), (true, DeviceType::Bot), "{user_agent}");
    }
}

#[tokio::test]
async fn the_country_comes_from_a_trusted_header() {
    let app = TestApp::with(|config| {
        config.server.country_header = "cf-ipcountry".to_owned();
        config.server.trusted_proxies = vec!["10.0.0.0/8".to_owned()];
    });
    let server = server(app.await).await;
    for (peer, value, country) in [
        ([10, 0, 0, 1], "id", Some("ID")),
        ([10, 0, 0, 1], "XX", None),
        ([10, 0, 0, 1], "T1", None),
        ([10, 0, 0, 1], "ZZ", None),
        ([203, 0, 113, 9], "ID", None),
    ] {
        server.get("/c/link").header("cf-ipcountry", value).from(peer).send().await;
        assert_eq!(clicks(&server).await.last().unwrap().country_code.as_deref(), country, "{peer:?} {value}");
    }
}

#[tokio::test]
async fn the_country_is_looked_up_where_no_header_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    std::fs::write(&file, mmdb::country([198, 51, 100], "SG")).unwrap();
    let app = TestApp::with(|config| {
        config.server.country_header = "cf-ipcountry".to_owned();
        config.server.trusted_proxies = vec!["198.51.100.0/24".to_owned()];
        config.tracking.geoip_file = file;
    });
    let server = server(app.await).await;
    for (peer, header, country) in [
        ([198, 51, 100, 7], None, Some("SG")),
        ([198, 51, 100, 7], Some("ID"), Some("ID")),
        ([198, 51, 100, 7], Some("XX"), Some("SG")),
        ([203, 0, 113, 9], None, None),
    ] {
        let visit = server.get("/c/link").from(peer);
        let visit = if let Some(header) = header { visit.header("cf-ipcountry", header) } else { visit };
        visit.send().await;
        assert_eq!(clicks(&server).await.last().unwrap().country_code.as_deref(), country, "{peer:?} {header:?}");
    }
}

#[tokio::test]
async fn an_unusable_file_of_countries_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    let mut config = test_config(folder.path());
    config.tracking.geoip_file.clone_from(&file);
    for content in [None, Some("no such format")] {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let refused = App::build(config.clone(), Clock::system()).await.map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("[tracking] geoip_file") && refused.contains("countries.mmdb"), "{refused}");
    }
}

#[tokio::test]
async fn concurrent_clicks_are_all_recorded_and_counted_with_ids_of_their_own() {
    for database in TestDatabase::each().await {
        let server = server(TestApp::on(database, |config| config.database.connections = 4).await).await;
        let visit = |number: u8| {
            let visit = server.get("/c/link").header("user-agent", PHONE);
            async move { visit.from([198, 51, 100, number % 8]).send().await }
        };
        let replies = futures_util::future::join_all((0..200).map(visit)).await;
        let recorded = clicks(&server).await;
        assert_eq!(recorded.len(), 200);
        for reply in &replies {
            let found = recorded.iter().any(|click| reply.header("location").contains(&click.click_id));
            assert!(reply.status == 302 && found, "{reply:?}");
        }
        assert_eq!(recorded.iter().filter(|click| click.is_unique).count(), 8);
        let sums = summary::row::Entity::find().all(server.app.domain.db.read()).await.unwrap();
        assert_eq!(sums.iter().map(|sum| sum.clicks).collect::<Vec<_>>(), [200]);

        server.app.clock.advance(TimeDelta::hours(24));
        futures_util::future::join_all((0..16).map(visit)).await;
        let tomorrow = click::row::Column::CreatedAt.eq(server.app.clock.now());
        let recorded = click::row::Entity::find().filter(tomorrow).all(server.app.domain.db.read()).await.unwrap();
        assert_eq!(recorded.iter().filter(|click| click.is_unique).count(), 8);
    }
}

#[tokio::test]
async fn clicks_beyond_the_queue_are_refused_at_once() {
    let server = server(TestApp::with(|config| config.tracking.queue = 3).await).await;
    // Nothing is written as long as somebody else does.
    let busy = server.app.domain.db.begin().await.unwrap();
    let visits = (0..8).map(|_| server.get("/c/link").header("user-agent", PHONE).send());
    let visits = futures_util::future::join_all(visits);
    let release = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        drop(busy);
    };
    let (replies, ()) = tokio::join!(visits, release);
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 503).collect();
    assert!(refused.len() >= 2 && refused.len() < 8, "{replies:?}");
    for reply in &refused {
        assert_eq!(reply.header("retry-after"), "1");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    }
    assert_eq!(clicks(&server).await.len(), 8 - refused.len());
    assert!(recording::destination_of(&server.app.domain, "link").await.is_ok());
}
