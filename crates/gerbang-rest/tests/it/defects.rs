//! Every kind of mistake is found before the server starts, with its place and what to do.

use super::{
    identity::Realm,
    shim::{Shim, defects_of, dialect, settings},
};

/// The only mistake of a file must be this one.
#[track_caller]
fn finds(text: &str, expected: &str) {
    let name = if text.starts_with("mutation") { "make_it" } else { "show_it" };
    let found = defects_of(name, text);
    assert!(found.len() == 1 && found[0].contains(expected), "expected only `{expected}`, found {found:#?}");
}

#[test]
fn a_correct_file_has_no_defects() {
    let right = r#"query ShowIt($id: ID!) @rest(method: GET, path: "/things/{id}") {
        data: thing(id: $id) @required { id name owner @omit(when: NULL) { id } }
    }"#;
    assert_eq!(defects_of("show_it", right), Vec::<String>::new());
}

#[test]
fn defects_name_file_line_column_problem_and_remedy() {
    let text = "query ShowIt @rest(method: GET, path: \"/x\") {\n  firstThing @spread {\n    nmae\n  }\n}";
    assert_eq!(
        defects_of("show_it", text),
        ["test/show_it.graphql:3:5: Thing has no field `nmae`. Did you mean `name`?"]
    );
}

#[test]
fn all_defects_of_all_files_are_reported_together() {
    let files = [
        ("one", "query One @rest(method: GET, path: \"/1\") { firstThing @spread { a b } }"),
        ("two", "query Two @rest(method: GET, path: \"/2\") { firstThing @spread { c } }"),
    ];
    let defects = Shim::try_of(vec![dialect("test", Realm::Apextrack, &files)], settings()).err().unwrap();
    let files: Vec<&str> = defects.iter().map(|defect| defect.file.as_str()).collect();
    assert_eq!(files, ["test/one.graphql", "test/one.graphql", "test/two.graphql"]);
}

#[test]
fn only_what_is_the_same_for_all_is_kept_by_others() {
    let kept = |kind: &str, arguments: &str, selection: &str| {
        format!("{kind} @rest(method: {arguments}, path: \"/x\", maxAge: {selection}")
    };
    finds(&kept("query ShowIt", "GET", "60) { whoami }"), "depends on who asks");
    finds(&kept("query ShowIt", "GET, auth: OPTIONAL", "60) { whoami }"), "depends on who asks");
    finds(&kept("query ShowIt", "POST, auth: NONE", "60) { whoami }"), "only the answer to GET is kept");
    finds(&kept("query ShowIt", "GET, auth: NONE", "0) { whoami }"), "`maxAge` of `@rest` is not a number of seconds");
    finds(&kept("query ShowIt", "GET, auth: NONE", "\"60\") { whoami }"), "is not a number of seconds");
    assert_eq!(defects_of("show_it", &kept("query ShowIt", "GET, auth: NONE", "60) { whoami }")), Vec::<String>::new());
}

#[test]
fn the_file_must_be_one_named_operation() {
    finds("query ShowIt {", "can't be read");
    finds("{ whoami }", "has no name");
    finds("query ShowIt { whoami }", "no @rest");
    finds(r#"query Other @rest(method: GET, path: "/x") { whoami }"#, "called Other, and its file `show_it.graphql`");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami } query Second { whoami }"#, "several operations");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { ...Fields } fragment Fields on Query { whoami }"#,
        "named fragment",
    );
}

