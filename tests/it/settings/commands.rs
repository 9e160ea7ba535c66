//! Commands for operators, run as they run them.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// What a command prints, with the settings of this folder and these variables.
fn printed(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(folder, arguments, variables);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let file = folder.join("gerbang.toml");
    if !file.exists() {
        fs::write(&file, super::good(folder)).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
    command.env_clear().env("GERBANG_CONFIG", &file).envs(variables.iter().copied());
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn an_admin_of_the_staff_gets_a_user_name_that_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let admin = |arguments: &[&str]| {
        let arguments = [&["create-admin", "--realm", "staff", "--email"], arguments].concat();
        printed(folder.path(), &arguments, &[])
    };
    printed(folder.path(), &["migrate"], &[]);
    assert!(admin(&["ani@example.com"]).starts_with("ani@example.com (user name ani) may log in with the password "));
    assert!(admin(&["ani@example.org"]).starts_with("ani@example.org (user name ani2) may log in"));
    assert!(admin(&["ani@example.net", "--username", "ani.k"]).starts_with("ani@example.net (user name ani.k) may"));
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_file_of_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), &["migrate"], &[]);
    let mode = fs::metadata(folder.path().join("gerbang.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
}

#[test]
fn the_settings_in_force_are_printed_with_where_they_come_from() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("GERBANG_LIMITS__BODY_BYTES", "123456"), ("GERBANG_MAIL__SMTP_URL", "smtp://u:hunter2@host")];
    let listing = printed(folder.path(), &["config"], &variables);
    let file = folder.path().join("gerbang.toml").display().to_string();
    let line = |key: &str| {
        let found = listing.lines().find(|line| line.starts_with(&format!("{key} = ")));
        found.unwrap_or_else(|| panic!("no {key} in\n{listing}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("body_bytes"), "body_bytes = 123456 # GERBANG_LIMITS__BODY_BYTES");
    assert_eq!(line("smtp_url"), "smtp_url = \"(hidden)\" # GERBANG_MAIL__SMTP_URL");
    assert_eq!(line("jwt_keys"), format!("jwt_keys = \"(hidden)\" # {file}"));
    assert_eq!(line("url"), format!("url = \"(hidden)\" # {file}"));
    assert_eq!(line("cors_origins"), "cors_origins = [] # default");
    assert!(!listing.contains("hunter2") && !listing.contains("9f86d081"), "{listing}");
    // It is a file that could be read again, were it not for the secrets.
    let table: toml::Table = listing.parse().unwrap();
    assert_eq!(table["limits"]["body_bytes"].as_integer(), Some(123_456));
}

#[test]
fn settings_that_no_server_could_use_are_not_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["config"], &[("GERBANG_SERVER__METRICS_LISTEN", "9090")]);
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("[server] metrics_listen = \"9090\": it is no address with a port"), "{said}");
}
