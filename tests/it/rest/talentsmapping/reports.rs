//! Chapter 2.3: results as reports and pictures.

use std::path::PathBuf;

use gerbang::{
    config::Config,
    talents::{assessment, client, dictionary},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{Office, VOCABULARY, invalid};
use crate::support::{TestApp, pdf::Report, protocol::Reply};

/// The full and the short report of Dewi.
const REPORTS: [&str; 2] = ["/clients/1/pdf/full", "/clients/1/pdf/short"];
/// The two images of Dewi.
const IMAGES: [&str; 2] = ["/clients/1/image/tmm", "/clients/1/image/scm"];

#[track_caller]
fn report(reply: &Reply) -> Report {
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/pdf"), "{reply:?}");
    Report::new(&reply.bytes)
}

/// Gives Dewi another name.
async fn rename(office: &Office, name: &str) {
    let row = client::row::ActiveModel { id: Set(1), name: Set(name.to_owned()), ..Default::default() };
    row.update(office.app().domain.db.write()).await.unwrap();
}

/// Where finished documents are kept.
fn cache(office: &Office) -> PathBuf {
    office.app().folder.path().join("reports")
}

#[tokio::test]
async fn the_full_report_has_six_pages_or_more() {
    let office = Office::new().await;
    let reply = office.get(REPORTS[0]).token(&office.partner().await).send().await;
    let full = report(&reply);
    assert!(full.pages() >= 6, "{}", full.pages());
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"peta-bakat-dewi-lestari.pdf\"");
    assert_eq!(reply.header("cache-control"), "private, no-cache");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("link"), "<http://gerbang.test/explorer?operation=DownloadFullReport>; rel=\"alternate\"");
}

#[tokio::test]
async fn the_short_report_has_exactly_two_pages() {
    let office = Office::new().await;
    let reply = office.get(REPORTS[1]).token(&office.partner().await).send().await;
    assert_eq!(report(&reply).pages(), 2);
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"ringkasan-peta-bakat-dewi-lestari.pdf\"");
}

#[tokio::test]
async fn reports_are_accessible_and_say_what_and_in_which_language_they_are() {
    let office = Office::new().await;
    let token = office.partner().await;
    for (query, title, language) in [
        ("full", "Peta Bakat: Dewi Lestari", "<rdf:li>id</rdf:li>"),
        ("short", "Ringkasan Peta Bakat: Dewi Lestari", "<rdf:li>id</rdf:li>"),
        ("full?lang=en", "Talent Map: Dewi Lestari", "<rdf:li>en</rdf:li>"),
        ("short?lang=en", "Talent Map in Brief: Dewi Lestari", "<rdf:li>en</rdf:li>"),
    ] {
        let report = report(&office.get(&format!("/clients/1/pdf/{query}")).token(&token).send().await);
        assert!(report.is_accessible(), "{query}");
        assert!(report.mentions(title), "{query}");
        assert!(report.mentions(language), "{query}");
    }
}

#[tokio::test]
async fn every_typology_and_cluster_can_be_found_and_copied() {
    let office = Office::new().await;
    let token = office.partner().await;
    for language in ["id", "en"] {
        let full = report(&office.get(&format!("{}?lang={language}", REPORTS[0])).token(&token).send().await);
        let Some(text) = full.text() else { return };
        let typologies = VOCABULARY.iter().flat_map(|(_, _, typologies)| typologies.iter().map(|(_, name)| *name));
        let clusters = VOCABULARY.iter().map(|(_, name, _)| *name);
        for name in typologies.chain(clusters).chain(["Dewi Lestari", "PT Nusantara Karya", "dewi@contoh.test"]) {
            assert!(text.contains(name), "{name} is not in {text}");
        }
        let score = if language == "id" { "96,8" } else { "96.8" };
        assert!(text.contains(score), "{text}");
        let short = report(&office.get(&format!("{}?lang={language}", REPORTS[1])).token(&token).send().await);
        let text = short.text().unwrap();
        for name in ["Dewi Lestari", "Commander", "Seller", "Restorer", "Administrator", "Generating Idea"] {
            assert!(text.contains(name), "{name} is not in {text}");
        }
        // In the middle: neither among the highest nor among the lowest.
        assert!(!text.contains("Synthesizer"), "{text}");
        for report in [full, short] {
            let fonts = report.fonts().unwrap();
            assert!(fonts.len() > 1 && fonts.iter().all(|(_, embedded)| *embedded), "{fonts:?}");
        }
    }
}

