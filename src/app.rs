//! The application, put together once, for the server and for the tests alike.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use async_graphql::InputType;
use chrono::{DateTime, Utc};
use gerbang_graphql::http::{DocumentDefect, Schema, TrustedDocuments};
use gerbang_kernel::{
    clock::Clock,
    error::{Error, ErrorCode},
    identity::ClientInfo,
    messages::Language,
};
use gerbang_limits::Limiter;
use gerbang_platform::{
    db::{Db, DbOptions, PoolUsage, backup::BackupError, in_background, migrate::Migrations},
    files::Files,
    geo_ip::GeoIp,
    settings::Migrate,
};
use gerbang_rest::Defect;
use gerbang_server::{metrics, middleware::overload::Concurrency};
use migration::Migrator;
use sea_orm::{DbBackend, DbErr};
use serde::Serialize;

use crate::{
    accounts::{
        Realm,
        password::hashing::Passwords,
        token::{last_used::LastUsed, rules::Tokens},
        viewer_cache::ViewerCache,
    },
    apis::settings::legacy_settings,
    audit::log::AuditLog,
    config::{Config, ConfigError, Limits},
    constants::rows::ConstantRows,
    demo::{self, DemoAccount},
    domain::{Domain, DomainParts},
    events::Events,
    graphql::Gateway,
    logging,
    outbox::{handle::Outbox, rules::Transports},
    payments::{event::store::EventStore, provider::Providers},
    recent_writes::RecentWrites,
    stored_files::{self, signed_link},
    talents::result_report::{self, Reports},
    tracking::click::{ingest::Recorder, recording},
    usage::{
        announced_end,
        calls::{Call, LegacyCalls},
    },
    viewer::Viewer,
    worker,
};

/// How long statements that still run are waited for at the end.
const LAST_STATEMENTS: Duration = Duration::from_secs(5);

pub use signed_link::{OpenFile, Signature};

/// Everything that answers requests. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The rules over the database.
    pub domain: Domain,
    /// The schema over the rules.
    pub gateway: Gateway,
    /// How many requests may be in work at once.
    pub(crate) concurrency: Concurrency,
    known_accounts: Arc<[KnownAccount]>,
    /// Documents of the operator's clients.
    pub(crate) trusted: TrustedDocuments,
    /// Since when the ends of the settings are announced.
    pub(crate) announced_ends: Arc<BTreeMap<String, DateTime<Utc>>>,
}

/// An account whose password is no secret.
#[derive(Clone, Debug, Serialize)]
pub struct KnownAccount {
    /// The user base, in the schema's words.
    pub realm: String,
    /// The role, in the schema's words.
    pub role: String,
    /// E-mail address to log in with.
    pub email: &'static str,
    /// The password.
    pub password: &'static str,
    /// What there is to see with it.
    pub note: &'static str,
}

impl From<&DemoAccount> for KnownAccount {
    fn from(account: &DemoAccount) -> Self {
        let DemoAccount { realm, role, email, note, .. } = *account;
        let (realm, role) = (realm.to_value().to_string(), role.to_value().to_string());
        Self { realm, role, email, password: demo::PASSWORD, note }
    }
}

