//! How reports look with the longest texts: nothing overlaps, nothing is cut, nothing leaves its page.

use gerbang::{
    accounts::{Realm, Role},
    talents::{
        assessment::{self, rules::assessments_of},
        client, dictionary, partner,
        result_report::{Format, ReportKind, Subject, document},
    },
    viewer::{TokenKind, Viewer},
};
use gerbang_kernel::messages::Language;
use gerbang_platform::query::by_position::ColumnSet;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, InsertMany, IntoActiveModel};

use super::Office;
use crate::support::pdf::Report;

const LANGUAGES: [Language; 2] = [Language::Indonesian, Language::English];
/// What can be made of a result, and how many pages it has.
const REPORTS: [(ReportKind, std::ops::RangeInclusive<usize>); 4] = [
    (ReportKind::Full, 6..=100),
    (ReportKind::Short, 2..=2),
    (ReportKind::TalentMap, 1..=1),
    (ReportKind::ClusterMap, 1..=1),
];
/// The most letters that the name of a typology or a cluster may have.
const NAME: usize = 64;

/// Both descriptions of an entry of the dictionary.
type Descriptions<'a> = (&'a mut String, &'a mut String);

/// The dictionary of an office, to be changed.
struct Dictionary {
    typologies: Vec<dictionary::typology_row::Model>,
    clusters: Vec<dictionary::cluster_row::Model>,
}

impl Dictionary {
    async fn of(office: &Office) -> Self {
        let db = office.app().domain.db.read();
        let (typologies, clusters) =
            (dictionary::typology_row::Entity::find().all(db), dictionary::cluster_row::Entity::find().all(db));
        Self { typologies: typologies.await.unwrap(), clusters: clusters.await.unwrap() }
    }

    fn names(&mut self) -> impl Iterator<Item = &mut String> {
        let typologies = self.typologies.iter_mut().map(|typology| &mut typology.name);
        typologies.chain(self.clusters.iter_mut().map(|cluster| &mut cluster.name))
    }

    fn descriptions(&mut self) -> impl Iterator<Item = Descriptions<'_>> {
        let typologies = self.typologies.iter_mut().map(|row| (&mut row.description_id, &mut row.description_en));
        typologies.chain(self.clusters.iter_mut().map(|row| (&mut row.description_id, &mut row.description_en)))
    }

    async fn save(self, office: &Office) {
        let db = office.app().domain.db.write();
        for row in self.typologies {
            row.into_active_model().reset_all().update(db).await.unwrap();
        }
        for row in self.clusters {
            row.into_active_model().reset_all().update(db).await.unwrap();
        }
    }
}

/// Gives Dewi's highest scores to the first of these typologies.
async fn rank(office: &Office, codes: impl IntoIterator<Item = String>) {
    let db = office.app().domain.db.write();
    let scores = assessment::score_row::Entity::find().all(db).await.unwrap();
    let mut scores: Vec<_> = scores.into_iter().filter(|score| score.result_id == 1).collect();
    scores.sort_by_key(|score| score.rank);
    let of_dewi = sea_orm::ColumnTrait::eq(&assessment::score_row::Column::ResultId, 1);
    let old = sea_orm::QueryFilter::filter(assessment::score_row::Entity::delete_many(), of_dewi);
    old.exec(db).await.unwrap();
    let new = scores
        .into_iter()
        .zip(codes)
        .map(|(score, typology_code)| assessment::score_row::Model { typology_code, ..score });
    InsertMany::<assessment::score_row::ActiveModel>::many(new).exec(db).await.unwrap();
}

/// Everything that can be made of Dewi's result, in both languages, images as PDF; each as it should be.
async fn set_all(office: &Office) -> Vec<(ReportKind, Language, Report)> {
    let domain = &office.app().domain;
    let admin = office.app().user(Realm::TalentsMapping, Role::Admin).await;
    let viewer = Viewer::logged_in(admin, TokenKind::Sanctum { id: 0 });
    let assessment = assessments_of(domain, &viewer, &[1], true, ColumnSet::ALL).await.unwrap().remove(&1).unwrap();
    let client = client::row::Entity::find_by_id(1).one(domain.db.read()).await.unwrap().unwrap();
    let partner = partner::row::Entity::find_by_id(1).one(domain.db.read()).await.unwrap().unwrap();
    let subject = Subject { client: &client, partner: &partner, assessment: &assessment };
    let mut made = Vec::new();
    for (kind, pages) in REPORTS {
        for language in LANGUAGES {
            let report = Report::new(&document(domain, subject, kind, language, Format::Pdf).await.unwrap().content);
            assert!(pages.contains(&report.pages()), "{kind:?} {language:?}: {}", report.pages());
            assert_eq!(report.clipped_texts(), 0, "{kind:?} {language:?}");
            assert_eq!(report.misplaced_words(), [""; 0], "{kind:?} {language:?}");
            made.push((kind, language, report));
        }
    }
    made
}

/// That these hold the whole of every text.
fn hold_all(made: &[(ReportKind, Language, Report)]) {
    for (kind, language, report) in made {
        if let Some(text) = report.text() {
            assert!(!text.contains('…'), "{kind:?} {language:?}: {text}");
        }
    }
}

#[tokio::test]
async fn every_text_of_the_dictionary_fits_in_every_report() {
    let office = Office::new().await;
    let typologies = Dictionary::of(&office).await.typologies;
    for language in LANGUAGES {
        let length = |typology: &dictionary::typology_row::Model| match language {
            Language::Indonesian => typology.description_id.len(),
            Language::English => typology.description_en.len(),
        };
        // The longest of all stand among the highest, those that follow among the lowest.
        let mut longest = typologies.clone();
        longest.sort_by_key(|typology| std::cmp::Reverse(length(typology)));
        longest[7..].reverse();
        rank(&office, longest.into_iter().map(|typology| typology.code)).await;
        hold_all(&set_all(&office).await);
    }
}

