//! What each command does.

use std::{
    fs,
    io::{self, Write},
    iter,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use gerbang_graphql::{
    constants::Constants,
    http::{Schema, TrustedDocuments},
};
use gerbang_kernel::{clock::Clock, secret::Secret};
use gerbang_platform::{
    db::{
        Db, DbOptions,
        backup::{self, Restored},
    },
    settings::{FileStore, Migrate},
    tls,
};
use gerbang_rest::Dialect;
use gerbang_server::{listener::Listener, open_files};
use indicatif::{ProgressBar, ProgressStyle};
use migration::Migrator;
use rand::distr::{Alphanumeric, SampleString};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    accounts::user::new_users::{self, NewAdmin},
    apis::{
        self,
        settings::{legacy_settings, unknown_operations},
    },
    app::{App, StartError},
    cli,
    config::{Config, Findings, JwtKey, LoadedConfig, listing, unread_by_demo},
    demo::{self as demo_data, self, clicks::Generate},
    graphql, http, logging, reload,
    tracking::summary::repair::{self, Repaired},
};

/// Characters of a generated password.
const PASSWORD_LENGTH: usize = 24;
/// What examples call the state of a server that begins as the demo does.
const DEMO: &str = "demo";
/// How long a server may take to say that it lives.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(3);

/// Serves demo data from an embedded database. A file with settings is not for it, which it says.
pub async fn demo(file: Option<&Path>, arguments: cli::Demo) -> Result<(), StartError> {
    let cli::Demo { listen, data, outbox, cors_origins, documents } = arguments;
    if !listen.ip().is_loopback() {
        return Err(StartError::NotLoopback(listen));
    }
    let folder = DataFolder::new(data)?;
    let outbox = outbox.unwrap_or_else(|| folder.path().join("outbox"));
    let listener = TcpListener::bind(listen).await.map_err(|cause| StartError::Listen { listen, cause })?;
    let mut config = Config::demo(folder.path(), &outbox, listener.local_addr()?)?;
    config.auth.jwt_keys = vec![demo_key(folder.path())?];
    config.server.cors_origins = cors_origins;
    config.graphql.documents = documents;
    let mut findings = Findings::new();
    config.check_all_but_keys(&mut findings);
    let warnings = findings.finish()?;
    let _logging = logging::init(&config.log);
    let traces = start_traces(&config)?;
    warn(&warnings);
    if let Some(file) = file {
        let file = file.display();
        tracing::warn!(%file, "the demo has settings of its own and did not read this file: `gerbang serve` does");
    }
    let variables = unread_by_demo().join(", ");
    if !variables.is_empty() {
        tracing::warn!(
            variables,
            "of the environment the demo reads limits alone, and not these: `gerbang serve` does"
        );
    }
    raise_open_files();

    let app = App::build(config, Clock::system()).await?.with_known_accounts(demo_data::accounts());
    app.migrate().await?;
    demo_data::fill_if_empty(&app.domain).await?;
    print(&welcome(&app.domain.config, folder.path(), &outbox))?;
    let served = http::serve::serve(app, listener).await;
    send_last(traces).await;
    served
}

/// Serves the configured database.
pub async fn serve(file: Option<&Path>, arguments: &cli::Serve) -> Result<(), StartError> {
    let LoadedConfig { mut config, mut findings } = LoadedConfig::load(file)?;
    if arguments.migrate {
        config.database.migrate = Migrate::Start;
    }
    config.check(&mut findings);
    config.check_messages(&mut findings);
    findings.refuse_all(unknown_operations(&config, http::routes::routes()?));
    let warnings = findings.finish()?;
    let _logging = logging::init(&config.log);
    let traces = start_traces(&config)?;
    warn(&warnings);
    raise_open_files();
    let (listen, reuse_port) = (config.server.listen, config.server.reuse_port);
    let app = App::build(config, Clock::system()).await?;
    app.ensure_migrated().await?;
    let app = app.with_announced_ends().await?;
    let listener = Listener::bind(listen, reuse_port).map_err(|cause| StartError::Listen { listen, cause })?;
    let reloading = reload::on_hangup(app.domain.clone(), file.map(Path::to_owned))?;
    let served = http::serve::serve(app, listener).await;
    drop(reloading);
    send_last(traces).await;
    served
}

/// Begins to send traces, where a collector is named.
fn start_traces(config: &Config) -> Result<Option<gerbang_trace::Exporter>, gerbang_trace::StartError> {
    tls::install();
    gerbang_trace::start(&config.traces, env!("CARGO_PKG_VERSION"))
}

/// Sends what is left of the traces.
async fn send_last(traces: Option<gerbang_trace::Exporter>) {
    // It waits for the collector.
    let _ = tokio::task::spawn_blocking(move || drop(traces)).await;
}

/// Logs warnings about settings that are probably mistakes.
fn warn(warnings: &[String]) {
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}

/// A connection is a file: the more may be open, the more clients there may be.
fn raise_open_files() {
    match open_files::raise() {
        Ok(limit) => tracing::info!(limit, "files and sockets that may be open at once"),
        Err(error) => {
            let limit = open_files::limit();
            tracing::warn!(limit, %error, "the system does not let more files be open: raise its limit (ulimit -n) for more connections");
        }
    }
}