#[test]
fn a_route_stands_in_a_section_of_its_document() {
    let sections = |tag: &str| {
        let text = format!("query ShowIt @rest(method: GET, path: \"/x\", summary: \"Show it\"{tag}) {{ whoami }}");
        let mut dialect = dialect("test", Realm::Apextrack, &[("show_it", &text)]);
        dialect.sections = &["Accounts", "Things"];
        let defects = Shim::try_of(vec![dialect], settings()).err().unwrap_or_default();
        defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(sections(", tag: \"Things\""), "");
    assert!(
        sections("").ends_with("`@rest` lacks `tag`. Add `tag: \"Accounts\"`, or another section."),
        "{}",
        sections("")
    );
    let wrong = sections(", tag: \"Thing\"");
    assert!(wrong.ends_with("the API's document has no section `Thing`. Did you mean `Things`?"), "{wrong}");
}

#[test]
fn a_route_has_the_name_and_the_place_that_its_document_gives_it() {
    let said = |arguments: [&str; 2]| {
        let file = |name: &str, arguments: &str| {
            format!("query {name} @rest(method: GET, path: \"/{name}\", tag: \"Things\"{arguments}) {{ whoami }}")
        };
        let texts = [file("A", arguments[0]), file("B", arguments[1])];
        let mut dialect = dialect("test", Realm::Apextrack, &[("a", &texts[0]), ("b", &texts[1])]);
        dialect.sections = &["Things"];
        let defects = Shim::try_of(vec![dialect], settings()).err().unwrap_or_default();
        defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said([r#", summary: "A", position: 1"#, r#", summary: "B", position: 2"#]), "");
    assert_eq!(said([r#", summary: "A""#, r#", summary: "B""#]), "");
    for nothing in ["", r#", summary: " ""#] {
        let problem = said([nothing, r#", summary: "B""#]);
        assert!(problem.contains("a.graphql:1:9: `@rest` lacks `summary`. Add what"), "{problem}");
    }
    let problem = said([r#", summary: "A", position: 2"#, r#", summary: "B", position: 2"#]);
    assert!(problem.contains("b.graphql") && problem.contains("a.graphql stands at the same `position`"), "{problem}");
    let problem = said([r#", summary: "A", position: 0"#, r#", summary: "B""#]);
    assert!(problem.contains("`position` of `@rest` is not a whole number from 1"), "{problem}");
}

#[test]
fn a_page_shows_the_message_of_an_answer_to_get() {
    let problem = "a page shows the `message` of an answer to GET";
    finds(r#"query ShowIt @rest(method: GET, path: "/x", html: true) { whoami }"#, problem);
    finds(r#"mutation MakeIt @rest(method: POST, path: "/x", message: "m", html: true) { probe(input: {}) }"#, problem);
}

#[test]
fn a_mutation_has_one_root_field() {
    finds(
        r#"mutation MakeIt @rest(method: POST, path: "/x") { a: probe(input: {}) b: probe(input: {}) }"#,
        "more than one root field",
    );
}

#[test]
fn directives_are_read_strictly() {
    finds(r#"query ShowIt @rest(method: GET, path: "/x") @rset { whoami }"#, "`@rset` means nothing on an operation");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami @spraed }"#, "`@spraed` means nothing on a field");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami @rest }"#, "`@rest` means nothing on a field");
    finds(r#"query ShowIt @rest(method: GET, path: "/x", stauts: 201) { whoami }"#, "`@rest` has no argument `stauts`");
    finds(r#"query ShowIt @rest(method: GTE, path: "/x") { whoami }"#, "`method` of `@rest` is not");
    finds(r#"query ShowIt @rest(method: GET, path: "/x", status: 99) { whoami }"#, "`status` of `@rest` is not");
    finds(r#"query ShowIt @rest(method: GET, path: "/x", message: 5) { whoami }"#, "`message` of `@rest` is not");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") @rest(method: GET, path: "/x") { whoami }"#,
        "stands here twice",
    );
    finds(r#"query ShowIt @rest(path: "/x") { whoami }"#, "`@rest` lacks `method`");
    finds(r#"query ShowIt @rest(method: GET, path: "x") { whoami }"#, "`x` is no path");
    finds(r#"query ShowIt @rest(method: GET, path: "/x{id}y") { whoami }"#, "is no path");
}

#[test]
fn fields_and_arguments_must_exist_in_the_schema() {
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami(a: 1) }"#, "`whoami` has no argument `a`");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { thing @required { name } }"#,
        "lacks its argument `id: ID!`",
    );
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami { x } }"#, "has no fields");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { firstThing }"#, "none of its fields is selected");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { signUp(token: "x") @spread { ... on Thing { name } } }"#,
        "SignUp is never a Thing",
    );
}

#[test]
fn literals_must_be_valid() {
    finds(
        r#"mutation MakeIt @rest(method: POST, path: "/x") { probe(input: { color: GREEN }) }"#,
        "Color has no value `GREEN`",
    );
    finds(r#"mutation MakeIt @rest(method: POST, path: "/x") { probe(input: { number: "1" }) }"#, "is no Int");
    finds(
        r#"mutation MakeIt @rest(method: POST, path: "/x") { probe(input: { nmuber: 1 }) }"#,
        "ProbeInput has no field `nmuber`",
    );
    finds(r#"mutation MakeIt @rest(method: POST, path: "/x") { probe(input: null) }"#, "never null");
    finds(
        r#"mutation MakeIt @rest(method: POST, path: "/x") { make(input: {}) @spread { created } }"#,
        "lacks `name: String!`",
    );
}

#[test]
fn variables_must_fit_be_used_and_be_declared() {
    finds(
        r#"query ShowIt($id: ID) @rest(method: GET, path: "/x") { thing(id: $id) @required { name } }"#,
        "`$id` is ID, but `id` takes ID!",
    );
    finds(
        r#"query ShowIt($id: String!) @rest(method: GET, path: "/x") { thing(id: $id) @required { name } }"#,
        "`$id` is String!, but `id` takes ID!",
    );
    finds(
        r#"mutation MakeIt($n: Int) @rest(method: POST, path: "/x") { probe(input: { text: $n }) }"#,
        "`$n` is Int, but `input.text` takes String",
    );
    finds(r#"query ShowIt($a: Int) @rest(method: GET, path: "/x") { whoami }"#, "`$a` is never used");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { thing(id: $id) @required { name } }"#,
        "`$id` is used, but not declared",
    );
    finds(r#"query ShowIt($a: Nope) @rest(method: GET, path: "/x") { fail(code: $a) }"#, "no type of input");
}

#[test]
fn variables_have_one_source() {
    finds(
        r#"query ShowIt($code: String! @from(body: "code")) @rest(method: GET, path: "/x") { fail(code: $code) }"#,
        "has no source: a GET request has no body",
    );
    finds(
        r#"query ShowIt($code: String! @from(query: "a", header: "B")) @rest(method: GET, path: "/x") { fail(code: $code) }"#,
        "several sources",
    );
    finds(
        r#"query ShowIt($code: String! @from) @rest(method: GET, path: "/x") { fail(code: $code) }"#,
        "has no source",
    );
    finds(
        r#"query ShowIt($code: String @from(query: "c") = "x") @rest(method: GET, path: "/x") { search: things(search: $code, page: 1) @omit { totalCount } }"#,
        "a directive and a default",
    );
    finds(r#"query ShowIt @rest(method: GET, path: "/x/{id}") { whoami }"#, "no variable takes the parameter {id}");
    finds(
        r#"query ShowIt($id: ID!) @rest(method: GET, path: ["/x/{id}", "/x"]) { thing(id: $id) @required { name } }"#,
        "not every path has {id}",
    );
    finds(
        r#"mutation MakeIt($body: RawBody! @from(request: RAW_BODY), $path: String!) @rest(method: POST, path: "/x") { receive(body: $body, path: $path) }"#,
        "taken raw, and `$path` wants it parsed",
    );
    finds(
        r#"mutation MakeIt($c: Color @values(map: { a: GREEN })) @rest(method: POST, path: "/x") { probe(input: { color: $c }) }"#,
        "Color has no value `GREEN`",
    );
    finds(
        r#"mutation MakeIt($n: Int @values(map: { a: BLUE })) @rest(method: POST, path: "/x") { probe(input: { number: $n }) }"#,
        "has no words",
    );
}

#[test]
fn what_is_shown_in_another_form_must_have_it() {
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { firstThing @spread { id @id } }"#, "is ID! and no text");
    let make = |from: &str, variable: &str| {
        format!(
            r#"mutation MakeIt($fees: [FeeInput!] {from}) @rest(method: POST, path: "/x") {{
                make(input: {{ name: "x", fees: $fees }}) @spread {{ thing @asSent(variable: "{variable}") {{ name }} }}
            }}"#
        )
    };
    let number = r#"@from(number: [{ name: "Fee", amount: VALUE }])"#;
    finds(&make("", "fees"), "`$fees` never comes as a bare number");
    finds(&make(number, "fee"), "`$fee` never comes as a bare number");
    finds(&make(number, "fees"), "no list that shows `amount`");
}

#[test]
fn a_nullable_object_needs_a_directive_for_null() {
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { thing(id: 1) { name } }"#, "may be null");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { thing(id: 1) @spread { name } }"#, "may be null");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { firstThing @required { name } }"#, "never null");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami @omit(when: NULL) }"#, "never null");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { thing(id: 1) @required(code: NOPE) { name } }"#,
        "`code` of `@required`",
    );
}

#[test]
fn a_duplicate_member_of_an_input_object_is_a_defect() {
    finds(
        r#"mutation MakeIt @rest(method: POST, path: "/x") { probe(input: { text: "a", text: "b" }) }"#,
        "only one input field named \"text\"",
    );
}

#[test]
fn keys_of_the_body_are_unique() {
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { name: whoami firstThing @spread { name } }"#,
        "the key `name` twice",
    );
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x", message: "m") { message: whoami }"#,
        "the key `message` twice",
    );
    finds(
        r#"query ShowIt($page: Int, $per_page: Int) @rest(method: GET, path: "/x") {
            meta: whoami
            data: things(page: $page, perPage: $per_page) @page { nodes { name } }
        }"#,
        "the key `meta` twice",
    );
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { firstThing @spread { name name } }"#, "selected twice");
}

#[test]
fn directives_that_contradict_each_other_or_the_type_are_defects() {
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami @spread }"#, "only one object can be spread");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { allThings @spread { name } }"#,
        "only one object can be spread",
    );
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { a: firstThing @spread { name } }"#,
        "never shown, since it is spread",
    );
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { whoami @outcome(status: 201) }"#, "decided by a Boolean!");
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { data: allThings @page { name } }"#, "is no connection");
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { data: settings @entries { key } }"#,
        "@entries needs `key` and `value`",
    );
    finds(
        r#"query ShowIt($page: Int) @rest(method: GET, path: "/x") { data: things(page: $page) @page { nodes { name } } }"#,
        "a page needs a variable for `perPage`",
    );
}

#[test]
fn outcomes_are_exhaustive_and_disjoint() {
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { signUp(token: "x") @spread { ... on Waiting @outcome(message: "m") { token } } }"#,
        "no @outcome fragment applies to Confirmed",
    );
    finds(
        r#"query ShowIt @rest(method: GET, path: "/x") { signUp(token: "x") @spread {
            ... on Waiting @outcome(message: "m") { token }
            ... on Waiting @outcome(message: "n") { attempts }
            ... on Confirmed @outcome(message: "o") { token }
        } }"#,
        "two @outcome fragments apply to Waiting",
    );
}

#[test]
fn errors_have_an_answer_and_are_reachable() {
    let with = |errors: &str| {
        format!(r#"query ShowIt($code: String!) @rest(method: GET, path: "/x") {errors} {{ data: fail(code: $code) }}"#)
    };
    finds(&with("@error(code: NOT_FOUND)"), "has no answer");
    finds(&with("@error(code: NOPE, status: 404)"), "`code` of `@error` is not");
    finds(&with("@error(status: 404)"), "`@error` lacks `code`");
    finds(
        &with(
            r#"@error(code: VALIDATION_FAILED, status: 400) @error(code: VALIDATION_FAILED, field: "code", rule: TAKEN, message: "m")"#,
        ),
        "never reached for VALIDATION_FAILED",
    );
    finds(&with(r#"@error(code: NOT_FOUND, message: "in {retryAfter}")"#), "nothing fills {retryAfter}");
    finds(&with(r#"@error(code: RATE_LIMITED, body: { a: ["{nope}"] })"#), "nothing fills {nope}");
    finds(&with(r#"@error(code: NOT_FOUND, field: "code", message: "m")"#), "only VALIDATION_FAILED has fields");
    finds(&with(r#"@error(code: VALIDATION_FAILED, field: "cdoe", message: "m")"#), "takes no field `cdoe`");
}

#[test]
fn a_file_or_redirect_needs_its_one_field() {
    finds(r#"query ShowIt @rest(method: GET, path: "/x") { file }"#, "a file inside JSON");
    finds(r#"query ShowIt @rest(method: GET, path: "/x", kind: FILE) { whoami }"#, "exactly one File");
    finds(r#"query ShowIt @rest(method: GET, path: "/x", kind: REDIRECT) { whoami }"#, "exactly `location`");
}

#[test]
fn two_files_can_not_share_a_route_or_a_name() {
    let one = |name: &'static str, text: &'static str| dialect("one", Realm::Apextrack, &[(name, text)]);
    let other = |name: &'static str, text: &'static str| dialect("other", Realm::Staff, &[(name, text)]);
    let problems = |dialects| Shim::try_of(dialects, settings()).err().unwrap().remove(0).problem;
    let files = [
        ("a", r#"query A($id: ID!) @rest(method: GET, path: "/x/{id}") { thing(id: $id) @required { name } }"#),
        ("b", r#"query B($key: ID!) @rest(method: GET, path: "/x/{key}") { thing(id: $key) @required { name } }"#),
    ];
    assert!(problems(vec![dialect("one", Realm::Apextrack, &files)]).contains("answers GET /x/{}, too"));
    let a = r#"query A @rest(method: GET, path: "/a") { whoami }"#;
    let b = r#"query A @rest(method: GET, path: "/b") { whoami }"#;
    assert!(problems(vec![one("a", a), other("a", b)]).contains("an operation called A, too"));
    let c = r#"query C @rest(method: GET, path: "/a") { whoami }"#;
    assert!(problems(vec![one("a", a), other("c", c)]).contains("one, other all document GET /api/a"));
}