#[tokio::test]
async fn reports_are_in_indonesian_unless_asked_for_in_english() {
    let office = Office::new().await;
    let token = office.partner().await;
    for path in REPORTS {
        let get = async |query: &str| office.get(&format!("{path}{query}")).token(&token).send().await;
        let unasked = get("").await;
        assert_eq!(get("?lang=id").await.bytes, unasked.bytes);
        assert_eq!(get("?lang=").await.bytes, unasked.bytes);
        assert_ne!(get("?lang=en").await.bytes, unasked.bytes);
        for other in ["fr", "ID", "id-ID", "1"] {
            get(&format!("?lang={other}")).await.is(422, invalid("lang", "The selected lang is invalid."));
        }
    }
}

#[tokio::test]
async fn an_unchanged_report_answers_304() {
    let office = Office::new().await;
    let token = office.partner().await;
    for path in REPORTS {
        rename(&office, "Dewi Lestari").await;
        let get = || office.get(path).token(&token);
        let first = get().send().await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.len() > 2, "{etag}");
        for known in [etag.clone(), format!("W/{etag}"), "*".to_owned()] {
            for method in ["GET", "HEAD"] {
                let call = office.call(method, path).token(&token);
                let answer = call.header("if-none-match", &known).send().await;
                answer.is_empty(304);
                assert_eq!(
                    (answer.header("etag"), answer.header("cache-control")),
                    (etag.as_str(), "private, no-cache")
                );
                // A length here would be that of what the client has.
                assert_eq!(answer.headers.get("content-length"), None, "{method}");
            }
        }
        let head = office.call("HEAD", path).token(&token).send().await;
        head.is_empty(200);
        assert_eq!((head.header("etag"), head.header("content-type")), (etag.as_str(), "application/pdf"));
        assert_eq!(head.header("content-length"), first.bytes.len().to_string());
        rename(&office, "Dewi Lestari Putri").await;
        let changed = get().header("if-none-match", &etag).send().await;
        assert_eq!(changed.status, 200);
        assert_ne!(changed.header("etag"), etag);
    }
}

#[tokio::test]
async fn a_finished_report_is_not_rendered_again() {
    let office = Office::new().await;
    let token = office.partner().await;
    let first = office.get(REPORTS[1]).token(&token).send().await;
    let kept = cache(&office).join(first.header("etag").trim_matches('"'));
    assert_eq!(std::fs::read(&kept).unwrap(), first.bytes);
    // Who answers with this has read the file.
    std::fs::write(&kept, b"from the disk").unwrap();
    assert_eq!(office.get(REPORTS[1]).token(&token).send().await.text, "from the disk");
    // Who can't, makes it again, the same to the byte.
    std::fs::remove_file(&kept).unwrap();
    assert_eq!(office.get(REPORTS[1]).token(&token).send().await.bytes, first.bytes);
}

#[tokio::test]
async fn concurrent_requests_for_a_report_render_it_once() {
    let office = Office::new().await;
    let token = office.partner().await;
    let get = || office.get(REPORTS[1]).token(&token).send();
    let (one, two, three, four) = tokio::join!(get(), get(), get(), get());
    for reply in [&two, &three, &four] {
        assert_eq!((reply.status, &reply.bytes), (one.status, &one.bytes));
    }
    assert_eq!(std::fs::read_dir(cache(&office)).unwrap().count(), 1);
}

#[tokio::test]
async fn a_full_queue_answers_503_with_retry_after() {
    let office = Office::with(|config| config.reports.queue = 0).await;
    for path in REPORTS {
        let reply = office.get(path).token(&office.partner().await).send().await;
        reply.says(503, "Service Unavailable");
        assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
        assert_eq!(reply.header("etag"), "");
    }
}