/// Brings the tables of the configured database up to date.
pub async fn migrate(file: Option<&Path>) -> Result<(), StartError> {
    let db = Db::connect(&DbOptions::from(&with_database(file)?.database)).await?;
    db.migrate::<Migrator>().await?;
    db.close().await?;
    print("The tables are up to date.\n")
}

/// Writes the database to a file while it is served.
pub async fn backup(file: Option<&Path>, arguments: &cli::Backup) -> Result<(), StartError> {
    let cli::Backup { file: backup, force } = arguments;
    let config = with_database(file)?;
    let bytes = backup::backup(config.database.url.expose(), backup, *force).await?;
    let uploads = match config.files.store {
        FileStore::Folder => format!("the folder {}", config.files.folder.display()),
        FileStore::S3 => format!("the bucket {}", config.files.s3.bucket),
    };
    let backup = backup.display();
    print(&format!("{backup} holds the database, {bytes} bytes.\nUploaded files are not in it: copy {uploads} now.\n"))
}

/// Puts a file that [`backup()`] wrote in the place of the database.
pub async fn restore(file: Option<&Path>, arguments: &cli::Restore) -> Result<(), StartError> {
    let config = with_database(file)?;
    let restored = backup::restore::<Migrator>(config.database.url.expose(), &arguments.file).await?;
    let Restored { former, pending } = restored;
    print(&format!("The database is as it was when {} was made.\n", arguments.file.display()))?;
    if let Some(former) = former {
        print(&format!("What it was before is kept as {}: remove it when it is needed no more.\n", former.display()))?;
    }
    if pending.is_empty() { Ok(()) } else { print("Its tables are of an older version: run `gerbang migrate`.\n") }
}

/// The settings for a command that needs little but the database.
fn with_database(file: Option<&Path>) -> Result<Config, StartError> {
    let LoadedConfig { config, mut findings } = LoadedConfig::load(file)?;
    config.check_database(&mut findings);
    findings.finish()?;
    Ok(config)
}

/// Adds an administrator with a random password, which is printed once.
pub async fn create_admin(file: Option<&Path>, arguments: cli::CreateAdmin) -> Result<(), StartError> {
    let cli::CreateAdmin { realm, email, name, username } = arguments;
    let app = migrated(file).await?;
    let password = Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LENGTH);
    let new = NewAdmin { realm, name, email, username, password: password.clone() };
    let admin = new_users::create_admin(&app.domain, new).await?;
    app.close().await;
    let username = admin.username.map(|username| format!(" (user name {username})")).unwrap_or_default();
    print(&format!("{}{username} may log in with the password {password}\n", admin.email))
}

/// Prints the settings in force.
pub fn config(file: Option<&Path>) -> Result<(), StartError> {
    print(&listing(file)?)
}

/// Asks the server of these settings whether it lives.
pub async fn health(file: Option<&Path>) -> Result<(), StartError> {
    let listen = Config::load(file)?.server.listen;
    let ip = if listen.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { listen.ip() };
    let url = format!("http://{}/healthz", SocketAddr::new(ip, listen.port()));
    // Whom this machine trusts does not matter here.
    let client = reqwest::Client::builder().timeout(HEALTH_TIMEOUT).no_proxy().tls_certs_only(iter::empty());
    let answer = async {
        let answer = tls::client(client)?.get(&url).send().await.and_then(reqwest::Response::error_for_status);
        answer.map_err(|error| tls::explained(&error.without_url()))
    };
    answer.await.map(drop).map_err(|cause| StartError::NotAlive { url, cause })
}

