//! The vocabulary carries every documented route: none needs Rust of its own.

use axum::http::Method;
use gerbang_rest as rest;
use gerbang_rest::{Claim, Condition, Dialect, SourceFile};

use super::{identity::Realm, shim::dialect};

/// The operations of a file, each behind a line `#> stem`.
fn files(slug: &str, text: &'static str) -> Vec<SourceFile> {
    let file = |part: &'static str| {
        let (stem, text) = part.split_once('\n').unwrap();
        SourceFile { path: format!("{slug}/{}.graphql", stem.trim()).into(), text: text.into(), example: None }
    };
    text.split("#> ").filter(|part| !part.is_empty()).map(file).collect()
}

#[test]
fn every_documented_route_can_be_written_as_a_file() {
    const SCHOLARSHIP: &[Claim] = &[
        Claim { method: Method::POST, path: "/api/register", when: Condition::BodyHas("phone") },
        Claim { method: Method::POST, path: "/api/login", when: Condition::Otherwise },
        Claim { method: Method::POST, path: "/api/logout", when: Condition::OwnToken },
    ];
    const APEXTRACK: &[Claim] = &[
        Claim { method: Method::POST, path: "/api/register", when: Condition::Otherwise },
        Claim { method: Method::POST, path: "/api/login", when: Condition::BodyHas("device_name") },
        Claim { method: Method::POST, path: "/api/logout", when: Condition::Otherwise },
        Claim { method: Method::GET, path: "/api/user", when: Condition::OwnToken },
    ];
    let api = |slug, realm, bases, claims, text| Dialect {
        bases,
        claims,
        files: files(slug, text),
        ..dialect(slug, realm, &[])
    };
    let dialects = [
        api("talentsmapping", Realm::TalentsMapping, &["/api"], &[], include_str!("vocabulary/talentsmapping.graphql")),
        api("apextrack", Realm::Apextrack, &["/api"], APEXTRACK, include_str!("vocabulary/apextrack.graphql")),
        api("notary", Realm::Notary, &["/api/v1"], &[], include_str!("vocabulary/notary.graphql")),
        api(
            "scholarship",
            Realm::Scholarship,
            &["/api", "/api/v1"],
            SCHOLARSHIP,
            include_str!("vocabulary/scholarship.graphql"),
        ),
        api("staff", Realm::Staff, &["/api"], &[], include_str!("vocabulary/staff.graphql")),
    ];
    match rest::load_all(include_str!("vocabulary/schema.graphql"), &dialects) {
        // With the 14 routes of Talents Mapping that are served already: 69.
        Ok(routes) => assert_eq!(routes.len(), 55),
        Err(defects) => panic!("{}", defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}
