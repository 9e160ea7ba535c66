//! Whole numbers: none goes out that a client would refuse or round.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use gerbang::{accounts, graphql::sdl, notary, payments, scholarship, talents, tracking, usage};
use regex::Regex;
use sea_orm::{ColumnTrait, ColumnType};

/// What stands behind a field.
enum Behind {
    Column(ColumnType),
    /// A count or sum, or what a rule keeps small, with the reason why the field holds it.
    Derived(&'static str),
}

fn column(column: impl ColumnTrait) -> Behind {
    Behind::Column(column.def().get_column_type().clone())
}

/// What stands behind each whole number of the schema.
fn behind(coordinate: &str) -> Behind {
    const COUNT: &str = "a count of rows, which stops at the largest Int";
    const SUM: &str = "a sum of amounts, which stops at the largest amount";
    match coordinate {
        "Applicant.parentsIncome" => column(scholarship::applicant::row::Column::ParentsIncome),
        "ErrorExtensions.maximum" | "ErrorExtensions.found" => {
            Behind::Derived("a limit of documents, and what was counted of one")
        }
        "LegacyUsage.requests" => column(usage::row::Column::Requests),
        "Order.total" => column(notary::order::row::Column::Total),
        "Payment.amount" => column(payments::order::row::Column::Amount),
        "SignUpAttempt.attempts" => column(accounts::sign_up::row::Column::Attempts),
        "TrackingReportRow.approvedLeads" => column(tracking::summary::row::Column::ApprovedLeads),
        "TrackingReportRow.clicks" | "TrackingSummary.clicksToday" => column(tracking::summary::row::Column::Clicks),
        "TrackingReportRow.leads" | "TrackingSummary.totalLeads" => column(tracking::summary::row::Column::Leads),
        "TypologyScore.rank" => column(talents::assessment::score_row::Column::Rank),
        "WebhookEvent.amount" => column(payments::event::row::Column::Amount),
        "AdditionalUpload.size" | "Document.size" => Behind::Derived("bytes of a file, at most 5 MB"),
        "AuthToken.expiresIn" => Behind::Derived("seconds that a token lives"),
        "Fee.amount" => Behind::Derived("a member of a JSON column, checked as it comes in"),
        "PaymentSummary.total" => Behind::Derived(SUM),
        "RequestPasswordResetPayload.expiresInMinutes" => Behind::Derived("a constant"),
        "ErrorExtensions.retryAfter" => Behind::Derived("seconds of a limit's window"),
        "MarkAllNotificationsReadPayload.marked"
        | "MonthSummary.assessments"
        | "MonthSummary.clients"
        | "Partner.clientsCount"
        | "PaymentSummary.count"
        | "SummaryReport.assessments"
        | "SummaryReport.clients"
        | "SummaryReport.partners"
        | "TrackingSummary.liveClicksLast30Seconds" => Behind::Derived(COUNT),
        list if list.ends_with("Connection.totalCount") => Behind::Derived(COUNT),
        shown if columns_of_32_bits().any(|column| column == shown) => Behind::Column(ColumnType::Integer),
        unknown => panic!("say what stands behind {unknown}"),
    }
}

/// The fields that are columns of their object's row and have 32 bits there.
fn columns_of_32_bits() -> impl Iterator<Item = &'static str> {
    static COLUMNS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let row = Regex::new(r#"#\[row\([^\n]*object = "(?<name>\w+)"[^\n]*\npub struct Model \{(?<fields>[^}]*)\}"#)
            .unwrap();
        let column = Regex::new(r"\n    pub (?<name>\w+): i32,").unwrap();
        let mut columns = Vec::new();
        for text in sources().into_iter().filter(|(path, _)| path.ends_with("row.rs")).map(|(_, text)| text) {
            for row in row.captures_iter(&text) {
                let names = column.captures_iter(&row["fields"]).map(|found| camel(&found["name"]));
                columns.extend(names.map(|field| format!("{}.{field}", &row["name"])));
            }
        }
        columns
    });
    COLUMNS.iter().map(String::as_str)
}

/// `expires_in_minutes` as `expiresInMinutes`.
fn camel(name: &str) -> String {
    let hump = Regex::new("_[a-z]").unwrap();
    hump.replace_all(name, |found: &regex::Captures<'_>| found[0][1..].to_uppercase()).into_owned()
}

/// The sources of the product.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                sources.push((path, text));
            }
        }
    }
    sources
}

#[test]
fn no_int_holds_more_than_32_bits() {
    let mut seen = 0;
    for definition in parse_schema(sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let TypeKind::Object(object) = &ty.node.kind else { continue };
        for field in object.fields.iter().map(|field| &field.node) {
            let scalar = field.ty.node.to_string().trim_end_matches('!').to_owned();
            if !["Int", "Rupiah", "SafeInt"].contains(&scalar.as_str()) {
                continue;
            }
            seen += 1;
            let coordinate = format!("{}.{}", ty.node.name.node, field.name.node);
            match behind(&coordinate) {
                Behind::Column(ColumnType::Integer | ColumnType::SmallInteger) => {
                    assert_eq!(scalar, "Int", "{coordinate}");
                }
                Behind::Column(ColumnType::BigInteger) => {
                    assert_ne!(scalar, "Int", "{coordinate} has a column of 64 bits");
                }
                Behind::Column(other) => panic!("{coordinate} is no whole number in the database: {other:?}"),
                Behind::Derived(reason) => assert!(!reason.is_empty()),
            }
        }
    }
    assert!(seen >= 50, "{seen}");
}

/// The engine calls every whole number of Rust an `Int`. So nothing that is shown may have more bits than one.
#[test]
fn no_resolver_gives_a_number_of_more_than_32_bits() {
    let wide = Regex::new(r"\b(i64|u64|i128|u128|u32|isize|usize)\b").unwrap();
    let resolver = Regex::new(r"async fn (?<name>\w+)(?:<[^>]*>)?\([^{;]*?\)\s*->\s*(?<shown>[^{;]+)\{").unwrap();
    let object =
        Regex::new(r"#\[(?:derive\([^)]*\bSimpleObject|row\([^)]*\bobject)\b[^)]*\)\][^{;]*\{(?<shown>[^}]*)\}")
            .unwrap();
    let field = Regex::new(r"(?:#\[[^\n]*\]\s*)*(?:pub )?(?<name>\w+): (?<shown>[^,\n]+),\n").unwrap();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for (path, text) in sources() {
        let is_schema = path.ends_with("schema.rs") || path.components().any(|part| part.as_os_str() == "graphql");
        // What reads hand to resolvers is not shown.
        let resolvers = resolver.captures_iter(&text).filter(|found| is_schema && &found["name"] != "load");
        let objects = object.captures_iter(&text).filter_map(|found| found.name("shown").map(|shown| shown.as_str()));
        let fields = objects.flat_map(|shown| field.captures_iter(shown)).filter(|field| !field[0].contains("skip"));
        for found in resolvers.chain(fields) {
            read += 1;
            if wide.is_match(&found["shown"]) {
                wrong.push(format!("{}: {}", path.display(), &found[0]));
            }
        }
    }
    assert!(read > 400, "{read}");
    assert!(wrong.is_empty(), "shown as an `Int`:\n{}", wrong.join("\n"));
}