#[tokio::test]
async fn reports_are_for_those_who_see_the_client_and_need_a_result() {
    let office = Office::with(|config| config.reports.images = true).await;
    let (admin, partner) = (office.admin().await, office.partner().await);
    for what in ["pdf/full", "pdf/short", "image/tmm", "image/scm"] {
        let get = |client: &str| office.get(&format!("/clients/{client}/{what}"));
        get("1").send().await.says(401, "Unauthenticated.");
        get("1").token("nonsense").send().await.says(401, "Unauthenticated.");
        get("2").token(&partner).send().await.says(404, "Assessment result not found.");
        // Of another partner.
        get("3").token(&partner).send().await.says(404, "Not found.");
        assert_eq!(get("3").token(&admin).send().await.status, 200);
        for nobody in ["77", "0", "abc", "client_1"] {
            get(nobody).token(&admin).send().await.says(404, "Not found.");
        }
        let wrong = office.call("POST", &format!("/clients/1/{what}")).token(&admin).send().await;
        wrong.says(405, "Method not allowed.");
    }
}

#[tokio::test]
async fn names_are_printed_as_they_are() {
    let office = Office::new().await;
    let token = office.partner().await;
    let long = "Maria ".repeat(10) + "Z";
    let wide = "W".repeat(60);
    let endless = "x".repeat(255);
    for name in [
        "#import \"x\"",
        "*_$",
        "#panic() = `a` <b> @c // d \\ e",
        "{name} {title}",
        "Éva Ößterreich Ñandú",
        "Юлия Ωμέγα",
        "-",
        &long,
        &wide,
        &endless,
    ] {
        rename(&office, name).await;
        for (path, pages) in [(REPORTS[0], 6..20), (REPORTS[1], 2..3)] {
            let report = report(&office.get(path).token(&token).send().await);
            assert!(pages.contains(&report.pages()), "{name}: {}", report.pages());
            assert!(report.is_accessible(), "{name}");
            if let Some(text) = report.text() {
                let (text, name) = (text.replace(' ', ""), name.replace(' ', ""));
                assert!(text.contains(&name), "{name} is not in {text}");
            }
        }
    }
}

#[tokio::test]
async fn unknown_personal_data_is_left_blank() {
    let office = Office::new().await;
    let row = client::row::ActiveModel {
        id: Set(1),
        phone: Set(None),
        gender: Set(None),
        birth_date: Set(None),
        ..Default::default()
    };
    row.update(office.app().domain.db.write()).await.unwrap();
    let token = office.partner().await;
    for (language, missing) in [("id", "tidak diisi"), ("en", "not given")] {
        let full = report(&office.get(&format!("{}?lang={language}", REPORTS[0])).token(&token).send().await);
        if let Some(text) = full.text() {
            assert_eq!(text.matches(missing).count(), 3, "{text}");
        }
    }
}

#[tokio::test]
async fn results_without_some_typologies_still_make_reports() {
    let office = Office::with(|config| config.reports.images = true).await;
    let token = office.partner().await;
    for (left, clusters) in [(29, 8), (8, 2), (3, 1), (1, 1), (0, 0)] {
        let lower = assessment::score_row::Entity::delete_many().filter(assessment::score_row::Column::Rank.gt(left));
        lower.exec(office.app().domain.db.write()).await.unwrap();
        let raw = office.get("/clients/1/raw").token(&token).send().await.body;
        assert_eq!(raw["data"]["clusters"].as_array().unwrap().len(), clusters, "{left}");
        for path in REPORTS {
            let report = report(&office.get(path).token(&token).send().await);
            assert!(report.is_accessible(), "{left}");
            assert!(report.pages() == 2 || path == REPORTS[0] && report.pages() >= 6, "{left}: {}", report.pages());
        }
        for path in IMAGES {
            assert_eq!(office.get(path).token(&token).send().await.status, 200, "{left}");
        }
    }
}

