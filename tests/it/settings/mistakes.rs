//! Mistakes that a server could start with.

use std::{fs, path::Path};

use gerbang_graphql::settings::Audience;

use super::{changed, good, looked_at};

/// A key, its value as it stands in a file, and what must be said of it besides the key.
type Mistake = (&'static str, &'static str, &'static str);

const MISTAKES: &[Mistake] = &[
    // Keys.
    ("auth.jwt_keys", "[]", "openssl|random secret"),
    (
        "auth.jwt_keys",
        r#"[{ kid = "1", secret = "9f86d081884c7d659a2feaa0c55ad015" }, { kid = "1", secret = "a3bf4f1b2b0b822cd15d6c15b0f00a08" }]"#,
        "the kid `1` stands there twice",
    ),
    ("auth.jwt_keys", r#"[{ kid = " ", secret = "9f86d081884c7d659a2feaa0c55ad015" }]"#, "a kid is blank"),
    ("auth.jwt_keys", r#"[{ kid = "1", secret = "short" }]"#, "fewer than 32 bytes"),
    ("auth.jwt_keys", r#"[{ kid = "1", secret = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }]"#, "a few letters only"),
    (
        "auth.jwt_keys",
        r#"[{ kid = "1", secret = "passwordpasswordpasswordpassword" }]"#,
        "a few letters only|repeats itself",
    ),
    (
        "auth.jwt_keys",
        r#"[{ kid = "1", secret = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" }]"#,
        "none of Ed25519",
    ),
    ("auth.jwt_keys", r#"[{ kid = "1" }]"#, "kid = \"...\", secret = \"...\""),
    ("payments.midtrans.server_keys", r#"["demo-midtrans-key"]"#, "the demo's key"),
    ("payments.doku.clients", r#"[{ client_id = "a", secret = "demo-doku-secret" }]"#, "the demo's key"),
    ("payments.xendit.callback_tokens", r#"["demo-xendit-token"]"#, "the demo's key"),
    ("payments.xendit.callback_tokens", r#"[" "]"#, "a key is blank"),
    (
        "auth.jwt_keys",
        r#"[{ kid = "1", secret = "9f86d081884c7d659a2feaa0c55ad015" }, { kid = "2", secret = "9f86d081884c7d659a2feaa0c55ad015" }]"#,
        "the secret of key `2` is another key's as well",
    ),
    ("payments.midtrans.server_keys", r#"["SB-Mid-server-abcdef", "a"]"#, "fewer than 8 characters"),
    ("payments.xendit.callback_tokens", r#"["a"]"#, "fewer than 8 characters"),
    ("payments.doku.clients", r#"[{ client_id = "a", secret = "SK-1" }]"#, "fewer than 8 characters"),
    ("payments.midtrans.server_keys", r#"["SB-Mid-server-abcdef", "SB-Mid-server-abcdef"]"#, "stands there twice"),
    ("payments.xendit.callback_tokens", r#"["callback-token", "callback-token"]"#, "stands there twice"),
    // Names.
    ("apis.notarry.hosts", "[]", "no such section; perhaps `notary`"),
    ("apis.notary.host", "[]", "no such setting; perhaps `hosts`"),
    ("servr.listen", r#""127.0.0.1:1""#, "no such section; perhaps `server`"),
    ("graphql.dept", "20", "no such setting; perhaps `depth`"),
    // Numbers.
    ("database.connections", "0", "= 0: "),
    ("auth.access_ttl_seconds", "0", "= 0: "),
    ("limits.scale", "0", "= 0: "),
    ("limits.login_failures", "0", "= 0: "),
    ("limits.login_attempts_per_address", "0", "= 0: "),
    ("limits.body_bytes", "0", "= 0: "),
    ("limits.body_seconds", "0", "= 0: "),
    ("limits.concurrent", "0", "= 0: "),
    ("limits.connections_per_address", "0", "= 0: "),
    ("limits.streams_per_address", "0", "= 0: "),
    ("limits.bodies_per_address", "0", "= 0: "),
    ("limits.sign_ups", "{ per_address = 0 }", "per_address must be at least 1"),
    ("limits.client_errors", "{ per_address = 10, per_network = 9 }", "per_network not less than it"),
    ("graphql.answer_bytes", "0", "= 0: "),
    ("limits.sign_ups", "5", "this is a section"),
    ("limits.file_bytes", "0", "= 0: "),
    ("graphql.depth", "0", "= 0: "),
    ("graphql.complexity", "0", "= 0: "),
    ("graphql.tokens", "0", "= 0: "),
    ("graphql.timeout_seconds", "0", "= 0: "),
    ("tracking.queue", "0", "= 0: "),
    ("reports.queue", "0", "= 0: "),
    ("auth.refresh_days", "4000000000", "at most 36500"),
    ("auth.sanctum_days", "36501", "at most 36500"),
    ("tracking.retention_days", "36501", "at most 36500"),
    ("audit.days", "36501", "at most 36500"),
    ("notifications.days", "36501", "at most 36500"),
    ("payments.event_days", "36501", "at most 36500"),
    ("payments.event_days", "89", "at least 90"),
    ("limits.scale", "-1", "= -1: it must be a whole number"),
    ("limits.scale", "5000000000", "= 5000000000: it must be a whole number"),
    ("limits.scale", "1.5", "= 1.5: it must be a whole number"),
    ("limits.scale", r#""10""#, "= \"10\": it must be a whole number"),
    ("graphql.introspection", r#""yes""#, "it must be \"all\" or \"admins\" or \"off\""),
    // Addresses.
    ("server.listen", r#""localhost""#, "= \"localhost\": "),
    ("server.metrics_listen", r#""9090""#, "such as 127.0.0.1:9090"),
    ("server.explorer", r#""admin""#, "\"admins\" or \"off\""),
    ("payments.midtrans.confirm", r#""yes""#, "= \"yes\": it must be true or false"),
    ("server.public_url", r#""javascript:alert(1)""#, "http:// or https://"),
    ("server.public_url", r#""https://example.com/""#, "the slash at the end"),
    ("server.public_url", r#""https://example.com?a=b""#, "leave out `?`"),
    ("server.app_url", r#""file:///""#, "http:// or https://"),
    ("server.app_url", r#""app.example.com""#, "http:// or https://"),
    ("payments.midtrans.api_url", r#""file:///""#, "http:// or https://"),
    ("payments.midtrans.api_url", r#""""#, "http:// or https://"),
    ("server.cors_origins", r#"["https://app.example.com/"]"#, "browsers send `https://app.example.com`"),
    ("server.cors_origins", r#"["https://app.example.com/path"]"#, "browsers send `https://app.example.com`"),
    ("server.cors_origins", r#"["HTTPS://App.example.com:443"]"#, "browsers send `https://app.example.com`"),
    ("server.cors_origins", r#"["app.example.com"]"#, "is no origin"),
    ("server.cors_origins", r#"["https://*.example.com"]"#, "never matches"),
    ("server.cors_headers", r#"["content type"]"#, "`content type` is no name"),
    ("server.trusted_proxies", r#"["10.0.0.0/33"]"#, "`10.0.0.0/33` is neither"),
    ("server.trusted_proxies", r#"["proxy.internal"]"#, "`proxy.internal` is neither"),
    ("server.country_header", r#""CF IPCountry""#, "no name of a header"),
    ("apis.notary.hosts", r#"["api.talentsmapping.id"]"#, "|[apis.notary] as well|[apis.talentsmapping] as well"),
    ("apis.notary.hosts", r#"["API.talentsmapping.id."]"#, "|[apis.notary] as well|[apis.talentsmapping] as well"),
    ("apis.notary.hosts", r#"["a.b", "A.B."]"#, "stands there twice"),
    (
        "apis.notary.sunset",
        r#"{ all = "30-06-2027" }"#,
        "all = \"30-06-2027\" must be a day or a time in quotation marks, as in \"2027-06-30\" or \"2027-06-30T00:00:00Z\"",
    ),
    ("apis.notary.deprecated", "{ all = 2027 }", "all = 2027 must be a day or a time"),
    ("apis.notary.name", r#"" ""#, "write a name in one line"),
    ("apis.notary.name", r#""Notary\nOffice""#, "write a name in one line"),
    ("apis.notary.hosts", r#"["https://notary.example"]"#, "without scheme"),
    ("apis.notary.hosts", r#"["notary.example:8080"]"#, "without scheme, port"),
    ("database.url", r#""mysql://host/db""#, "must begin with sqlite:// or postgres://"),
    ("database.url", r#""sqlite::memory:""#, "names no file"),
    ("database.read_url", r#""postgres://standby/db""#, "only PostgreSQL has standbys"),
    // Services.
    ("mail.transport", r#""smtp""#, "smtp_url: it is empty"),
    ("mail.transport", r#""pigeon""#, "\"file\" or \"smtp\""),
    ("mail.from", r#""nobody""#, "no sender"),
    ("sms.transport", r#""http""#, "gateway_url: it is empty"),
    ("files.store", r#""s3""#, "bucket: it is empty"),
    ("files.s3.access_key_id", r#""AKIA""#, "set both or none"),
    ("log.filter", r#""info,,gerbang=loud""#, "write it as"),
    ("payments.doku.paths", r#"["webhooks"]"#, "is no path"),
    ("payments.doku.paths", r#"["/a", "/a"]"#, "stands there twice"),
    // Places.
    ("files.folder", r#""/proc/gerbang""#, "name a folder that the program may write to"),
    ("outbox.folder", r#""/proc/gerbang""#, "name a folder that the program may write to"),
    ("reports.cache_folder", r#""/proc/gerbang""#, "name a folder that the program may write to"),
    ("reports.templates", r#""/nowhere/templates""#, "name a folder of templates"),
    ("tracking.geoip_file", r#""/nowhere/countries.mmdb""#, "name a file"),
    ("database.url", r#""sqlite:///proc/gerbang/gerbang.db""#, "can't be written to"),
];

/// What is wrong with the settings after one change.
fn problems(folder: &Path, key: &str, value: &str) -> Vec<String> {
    match looked_at(&changed(folder, &[(key, value)]), &[]) {
        Ok(_) => panic!("{key} = {value} is taken"),
        Err(problems) => problems,
    }
}

#[test]
fn valid_settings_give_no_warning() {
    let folder = tempfile::tempdir().unwrap();
    let (_, warnings) = looked_at(&good(folder.path()), &[]).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn a_mistake_is_refused_with_its_key_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for (key, value, said) in MISTAKES {
        let problems = problems(folder.path(), key, value);
        let section = key.split('.').next().unwrap();
        let told = problems.iter().any(|problem| {
            problem.starts_with(&format!("[{section}"))
                && said.split('|').filter(|said| !said.is_empty()).any(|said| problem.contains(said))
        });
        assert!(told, "{key} = {value}: {problems:#?}");
        assert_eq!(problems.len(), 1, "nothing else is wrong: {problems:#?}");
    }
}

#[test]
fn all_mistakes_are_reported_together() {
    let folder = tempfile::tempdir().unwrap();
    let changes: Vec<(&str, &str)> = vec![
        ("server.public_url", r#""javascript:1""#),
        ("server.listen", r#""nowhere""#),
        ("graphql.depth", "0"),
        ("graphql.introspection", "1"),
        ("limits.scael", "1"),
        ("apis.notarry.hosts", "[]"),
        ("files.folder", r#""/proc/gerbang""#),
        ("auth.jwt_keys", "7"),
    ];
    let problems = looked_at(
        &changed(folder.path(), &changes),
        &[("GERBANG_GRAPHQL__TOKENS", "1_0"), ("GERBANG_SERVERLISTEN", "a")],
    );
    let problems = problems.map(|_| ()).unwrap_err();
    assert_eq!(problems.len(), changes.len() + 2, "{problems:#?}");
    for (key, _) in changes {
        // A section that nobody knows is told of as a whole.
        let key = key.strip_suffix(".hosts").unwrap_or(key);
        let (section, key) = key.rsplit_once('.').unwrap();
        let told = problems.iter().any(|problem| problem.starts_with(&format!("[{section}] {key}")));
        assert!(told, "{section}.{key}: {problems:#?}");
    }
}

#[test]
fn risky_but_valid_settings_give_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for (key, value, said) in [
        ("server.trusted_proxies", r#"["0.0.0.0/0"]"#, "0.0.0.0/0"),
        ("server.trusted_proxies", r#"["::/0"]"#, "::/0"),
        ("server.trusted_proxies", r#"["0.0.0.0/1", "128.0.0.0/1"]"#, "128.0.0.0/1"),
        ("server.country_header", r#""CF-IPCountry""#, "trusted_proxies"),
        ("server.cors_origins", r#"["null"]"#, "`null`"),
        ("server.listen", r#""0.0.0.0:8080""#, "only this machine"),
        ("limits.scale", "1000", "1000"),
        ("auth.refresh_days", "0", "log in anew"),
    ] {
        let (_, warnings) = looked_at(&changed(folder.path(), &[(key, value)]), &[]).unwrap();
        assert!(warnings.iter().any(|warning| warning.contains(said)), "{key} = {value}: {warnings:?}");
    }
}

#[test]
fn a_misspelt_variable_is_refused_or_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let good = good(folder.path());
    for (variable, meant) in [
        ("GERBANG_SERVER_LISTEN", "GERBANG_SERVER__LISTEN"),
        ("GERBANG_SERVER__LISTN", "GERBANG_SERVER__LISTEN"),
        ("GERBANG_PAYMENTS_MIDTRANS_API_URL", "GERBANG_PAYMENTS__MIDTRANS__API_URL"),
        ("gerbang_limits__scael", "GERBANG_LIMITS__SCALE"),
        ("GERBANG_APIS__NOTARRY__HOSTS", "GERBANG_APIS__NOTARY__HOSTS"),
        ("GERBANG_CONFG", "GERBANG_CONFIG"),
    ] {
        let problems = looked_at(&good, &[(variable, "1")]).map(|_| ()).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
        assert!(problem.contains(variable) && problem.contains(meant), "{problem}");
    }
    for (variable, meant) in [
        ("GERBNAG_SERVER__LISTEN", "GERBANG_SERVER__LISTEN"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("GERBANGLIMITS__SCALE", "GERBANG_LIMITS__SCALE"),
    ] {
        let (_, warnings) = looked_at(&good, &[(variable, "1")]).unwrap();
        let [warning] = warnings.as_slice() else { panic!("{variable}: {warnings:#?}") };
        assert!(warning.contains(variable) && warning.contains(meant), "{warning}");
    }
    let others =
        [("PATH", "/bin"), ("HOME", "/root"), ("PGPASSWORD", "x"), ("REDIS_URL", "x"), ("GERBANG_CONFIG", "x")];
    assert_eq!(looked_at(&good, &others).unwrap().1, Vec::<String>::new());
}

#[test]
fn a_variable_that_names_a_section_is_told_how_to_name_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, said) in [
        ("GERBANG_LIMITS__SIGN_UPS", "this is a section|GERBANG_LIMITS__SIGN_UPS__PER_ADDRESS"),
        ("GERBANG_LOG", "this is a section|GERBANG_LOG__FILTER"),
        ("GERBANG_APIS__NOTARY__SUNSET", "this is a section|only a file"),
    ] {
        let problems = looked_at(&good(folder.path()), &[(variable, "{per_address = 1}")]).map(|_| ()).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
        assert!(problem.contains(variable) && said.split('|').all(|said| problem.contains(said)), "{problem}");
    }
}

#[test]
fn variables_that_kubernetes_sets_for_a_service_of_this_name_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let good = good(folder.path());
    let set = [
        ("GERBANG_SERVICE_HOST", "10.96.0.12"),
        ("GERBANG_SERVICE_PORT", "8080"),
        ("GERBANG_SERVICE_PORT_HTTP", "8080"),
        ("GERBANG_PORT", "tcp://10.96.0.12:8080"),
        ("GERBANG_PORT_8080_TCP", "tcp://10.96.0.12:8080"),
        ("GERBANG_PORT_8080_TCP_PROTO", "tcp"),
        ("GERBANG_PORT_8080_TCP_PORT", "8080"),
        ("GERBANG_PORT_8080_TCP_ADDR", "10.96.0.12"),
    ];
    assert_eq!(looked_at(&good, &set).unwrap().1, Vec::<String>::new());
    for wrong in [
        ("GERBANG_PORT", "8080"),
        ("GERBANG_SERVICE_HOST", "example.com"),
        ("GERBANG_PORT_8080", "tcp://10.96.0.12:8080"),
        ("GERBANG_PORT_8080_TCP_NAME", "a"),
        ("GERBANG_SERVICE", "8080"),
    ] {
        assert!(looked_at(&good, &[wrong]).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_variable_is_read_by_the_type_of_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let good = good(folder.path());
    let read = |variable, text| looked_at(&good, &[(variable, text)]);
    for (text, number) in [("10", 10), (" 10", 10), ("+10", 10), ("010", 10)] {
        assert_eq!(read("GERBANG_GRAPHQL__DEPTH", text).unwrap().0.graphql.depth, number, "{text}");
    }
    for text in ["1_0", "1 0", "++10", "１０", "1.0", "1e1", "0x10", "", "ten", "-1"] {
        let problems = read("GERBANG_GRAPHQL__DEPTH", text).map(|_| ()).unwrap_err();
        assert!(problems.iter().all(|problem| problem.contains("whole number")), "{text}: {problems:?}");
    }
    // As it was set before there were three words.
    assert_eq!(read("GERBANG_GRAPHQL__INTROSPECTION", "false").unwrap().0.graphql.introspection, Audience::Off);
    assert_eq!(read("GERBANG_GRAPHQL__INTROSPECTION", "admins").unwrap().0.graphql.introspection, Audience::Admins);
    assert!(read("GERBANG_GRAPHQL__INTROSPECTION", "no").is_err());
    let token = read("GERBANG_SMS__GATEWAY_TOKEN", "00123").unwrap().0.sms.gateway_token;
    assert_eq!(token.expose(), "00123");
    let origins = read("GERBANG_SERVER__CORS_ORIGINS", "[\"https://a.example\", \"https://b.example\"]").unwrap().0;
    assert_eq!(origins.server.cors_origins, ["https://a.example", "https://b.example"]);
    assert!(read("GERBANG_SERVER__CORS_ORIGINS", "https://a.example").is_err());
    let key = r#"[{kid = "7", secret = "9f86d081884c7d659a2feaa0c55ad015"}]"#;
    assert_eq!(read("GERBANG_AUTH__JWT_KEYS", key).unwrap().0.auth.jwt_keys[0].kid, "7");
    // What is written for this program goes before what many programs read.
    let urls = [("GERBANG_DATABASE__URL", "sqlite:///tmp/a.db"), ("DATABASE_URL", "sqlite:///tmp/b.db")];
    assert_eq!(looked_at(&good, &urls).unwrap().0.database.url.expose(), "sqlite:///tmp/a.db");
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let problem = gerbang::config::Config::load(Some(&missing)).unwrap_err().to_string();
    assert!(problem.contains("missing.toml") && problem.contains("--config"), "{problem}");
    let broken = folder.path().join("broken.toml");
    fs::write(&broken, "[auth]\njwt_keys = [\n[mail]\n").unwrap();
    let problem = gerbang::config::Config::load(Some(&broken)).unwrap_err().to_string();
    assert!(problem.contains("broken.toml, line 3"), "{problem}");
}