/// Recomputes the hourly sums of clicks and leads.
pub async fn repair_summaries(file: Option<&Path>) -> Result<(), StartError> {
    let app = migrated(file).await?;
    let bar = progress_bar("hours");
    let repaired = repair::repair_summaries(&app.domain, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    let Repaired { hours, rows, without_clicks } = repaired.await?;
    bar.finish_and_clear();
    app.close().await;
    print(&format!("{rows} sums were wrong in {hours} hours and are right now.\n"))?;
    if without_clicks > 0 {
        print(&format!(
            "The clicks of {without_clicks} hours have left by [tracking] retention_days: their number stays as it stood.\n"
        ))?;
    }
    Ok(())
}

/// Adds clicks and leads of made-up affiliates.
pub async fn generate_clicks(file: Option<&Path>, arguments: cli::GenerateClicks) -> Result<(), StartError> {
    let cli::GenerateClicks { clicks, days, affiliates, links } = arguments;
    let app = migrated(file).await?;
    let bar = progress_bar("clicks");
    bar.set_length(clicks);
    let wanted = Generate { clicks, days, affiliates, links };
    let generated = demo::clicks::generate_clicks(&app.domain, wanted, |written| bar.set_position(written)).await?;
    bar.finish_and_clear();
    app.close().await;
    let (first, last) = (generated.links.first(), generated.links.last());
    let links = first.zip(last).map_or_else(String::new, |(first, last)| format!(", at /c/{first} to /c/{last}"));
    print(&format!("{clicks} clicks were added to {} links{links}.\n", generated.links.len()))
}

/// The application over the configured database, whose tables must be up to date.
async fn migrated(file: Option<&Path>) -> Result<App, StartError> {
    let app = App::build(with_database(file)?, Clock::system()).await?;
    if app.is_migrated().await? { Ok(app) } else { Err(StartError::NotMigrated) }
}

/// Shows how far a long command is, where somebody watches.
fn progress_bar(what: &str) -> ProgressBar {
    let template = format!("{{wide_bar}} {{pos}} of {{len}} {what}, {{per_sec}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// Prints the schema.
pub fn schema() -> Result<(), StartError> {
    print(graphql::sdl())
}

/// Prints every legacy route.
pub fn routes() -> Result<(), StartError> {
    print(&gerbang_rest::listing(http::routes::routes()?))
}

/// Prints the OpenAPI document of a legacy API.
pub fn openapi(file: Option<&Path>, arguments: &cli::Openapi) -> Result<(), StartError> {
    let settings = legacy_settings(&Config::load(file)?, Clock::system());
    let dialect = api(&arguments.slug)?;
    let routes = http::routes::routes()?;
    let document = gerbang_rest::openapi::document(
        &dialect,
        &routes.iter().collect::<Vec<_>>(),
        &gerbang_rest::DeclaredRules,
        &settings,
    );
    print(&format!("{document:#}\n"))
}

/// Prints the examples of a legacy API as lines for a shell.
pub fn examples(arguments: &cli::Examples) -> Result<(), StartError> {
    let cli::Examples { slug, url } = arguments;
    print(&gerbang_rest::examples::script(&api(slug)?, http::routes::routes()?, DEMO, url.trim_end_matches('/')))
}

fn api(slug: &str) -> Result<Dialect, StartError> {
    let unknown = || {
        let known = apis::all().iter().map(|dialect| dialect.slug).collect();
        StartError::UnknownApi { slug: slug.to_owned(), known }
    };
    apis::all().into_iter().find(|dialect| dialect.slug == slug).ok_or_else(unknown)
}

/// Checks every route file, and every document that the settings name.
pub async fn check(file: Option<&Path>) -> Result<(), StartError> {
    let routes = http::routes::routes()?;
    let limits = &Config::load(file)?.graphql;
    let schema = Schema { engine: &graphql::unserved(), limits, constants: &Constants::default() };
    let documents = TrustedDocuments::load(schema).await.map_err(StartError::Documents)?;
    print(&match documents.count() {
        0 => format!("{} routes fit the schema.\n", routes.len()),
        documents => format!("{} routes and {documents} trusted documents fit the schema.\n", routes.len()),
    })
}

fn print(text: &str) -> Result<(), StartError> {
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever reads has read enough: `gerbang schema | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Where the demo keeps its data: a folder that stays, or one that goes with the process.
enum DataFolder {
    Given(PathBuf),
    Temporary(TempDir),
}

impl DataFolder {
    fn new(given: Option<PathBuf>) -> Result<Self, StartError> {
        let Some(path) = given else { return Ok(TempDir::with_prefix("gerbang-").map(Self::Temporary)?) };
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(Self::Given(path)),
            Err(cause) => Err(StartError::DataFolder { folder: path, cause }),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// The key that signs the demo's tokens: made at random once and kept beside its data, so that tokens outlive a restart.
fn demo_key(data: &Path) -> io::Result<JwtKey> {
    let file = data.join("signing-key");
    let secret = match fs::read_to_string(&file) {
        Ok(secret) => secret,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = Alphanumeric.sample_string(&mut rand::rng(), 64);
            write_private(&file, &secret)?;
            secret
        }
        Err(error) => return Err(error),
    };
    Ok(JwtKey { kid: "demo".to_owned(), secret: Secret::new(secret) })
}

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

fn welcome(config: &Config, data: &Path, outbox: &Path) -> String {
    let url = &config.server.public_url;
    let line = |account: &demo_data::DemoAccount| {
        let realm = async_graphql::InputType::to_value(&account.realm).to_string();
        format!("  {realm:<16} {:<22} {}", account.email, account.note)
    };
    let accounts = demo_data::accounts().iter().map(line).collect::<Vec<_>>().join("\n");
    format!(
        r#"Gerbang's demo is at {url}

  Start here       {url}
  Explorer         {url}/explorer
  GraphQL          {url}/graphql
  Legacy APIs      {url}/api/..., {url}/<api>/api/...
  Health           {url}/healthz  {url}/readyz  {url}/metrics
  Data             {data}
  Mail and SMS     {outbox}

Accounts, all with the password {password}:
{accounts}

Try GraphQL:
  curl -s {url}/graphql -H 'Content-Type: application/json' -d '{{"query":"{{ assessmentDictionary {{ clusters {{ code name }} }} }}"}}'

Try a legacy API:
  curl -s {url}/api/auth/login -H 'Content-Type: application/json' -d '{{"email":"partner@talents.test","password":"{password}"}}'

"#,
        data = data.display(),
        outbox = outbox.display(),
        password = demo_data::PASSWORD,
    )
}