#[tokio::test]
async fn typologies_of_an_own_dictionary_have_their_place() {
    let office = Office::new().await;
    let db = office.app().domain.db.write();
    let like = dictionary::typology_row::Entity::find_by_id("CMD").one(db).await.unwrap().unwrap();
    let text = "Sangat panjang. ".repeat(60);
    let own = dictionary::typology_row::Model {
        code: "ZZZ".to_owned(),
        name: "#Zookeeper-in-Chief of every enclosure".to_owned(),
        position: 31,
        description_id: text.clone(),
        description_en: text,
        ..like
    };
    office.app().insert(own).await;
    let moved =
        assessment::score_row::Model { result_id: 1, typology_code: "ZZZ".to_owned(), score_tenths: 1_000, rank: 0 };
    // A place in front of all others, which the table does not know.
    let shift = "UPDATE assessment_scores SET rank = rank + 100 WHERE result_id = 1";
    sea_orm::ConnectionTrait::execute_unprepared(db, shift).await.unwrap();
    office.app().insert(assessment::score_row::Model { rank: 1, ..moved }).await;
    let token = office.partner().await;
    let full = report(&office.get(REPORTS[0]).token(&token).send().await);
    assert!(full.pages() >= 6);
    if let Some(text) = full.text() {
        assert!(text.contains("#Zookeeper-in-Chief"), "{text}");
    }
    assert_eq!(report(&office.get(REPORTS[1]).token(&token).send().await).pages(), 2);
}

#[tokio::test]
async fn images_are_disabled_unless_the_operator_wants_them() {
    let office = Office::new().await;
    let (partner, admin) = (office.partner().await, office.admin().await);
    for path in IMAGES {
        for token in [&partner, &admin] {
            office.get(path).token(token).send().await.says(404, "Image generation is disabled.");
        }
        office.get(path).send().await.says(401, "Unauthenticated.");
    }
}

#[tokio::test]
async fn images_are_png_files() {
    let office = Office::with(|config| config.reports.images = true).await;
    let token = office.partner().await;
    let mut seen = Vec::new();
    for (path, name) in IMAGES.into_iter().zip(["tmm-dewi-lestari.png", "scm-dewi-lestari.png"]) {
        let reply = office.get(path).token(&token).send().await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "image/png"));
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert!(reply.bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
        // The first block of a PNG begins with its width in pixels.
        let width = u32::from_be_bytes(reply.bytes[16..20].try_into().unwrap());
        assert!(width > 800, "{width}");
        let etag = reply.header("etag");
        office.get(path).token(&token).header("if-none-match", etag).send().await.is_empty(304);
        seen.push(reply.bytes.clone());
        let english = office.get(&format!("{path}?lang=en")).token(&token).send().await;
        assert!(english.status == 200 && english.bytes != reply.bytes);
        let wrong = office.get(&format!("{path}?lang=fr")).token(&token).send().await;
        wrong.is(422, invalid("lang", "The selected lang is invalid."));
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn an_operator_may_bring_own_templates() {
    let folder = tempfile::tempdir().unwrap();
    for sheet in ["full.typ", "short.typ"] {
        std::fs::write(folder.path().join(sheet), "#json(\"/data.json\").person.name #pagebreak() own").unwrap();
    }
    let templates = folder.path().to_owned();
    let office = Office::with(|config| config.reports.templates = templates).await;
    let reply = office.get(REPORTS[0]).token(&office.partner().await).send().await;
    let own = report(&reply);
    assert_eq!(own.pages(), 2);
    if let Some(text) = own.text() {
        assert_eq!(text, "Dewi Lestari own");
    }
    // A broken one is a fault of ours, of which the answer shows nothing.
    std::fs::write(folder.path().join("full.typ"), "#panic(\"secret\")").unwrap();
    let templates = folder.path().to_owned();
    let office = Office::with(|config| config.reports.templates = templates).await;
    office.get(REPORTS[0]).token(&office.partner().await).send().await.says(500, "Server Error");
    // One that is not there is found out at start.
    let mut config = Config::demo(folder.path(), folder.path(), ([127, 0, 0, 1], 0).into()).unwrap();
    config.reports.templates = folder.path().join("nowhere");
    assert!(gerbang::app::App::build(config, TestApp::new().await.clock.clone()).await.is_err());
}
