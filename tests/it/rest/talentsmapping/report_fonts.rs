//! Names in scripts that the program's own fonts lack. Real fonts for them are looked for in the folder that
//! `GERBANG_TEST_FONTS` names, if it is set; `.ci/run` always sets it.

use std::{fs, path::Path};

use gerbang::talents::client;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::Office;
use crate::support::{TestApp, pdf::Report};

/// The full and the short report of Dewi, and how many pages these may have.
const REPORTS: [(&str, std::ops::Range<usize>); 2] = [("/clients/1/pdf/full", 6..20), ("/clients/1/pdf/short", 2..3)];
/// Chinese, Japanese, Korean, Thai, Devanagari, Javanese, an emoji, and several at once.
const NAMES: [&str; 8] =
    ["李小龍", "高橋\u{3000}さくら", "김민준", "สมชาย", "सीता देवी", "ꦱꦠꦾ", "🦜 Kakatua", "Dewi 李 ดาว Lestari"];
/// Letters of a script, and the family that they are set in by default.
const FAMILIES: [(&str, &str); 5] = [
    ("\u{645}\u{62D}\u{645}\u{62F}", "NotoSansArabic"),
    ("\u{531}\u{580}\u{561}", "NotoSansArmenian"),
    ("सीता", "NotoSansDevanagari"),
    ("สมชาย", "NotoSansThai"),
    ("ꦱꦠꦾ", "NotoSansJavanese"),
];
/// What the font is called that has a box for every letter.
const BOXES: &str = "GerbangBoxes";

/// An office whose fonts are in this folder, in this order.
async fn office(fonts: &Path, order: &[&str]) -> Office {
    let order = order.iter().map(|family| (*family).to_owned()).collect();
    Office::with(|config| {
        fonts.clone_into(&mut config.reports.fonts);
        config.reports.font_order = order;
    })
    .await
}

/// The reports of Dewi under this name, each with its `ETag`.
async fn reports_of(office: &Office, name: &str) -> Vec<(Report, String)> {
    let row = client::row::ActiveModel { id: Set(1), name: Set(name.to_owned()), ..Default::default() };
    row.update(office.app().domain.db.write()).await.unwrap();
    let token = office.partner().await;
    let mut made = Vec::new();
    for (path, pages) in REPORTS {
        let reply = office.get(path).token(&token).send().await;
        let report = Report::new(&reply.bytes);
        assert!(pages.contains(&report.pages()), "{name}: {}", report.pages());
        made.push((report, reply.header("etag").to_owned()));
    }
    made
}

/// That the name can be found in the text, whatever stands for its blanks.
#[track_caller]
fn holds(report: &Report, name: &str) {
    // Readers may be told in which direction a word runs.
    let plain = |text: &str| text.replace(|c: char| c.is_whitespace() || ('\u{202A}'..='\u{202E}').contains(&c), "");
    if let Some(text) = report.text() {
        assert!(plain(&text).contains(&plain(name)), "{name} is not in {text}");
    }
}

/// The names of the fonts in a report, without their subset's.
fn fonts(report: &Report) -> Option<Vec<String>> {
    let plain = |name: &str| name.split_once('+').map_or(name, |(_, name)| name).to_owned();
    report.fonts().map(|fonts| fonts.iter().map(|(name, _)| plain(name)).collect())
}

#[tokio::test]
async fn letters_that_no_font_has_are_boxes_whose_text_can_be_searched_and_copied() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path(), &[]).await;
    for name in NAMES {
        for (report, _) in reports_of(&office, name).await {
            assert!(report.is_accessible(), "{name}");
            holds(&report, name);
            if let Some(fonts) = fonts(&report) {
                assert!(fonts.iter().any(|font| font.contains(BOXES)), "{name}: {fonts:?}");
            }
        }
    }
}

#[tokio::test]
async fn letters_of_private_use_and_those_that_turn_the_text_do_not_keep_a_report_from_its_reader() {
    let office = Office::new().await;
    for name in ["\u{E000}", "\u{202E}abc\u{7}", "\u{FFFD}", "e\u{301}\u{302}\u{303}\u{304}"] {
        reports_of(&office, name).await;
    }
}

