//! Nothing that the program says holds a secret, whatever fails.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::{good, looked_at};

/// What no message may hold. Each secret is made of these.
const SECRET: &str = "hunter2";
/// The same for a secret of digits.
const DIGITS: &str = "8675309";

/// Every setting that is secret or may hold a secret, with a value that has one in it.
const SETTINGS: &[(&str, &str)] = &[
    ("database.url", r#""postgres://u:hunter2@127.0.0.1:1/db""#),
    ("database.read_url", r#""postgres://u:hunter2@127.0.0.1:1/db""#),
    ("auth.jwt_keys", r#"[{ kid = "1", secret = "hunter2-9f86d081884c7d659a2feaa0c55ad015" }]"#),
    ("mail.smtp_url", r#""smtp://u:hunter2@127.0.0.1:1""#),
    ("sms.gateway_url", r#""http://127.0.0.1:1/?key=hunter2""#),
    ("sms.gateway_token", r#""hunter2""#),
    ("files.s3.secret_access_key", r#""hunter2""#),
    ("limits.redis_url", r#""redis://:hunter2@127.0.0.1:1""#),
    ("payments.midtrans.server_keys", r#"["hunter2-midtrans"]"#),
    ("payments.doku.clients", r#"[{ client_id = "1", secret = "hunter2-doku" }]"#),
    ("payments.xendit.callback_tokens", r#"["hunter2-xendit"]"#),
];

/// What somebody may write by mistake in the place of any of them.
const WRONG: &[&str] = &[
    "8675309",
    "8675309.5",
    "-8675309",
    r#""hunter2""#,
    r#"["hunter2"]"#,
    "[8675309]",
    "[[\"hunter2\"]]",
    r#"{ hunter2 = "hunter2" }"#,
    r#"[{ hunter2 = "hunter2" }]"#,
    r#"[{ kid = "1", secret = 8675309 }]"#,
    r#"[{ kid = "1", secret = "hunter2" }]"#,
    r#"[{ kid = 1, secret = "hunter2-9f86d081884c7d659a2feaa0c55ad015" }]"#,
    r#"[{ client_id = 1, secret = "hunter2" }]"#,
    r#""postgres://u:hunter2@h:port/db""#,
    r#""postgres://u:hunter2…""#,
    r#""postgres://u:hunter2#1@h/db""#,
    r#""postgres://u:hunter2@h/db?sslmode=hunter2""#,
    r#""mysql://u:hunter2@h/db""#,
    r#""u:hunter2@h""#,
    r#""hunter2://u:hunter2@h""#,
    r#""smtp://u:hunter2@h:port""#,
    r#""smtp://u:hunter2@h?tls=hunter2""#,
    r#""redis://:hunter2@h:port""#,
    r#""sqlite://hunter2/hunter2?mode=hunter2""#,
];

#[track_caller]
fn holds_no_secret(said: &str, of: &str) {
    for secret in [SECRET, DIGITS] {
        // The name that a key was given is no secret, however it is spelt.
        assert!(!said.contains(secret), "{of}:\n{said}");
    }
}

/// A key's name as that of a variable.
fn variable(key: &str) -> String {
    format!("GERBANG_{}", key.to_ascii_uppercase().replace('.', "__"))
}

#[test]
fn a_secret_in_the_wrong_form_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let others = [("mail.transport", "\"smtp\""), ("sms.transport", "\"http\""), ("files.store", "\"s3\"")];
    let mut refused = 0;
    for (key, _) in SETTINGS {
        for wrong in WRONG {
            let mut changes = others.to_vec();
            changes.push((key, wrong));
            let file = super::changed(folder.path(), &changes);
            let variable = variable(key);
            let text = wrong.trim_matches('"');
            for (file, variables) in [(file, vec![]), (good(folder.path()), vec![(variable.as_str(), text)])] {
                match looked_at(&file, &variables) {
                    Ok((config, warnings)) => {
                        holds_no_secret(&format!("{config:?}{warnings:?}"), &format!("{key} = {wrong}"));
                    }
                    Err(problems) => {
                        refused += 1;
                        holds_no_secret(&problems.join("\n"), &format!("{key} = {wrong}"));
                    }
                }
            }
        }
    }
    assert!(refused > SETTINGS.len() * WRONG.len(), "{refused}");
}

#[test]
fn an_address_with_a_user_is_refused_without_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let s3 = [("files.store", "\"s3\""), ("files.s3.bucket", "\"b\"")];
    for url in
        ["https://u:hunter2@h", "https://hunter2@h", "https:u:hunter2@h", "https://u:hunter2 @h/", "ftp://u:hunter2@h"]
    {
        for key in [
            "server.public_url",
            "server.app_url",
            "server.listen",
            "payments.midtrans.api_url",
            "files.s3.endpoint",
            "server.cors_origins",
            "server.cors_headers",
            "server.trusted_proxies",
            "server.country_header",
            "apis.notary.hosts",
        ] {
            let is_list = matches!(key, "server.cors_origins" | "server.cors_headers" | "server.trusted_proxies")
                || key.ends_with("hosts");
            let value = if is_list { format!("[\"{url}\"]") } else { format!("\"{url}\"") };
            let file = super::changed(folder.path(), &[&s3[..], &[(key, &value)]].concat());
            let by_file = looked_at(&file, &[]);
            let by_variable = looked_at(&super::changed(folder.path(), &s3), &[(variable(key).as_str(), url)]);
            for looked in [by_file, by_variable] {
                let said = looked.map(|_| ()).unwrap_err().join("\n");
                holds_no_secret(&said, &format!("{key} = {url}"));
                let name = key.rsplit('.').next().unwrap();
                assert!(said.contains(name), "{key}: {said}");
            }
        }
    }
}

#[test]
fn a_file_that_is_no_toml_does_not_show_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    for (key, value) in SETTINGS {
        let (section, name) = key.rsplit_once('.').unwrap();
        for broken in [
            format!("[{section}]\n{name} = {}\n", value.trim_end_matches(['"', ']', '}', ' '])),
            format!("[{section}]\n{name} {value}\n"),
            format!("[{section}]\n{name} = hunter2\n"),
            format!("[{section}]\n{name} = {value} hunter2\n"),
            format!("[{section}]\n{name} = {value}\n{name} = {value}\n"),
            format!("[{section}\n{name} = {value}\n"),
        ] {
            let problems = looked_at(&broken, &[]).map(|_| ()).unwrap_err();
            holds_no_secret(&problems.join("\n"), &broken);
            assert!(problems[0].contains("line "), "{problems:?}");
        }
    }
    drop(folder);
}

/// Every command.
const COMMANDS: &[&[&str]] = &[
    &["serve"],
    &["migrate"],
    &["backup", "/proc/gerbang/backup.db"],
    &["restore", "/proc/gerbang/backup.db"],
    &["create-admin", "--realm", "staff", "--email", "a@b.test"],
    &["health"],
    &["repair-summaries"],
    &["generate-clicks", "--clicks", "1"],
    &["openapi", "nothing"],
    &["demo", "--data", "/proc/gerbang"],
];

/// What the program says, run with these variables and a file with every secret in it.
fn output_of(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let file = folder.join("gerbang.toml");
    if !file.exists() {
        // The URL of the database is for the variables to say, which may name one that has no standby.
        let is_for_file = |(key, _): &(&str, &str)| !key.starts_with("database.");
        let settings: Vec<(&str, &str)> = SETTINGS.iter().copied().filter(is_for_file).collect();
        let places = [
            ("server.listen", "\"127.0.0.1:1\""),
            ("files.s3.access_key_id", "\"1\""),
            ("mail.transport", "\"smtp\""),
            ("sms.transport", "\"http\""),
            ("log.filter", "\"trace\""),
        ];
        fs::write(&file, super::changed(folder, &[settings, places.to_vec()].concat())).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_gerbang"))
        .env_clear()
        .envs(variables.iter().copied())
        .env("GERBANG_CONFIG", &file)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success(), "{arguments:?} with {variables:?} did not fail: {said}");
    assert!(!said.trim().is_empty(), "{arguments:?} with {variables:?} fails without a word");
    said
}

#[tokio::test]
async fn the_log_of_a_server_shows_no_secret_though_nothing_that_it_needs_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("fresh.db").display());
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
        command.env_clear().env("DATABASE_URL", &url).env("GERBANG_SERVER__LISTEN", "127.0.0.1:0");
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    };
    output_of(folder.path(), &["serve"], &[("DATABASE_URL", &url)]);
    let file = folder.path().join("gerbang.toml");
    assert!(program(&["migrate"]).status().unwrap().success());
    let mut server = program(&["serve", "--config", file.to_str().unwrap()]).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    let (listening, address) = mpsc::channel();
    let log = thread::spawn(move || {
        let mut log = String::new();
        for line in &mut lines {
            if let Some((_, address)) = line.split_once("listening address=http://") {
                let address = address.split(' ').next().unwrap_or_default();
                listening.send(address.to_owned()).unwrap();
            }
            log.push_str(&(line + "\n"));
        }
        log
    });
    let address = address.recv_timeout(Duration::from_secs(30)).expect("the server says where it listens");
    // Who logs in is counted in Redis, which is not there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let log_in = r#"mutation { login(input: { realm: STAFF, login: "a@b.test", password: "wrong-password" }) { token { content } } }"#;
    let body = serde_json::json!({ "query": log_in });
    let reply = client.post(format!("http://{address}/graphql")).json(&body).send().await.unwrap();
    assert!(reply.text().await.unwrap().contains("UNAUTHENTICATED"));
    server.kill().unwrap();
    server.wait().unwrap();
    let log = log.join().unwrap();
    assert!(log.contains("Redis does not count"), "{log}");
    holds_no_secret(&log, "serve");
}

/// A server that is no database: it says something that no database says, and hangs up.
fn no_database() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.write_all(b"220 not a database\r\n");
        }
    });
    format!("postgres://u:hunter2@{address}/db")
}

#[test]
fn no_command_shows_a_secret_whatever_fails() {
    let folder = tempfile::tempdir().unwrap();
    let no_database = no_database();
    let missing = format!("sqlite://{}/hunter2.db", "/proc/gerbang");
    let failures: [&[(&str, &str)]; 9] = [
        &[("DATABASE_URL", "postgres://gerbang@h/db?pasword=hunter2")],
        &[("DATABASE_URL", "postgres://gerbang@h/db?sslpassword=hunter2")],
        &[("DATABASE_URL", "postgres://u:hunter2…")],
        &[("DATABASE_URL", "postgres://u:hunter2@h:port/db")],
        &[("DATABASE_URL", &no_database)],
        &[("DATABASE_URL", &missing)],
        &[("DATABASE_URL", "postgres://u:hunter2@h/db"), ("GERBANG_LIMITS__SCALE", "1_0")],
        &[("GERBANG_DATABASE_URL", "postgres://u:hunter2@h/db")],
        &[("GERBANG_AUTH__JWT_KEYS", "hunter2"), ("GERBANG_SMS__GATEWAY_TOKENS", "hunter2")],
    ];
    for arguments in COMMANDS {
        // The demo makes its own settings, so one failure is as good as another.
        let failures = if arguments[0] == "demo" { &failures[..1] } else { &failures };
        for variables in failures {
            holds_no_secret(
                &output_of(folder.path(), arguments, variables),
                &format!("{arguments:?} with {variables:?}"),
            );
        }
    }
}

#[test]
fn a_failed_connection_is_reported_without_its_password() {
    let Some(server) = std::env::var("GERBANG_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()) else { return };
    let mut url = url::Url::parse(&server).unwrap();
    url.set_username("nobody-of-this-name").unwrap();
    url.set_password(Some(SECRET)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for arguments in COMMANDS.iter().filter(|arguments| !["demo", "health", "openapi"].contains(&arguments[0])) {
        holds_no_secret(
            &output_of(folder.path(), arguments, &[("DATABASE_URL", url.as_str())]),
            &format!("{arguments:?}"),
        );
    }
}