#[tokio::test]
async fn the_longest_text_of_the_dictionary_fits_everywhere_at_once() {
    let office = Office::new().await;
    let mut dictionary = Dictionary::of(&office).await;
    let (mut indonesian, mut english) = (String::new(), String::new());
    for (id, en) in dictionary.descriptions() {
        indonesian = if id.len() > indonesian.len() { id.clone() } else { indonesian };
        english = if en.len() > english.len() { en.clone() } else { english };
    }
    for (id, en) in dictionary.descriptions() {
        indonesian.clone_into(id);
        english.clone_into(en);
    }
    let longest = dictionary.names().max_by_key(|name| name.len()).unwrap().clone();
    for name in dictionary.names() {
        longest.clone_into(name);
    }
    dictionary.save(&office).await;
    let made = set_all(&office).await;
    hold_all(&made);
    for (kind, language, report) in made {
        let Some(text) = report.text() else { continue };
        let description = if language == Language::Indonesian { &indonesian } else { &english };
        let wanted = match kind {
            ReportKind::Short => 14,
            ReportKind::Full => 30 + 14,
            ReportKind::TalentMap | ReportKind::ClusterMap => 0,
        };
        assert!(text.matches(description.as_str()).count() >= wanted, "{kind:?} {language:?}: {text}");
    }
}

#[tokio::test]
async fn blocks_grow_with_the_names_of_an_own_dictionary() {
    let words = "Penanggung jawab keselamatan dan kesejahteraan keluarga besar";
    let word = "Pertanggungjawabankeuangan".repeat(3)[..NAME].to_owned();
    let wide = "W".repeat(NAME);
    for name in [words, &word, &wide] {
        let office = Office::new().await;
        let mut dictionary = Dictionary::of(&office).await;
        for own in dictionary.names() {
            name.clone_into(own);
        }
        dictionary.save(&office).await;
        for (kind, language, report) in set_all(&office).await {
            let Some(text) = report.text() else { continue };
            let (text, name) = (text.replace(' ', ""), name.replace(' ', ""));
            assert!(text.contains(&name), "{kind:?} {language:?}: {name} is not in {text}");
        }
    }
}

#[tokio::test]
async fn descriptions_of_an_own_dictionary_are_whole_in_the_full_report_and_end_in_an_ellipsis_in_the_short_one() {
    let office = Office::new().await;
    let mut dictionary = Dictionary::of(&office).await;
    let long = "Mengurai persoalan yang rumit dengan angka dan fakta. ".repeat(40) + "Selesai.";
    for (id, en) in dictionary.descriptions() {
        long.clone_into(id);
        long.clone_into(en);
    }
    dictionary.save(&office).await;
    for (kind, language, report) in set_all(&office).await {
        let Some(text) = report.text() else { continue };
        match kind {
            ReportKind::Full => assert!(text.matches("Selesai.").count() >= 30 + 14, "{language:?}: {text}"),
            ReportKind::Short => assert_eq!((text.matches('…').count(), text.matches("Selesai.").count()), (14 + 8, 0)),
            ReportKind::TalentMap | ReportKind::ClusterMap => assert!(!text.contains('…'), "{text}"),
        }
    }
}

#[tokio::test]
async fn very_long_names_of_people_fit() {
    let office = Office::new().await;
    for name in ["W".repeat(255), "Maria ".repeat(42) + "Z"] {
        let db = office.app().domain.db.write();
        let email = format!("{}@contoh.test", "x".repeat(240));
        let person =
            client::row::ActiveModel { id: Set(1), name: Set(name.clone()), email: Set(email), ..Default::default() };
        person.update(db).await.unwrap();
        let through = partner::row::ActiveModel { id: Set(1), name: Set(name), ..Default::default() };
        through.update(db).await.unwrap();
        set_all(&office).await;
    }
}

#[tokio::test]
async fn long_words_stand_in_the_text_as_they_are_and_end_a_line_where_they_may() {
    let hyphens = "Nama-Dengan-Banyak-Tanda-Hubung-Yang-Sangat-Panjang-Sekali-Tanpa-Spasi";
    let (chinese, wide) = ("\u{5C0F}\u{9F8D}".repeat(30), "W".repeat(255));
    let office = Office::new().await;
    for name in ["Soemodiningratkoesoemadiningrat", hyphens, &chinese, &wide] {
        let db = office.app().domain.db.write();
        let person = client::row::ActiveModel { id: Set(1), name: Set(name.to_owned()), ..Default::default() };
        person.update(db).await.unwrap();
        for (kind, language, report) in set_all(&office).await {
            let Some(text) = report.text() else { continue };
            assert!(!text.contains('\u{200B}'), "{kind:?} {language:?}: {text}");
            // Poppler leaves out a hyphen at the end of a line.
            let plain = |text: &str| text.replace([' ', '-'], "");
            if matches!(kind, ReportKind::Full | ReportKind::Short) {
                assert!(plain(&text).contains(&plain(name)), "{kind:?} {language:?}: {name} is not in {text}");
            }
            let mut words = text.split(' ').filter(|word| word.starts_with("Nama-") && !word.ends_with('…'));
            let whole = words.all(|word| word.ends_with('-') || plain(word) == plain(hyphens));
            assert!(whole, "{kind:?} {language:?}: {text}");
            if name.starts_with("Soemo") {
                assert!(text.split(' ').any(|word| word == name), "{kind:?} {language:?}: {text}");
            }
        }
    }
}