#[tokio::test]
async fn a_folder_of_fonts_gives_letters_in_the_order_of_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("truetype/emoji");
    fs::create_dir_all(&below).unwrap();
    fs::write(below.join("noto.ttf"), epaint_default_fonts::NOTO_EMOJI_REGULAR).unwrap();
    fs::write(below.join("icons.ttf"), epaint_default_fonts::EMOJI_ICON).unwrap();
    fs::write(below.join("broken.ttf"), b"no font").unwrap();
    // Both have palms.
    let orders: [&[&str]; 2] = [&["Nowhere", "Noto Emoji", "emoji"], &["emoji", "Noto Emoji"]];
    for (order, wanted) in orders.into_iter().zip(["NotoEmoji", "emoji"]) {
        let office = office(folder.path(), order).await;
        for (report, _) in reports_of(&office, "🌴 Kakatua").await {
            assert!(report.is_accessible(), "{wanted}");
            holds(&report, "🌴 Kakatua");
            if let Some(fonts) = fonts(&report) {
                assert!(fonts.iter().any(|font| font == wanted), "{wanted} is not in {fonts:?}");
                assert!(!fonts.iter().any(|font| font.contains(BOXES)), "{fonts:?}");
            }
        }
        // What these lack, too, is a box.
        for (report, _) in reports_of(&office, "🌴 李").await {
            holds(&report, "🌴 李");
        }
    }
}

#[tokio::test]
async fn a_report_has_another_etag_only_if_other_fonts_change_it() {
    let (empty, emoji) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(emoji.path().join("noto.ttf"), epaint_default_fonts::NOTO_EMOJI_REGULAR).unwrap();
    let (without, with) = (office(empty.path(), &[]).await, office(emoji.path(), &[]).await);
    for (name, same) in [("Éva Юлия Ωμέγα", true), ("😀 Kakatua", false)] {
        let (without, with) = (reports_of(&without, name).await, reports_of(&with, name).await);
        for ((one, one_etag), (other, other_etag)) in without.into_iter().zip(with) {
            assert_eq!((one_etag == other_etag, one.0 == other.0), (same, same), "{name}");
        }
    }
}

#[tokio::test]
async fn templates_of_an_operator_may_have_words_in_other_scripts() {
    let templates = tempfile::tempdir().unwrap();
    fs::write(templates.path().join("short.typ"), "#set document(title: \"才\")\n才能 #pagebreak() 😀").unwrap();
    let folder = templates.path().to_owned();
    let office = Office::with(|config| config.reports.templates = folder).await;
    let reply = office.get(REPORTS[1].0).token(&office.partner().await).send().await;
    holds(&Report::new(&reply.bytes), "才能 😀");
}

#[tokio::test]
async fn a_missing_folder_of_fonts_stops_the_start() {
    let app = TestApp::new().await;
    let mut config = gerbang::config::Config::clone(&app.domain.config);
    config.reports.fonts = app.folder.path().join("nowhere");
    assert!(gerbang::app::App::build(config, app.clock.clone()).await.is_err());
}

#[tokio::test]
async fn names_of_other_scripts_are_set_in_the_fonts_of_the_system() {
    let Some(folder) = std::env::var_os("GERBANG_TEST_FONTS") else {
        eprintln!("GERBANG_TEST_FONTS is not set: no fonts are looked for");
        return;
    };
    let office = Office::with(|config| config.reports.fonts = folder.into()).await;
    for name in NAMES {
        for (report, _) in reports_of(&office, name).await {
            assert!(report.is_accessible(), "{name}");
            holds(&report, name);
            if let Some(fonts) = fonts(&report) {
                assert!(!fonts.iter().any(|font| font.contains(BOXES)), "{name}: {fonts:?}");
            }
        }
    }
}

#[tokio::test]
async fn each_script_is_set_in_its_own_family_and_never_in_letters_of_equal_width() {
    let Some(folder) = std::env::var_os("GERBANG_TEST_FONTS") else {
        eprintln!("GERBANG_TEST_FONTS is not set: no fonts are looked for");
        return;
    };
    let office = Office::with(|config| config.reports.fonts = folder.into()).await;
    for (name, family) in FAMILIES {
        for (report, _) in reports_of(&office, name).await {
            holds(&report, name);
            if let Some(fonts) = fonts(&report) {
                assert!(fonts.iter().any(|font| font.starts_with(family)), "{name}: {fonts:?}");
                assert!(!fonts.iter().any(|font| font.starts_with("DejaVu")), "{name}: {fonts:?}");
            }
        }
    }
}