/// Why the application could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings don't work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database can't be reached or migrated.
    #[error("the database can't be used: {0}")]
    Database(#[from] DbErr),
    /// The tables are older than the program.
    #[error("the tables are not up to date: run `gerbang migrate` first, or start with `gerbang serve --migrate`")]
    NotMigrated,
    /// The tables are newer than the program.
    #[error("the tables were made by a newer version, which this one knows nothing of ({}): start that version", .0.join(", "))]
    NewerTables(Vec<String>),
    /// Traces can't be sent.
    #[error(transparent)]
    Traces(#[from] gerbang_trace::StartError),
    /// The demo is for this machine only.
    #[error("the demo has known passwords, so it listens on this machine only: {0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The address is taken or not ours.
    #[error("can't listen on {listen}: {cause}; choose another address with --listen or [server] listen")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The server was asked and gave no good answer.
    #[error("no server answers well at {url}: {cause}")]
    NotAlive {
        /// What was asked.
        url: String,
        /// What came of it.
        cause: String,
    },
    /// The database could not be backed up or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Route files that don't fit the schema.
    #[error("{}", listed(.0, "route files"))]
    Routes(Vec<Defect>),
    /// Documents that don't fit the schema.
    #[error("{}", listed(.0, "documents"))]
    Documents(Vec<DocumentDefect>),
    /// No legacy API is called so.
    #[error("there is no API called `{slug}`; choose one of {}", .known.join(", "))]
    UnknownApi {
        /// What was asked for.
        slug: String,
        /// Those that there are.
        known: Vec<&'static str>,
    },
    /// The demo has nowhere to keep its data.
    #[error("--data {}: {cause}; name a folder that the program may write to", .folder.display())]
    DataFolder {
        /// What was named.
        folder: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A folder or socket can't be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Something else failed while starting.
    #[error("{}", described(.0))]
    Failed(#[from] Error),
}

/// How many mistakes there are in these files, and each of them.
fn listed(mistakes: &[impl ToString], files: &str) -> String {
    let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    let count = if lines.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", lines.len()) };
    format!("{count} in {files}:\n{}", lines.join("\n"))
}

/// The message with every broken rule and the cause, for the operator.
fn described(error: &Error) -> String {
    let rules = error.violations.iter().map(|violation| violation.message(Language::English));
    let cause = error.cause().map(ToString::to_string);
    // Its message is for callers, who do not learn the cause.
    let message = (error.code != ErrorCode::Internal || cause.is_none()).then(|| error.message.to_string());
    message.into_iter().chain(rules).chain(cause).collect::<Vec<_>>().join(" ")
}

impl From<Vec<Defect>> for StartError {
    fn from(defects: Vec<Defect>) -> Self {
        Self::Routes(defects)
    }
}

impl App {
    /// Connects to the database and builds the schema. Migrates nothing.
    pub async fn build(config: Config, clock: Clock) -> Result<Self, StartError> {
        let slow = Some(Duration::from_millis(config.log.slow_ms)).filter(|slow| !slow.is_zero());
        let db = Db::connect(&DbOptions { slow, ..DbOptions::from(&config.database) }).await?;
        let providers =
            Arc::new(Providers::new(&config.payments).map_err(|problem| ConfigError::Invalid(vec![problem]))?);
        let files = Files::open(&config.files, config.database.durable).await;
        let files = files.map_err(|error| unusable("files", &error))?;
        let reports = Reports::new(&config.reports).map_err(|error| unusable("reports", &error))?;
        let events = Events::default();
        let (viewers, writes) = (ViewerCache::new(&events), RecentWrites::new(&events));
        if db.backend() == DbBackend::Postgres {
            events.share(&db, config.database.url.expose()).await?;
        }
        let domain = Domain::new(DomainParts {
            clicks: Recorder::start(&db, &events, config.tracking.queue),
            audit: AuditLog::start(&db),
            geo_ip: geo_ip(&config)?,
            payment_queue: EventStore::start(&db, &clock, &events, &providers),
            providers,
            db,
            reports,
            limiter: Limiter::with_server(clock.clone(), &config.limits.redis_url)
                .map_err(|problem| ConfigError::Invalid(vec![problem]))?,
            clock,
            constants: ConstantRows::new(events.versions()),
            events,
            files,
            passwords: Passwords::default(),
            tokens: Tokens::new(&config.auth.jwt_keys),
            outbox: Outbox::default(),
            last_used: LastUsed::default(),
            viewers,
            writes,
            legacy_calls: LegacyCalls::default(),
            config,
        });
        let gateway = Gateway::new(domain.clone());
        let (limits, constants) = (&domain.config.graphql, &domain.events.versions().public_constants());
        let trusted = TrustedDocuments::load(Schema { engine: &gateway, limits, constants }).await;
        let trusted = trusted.map_err(StartError::Documents)?;
        let Limits { concurrent, scale, .. } = domain.config.limits;
        let scale = usize::try_from(scale).unwrap_or(usize::MAX);
        let concurrency = Concurrency::new(concurrent.saturating_mul(scale));
        let (known_accounts, announced_ends) = <_>::default();
        Ok(Self { domain, gateway, concurrency, known_accounts, trusted, announced_ends })
    }

    /// Lets the pages show these accounts and their password.
    #[must_use]
    pub fn with_known_accounts(mut self, accounts: &[DemoAccount]) -> Self {
        self.known_accounts = accounts.iter().map(KnownAccount::from).collect();
        self
    }

    /// Tells since when the ends of the settings are announced: as soon as a server started with them.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn with_announced_ends(mut self) -> Result<Self, StartError> {
        let announced = legacy_settings(&self.domain.config, self.domain.clock.clone()).sunsets;
        let names = announced.into_iter().filter(|(_, sunset)| sunset.deprecated.is_none());
        let names = names.map(|(name, _)| name).collect();
        self.announced_ends = Arc::new(in_background(announced_end::first_seen(&self.domain, names)).await?);
        Ok(self)
    }

    /// The accounts that the pages may show.
    pub fn known_accounts(&self) -> &[KnownAccount] {
        &self.known_accounts
    }

    /// Delivers messages and removes old rows for as long as what this gives is polled.
    ///
    /// # Errors
    /// When messages can't be sent with the settings.
    pub fn background_work(&self) -> Result<impl Future<Output = ()> + Send + 'static, StartError> {
        let transports = Transports::new(&self.domain.config).map_err(|problem| ConfigError::Invalid(vec![problem]))?;
        Ok(worker::run(self.domain.clone(), transports))
    }

    /// The uploaded file or the report at `path`, if the viewer may fetch it or the signature of a link opens it.
    ///
    /// # Errors
    /// `NOT_FOUND` else; `UNAVAILABLE` when too many reports are wanted at once.
    pub async fn stored_file(
        &self,
        viewer: &Viewer,
        path: &str,
        signature: Option<&Signature>,
    ) -> gerbang_kernel::error::Result<OpenFile> {
        match result_report::open(&self.domain, viewer, path, signature).await? {
            Some(report) => Ok(report),
            None => stored_files::rules::open(&self.domain, viewer, path, signature).await,
        }
    }

    /// Records the click of a visitor who follows a tracking link, and says where it leads.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown link or one whose offer takes no clicks, `UNAVAILABLE` under too much load.
    pub async fn follow_link(
        &self,
        sub_id: &str,
        client: ClientInfo,
        referrer: Option<String>,
    ) -> gerbang_kernel::error::Result<String> {
        Ok(recording::follow(&self.domain, sub_id, client, referrer).await?.destination)
    }

    /// The destination of a tracking link, for requests that must not count as a click.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown link or one whose offer takes no clicks.
    pub async fn link_destination(&self, sub_id: &str) -> gerbang_kernel::error::Result<String> {
        recording::destination_of(&self.domain, sub_id).await
    }

    /// Stores the calls of legacy routes that were counted since the worker did, when the server stops.
    pub async fn store_legacy_calls(&self) {
        in_background(worker::store_legacy_calls(&self.domain)).await;
    }

    /// Lets the database go. An embedded one is a single file from then on, until it is opened again.
    pub async fn close(&self) {
        if tokio::time::timeout(LAST_STATEMENTS, self.domain.db.clone().close()).await.is_err() {
            tracing::warn!("the database was not closed: some statements did not end in time");
        }
    }

    /// Counts a call of a legacy route.
    pub fn count_legacy_call(&self, realm: Realm, api: &'static str, operation: &str, client: Option<&str>) {
        self.domain.legacy_calls.count(Call { realm, api, operation, client }, self.domain.clock.now());
    }

    /// Whether requests can be answered now; else what keeps them from it.
    ///
    /// # Errors
    /// With a sentence for the operator.
    pub async fn readiness(&self) -> Result<(), String> {
        // A probe is no request of anybody.
        in_background(Box::pin(async {
            self.domain.db.ping().await.map_err(|_| "the database does not answer".to_owned())?;
            match self.is_migrated().await {
                Ok(true) => Ok(()),
                Ok(false) => Err("the tables are not up to date: run `gerbang migrate`".to_owned()),
                Err(_) => Err("the database does not answer".to_owned()),
            }
        }))
        .await
    }

    /// Tells the metrics how full pools and queues are.
    pub(crate) fn read_gauges(&self) {
        let Self { domain, .. } = self;
        for (pool, PoolUsage { used, idle, max, waiting }) in domain.db.pools() {
            metrics::set_connections(pool, [used, idle, max, waiting]);
        }
        metrics::set_reachable("database", domain.db.is_reachable());
        if domain.db.has_replica() {
            metrics::set_replica_lag(domain.db.replica_lag());
        }
        if let Some(answered) = domain.limiter.server_answered() {
            metrics::set_reachable("redis", answered);
        }
        metrics::set_in_work(&self.concurrency);
        metrics::set_lost_lines(logging::lost_lines());
        metrics::set_queue("clicks", domain.clicks.waiting());
        metrics::set_queue("audit", domain.audit.waiting());
        metrics::set_queue("payments", domain.payment_queue.waiting());
        metrics::set_queue("reports", domain.reports.waiting());
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), StartError> {
        Ok(self.domain.db.migrate::<Migrator>().await?)
    }

    /// Makes sure that the database has the tables of this version, bringing them up to date if the settings say so.
    ///
    /// # Errors
    /// When they are older and stay so, or newer.
    pub async fn ensure_migrated(&self) -> Result<(), StartError> {
        let Migrations { pending, unknown } = self.domain.db.migrations::<Migrator>().await?;
        if !unknown.is_empty() {
            return Err(StartError::NewerTables(unknown));
        }
        if pending.is_empty() {
            return Ok(());
        }
        if self.domain.config.database.migrate == Migrate::Never {
            return Err(StartError::NotMigrated);
        }
        tracing::info!(migrations = pending.len(), "bringing the tables up to date");
        self.migrate().await
    }

    /// Whether the database has every table that this version needs.
    pub async fn is_migrated(&self) -> Result<bool, StartError> {
        Ok(self.domain.db.is_migrated::<Migrator>().await?)
    }
}

/// That a part can't work with its section of the settings.
fn unusable(section: &str, error: &Error) -> ConfigError {
    let cause = error.cause().map_or_else(|| error.message.to_string(), ToString::to_string);
    ConfigError::Invalid(vec![format!("[{section}] can't be used: {cause}; check its folders and addresses")])
}

fn geo_ip(config: &Config) -> Result<GeoIp, ConfigError> {
    let file = &config.tracking.geoip_file;
    if file.as_os_str().is_empty() {
        return Ok(GeoIp::default());
    }
    let unusable = |error| format!("[tracking] geoip_file: {} can't be used: {error}", file.display());
    GeoIp::open(file).map_err(|error| ConfigError::Invalid(vec![unusable(error)]))
}
