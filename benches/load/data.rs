//! The database: made by the program's own migrations, filled by statements that make the rows where they are.

use std::{error::Error, fs, io, path::PathBuf, process::Command};

use argon2::{Argon2, PasswordHasher};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    options::{Kind, Options},
    server::{KEY, PUBLIC_URL},
};

/// Of the one who logs in.
pub(crate) const EMAIL: &str = "admin@talents.test";
pub(crate) const PASSWORD: &str = "a-password-for-a-benchmark";
/// What networks sign postbacks with.
pub(crate) const NETWORK_SECRET: &str = "postback-secret";
const SANCTUM_SECRET: &str = "a-secret-for-a-benchmark-of-32-bytes";
/// Clients that have scores: more are never on a page that is asked for.
const SCORED: u64 = 20_000;

/// A filled database and whatever belongs to it; gone with [`Data::remove`].
pub(crate) struct Data {
    pub(crate) kind: Kind,
    program: PathBuf,
    pub(crate) folder: TempDir,
    pub(crate) url: String,
    server: Option<String>,
    pub(crate) clients: u64,
    pub(crate) partners: u64,
    /// The affiliate whose dashboard is asked for, and their token.
    pub(crate) affiliate: i64,
    pub(crate) sanctum: String,
    /// Clicks of another affiliate, which may become leads, and a link of theirs.
    pub(crate) clicks: Vec<String>,
    pub(crate) link: String,
}

impl Data {
    pub(crate) async fn new(kind: Kind, options: &Options) -> Result<Self, Box<dyn Error>> {
        let clients = options.clients;
        let folder = TempDir::with_prefix("gerbang-load-")?;
        let server = options.postgres.clone().filter(|_| kind == Kind::Postgres);
        let url = match &server {
            Some(server) => {
                let name = format!("gerbang_load_{}", Uuid::new_v4().simple());
                administer(server, &format!("create database {name}")).await?;
                format!("{server}/{name}")
            }
            None => format!("sqlite://{}", folder.path().join("gerbang.db").display()),
        };
        let partners = (clients / 100).clamp(15, 200);
        let mut data = Self {
            kind,
            program: options.program.clone(),
            folder,
            url,
            server,
            clients,
            partners,
            affiliate: 0,
            sanctum: String::new(),
            clicks: Vec::new(),
            link: String::new(),
        };
        if let Err(error) = data.fill().await {
            data.remove().await?;
            return Err(error);
        }
        Ok(data)
    }

    /// Of a database on a server.
    pub(crate) async fn remove(self) -> Result<(), Box<dyn Error>> {
        let name = self.url.rsplit('/').next().unwrap_or_default();
        match &self.server {
            Some(server) => administer(server, &format!("drop database {name} with (force)")).await,
            None => Ok(()),
        }
    }

    /// The program over this database, with everything else as installed but limits, which are for callers.
    pub(crate) fn command(&self) -> io::Result<Command> {
        let settings = self.folder.path().join("gerbang.toml");
        let folder = self.folder.path().display();
        let text = format!(
            r#"
            auth = {{ jwt_keys = [{{ kid = "bench", secret = "{KEY}" }}], access_ttl_seconds = 86_400 }}
            server.public_url = "{PUBLIC_URL}"
            files.folder = "{folder}/files"
            reports.cache_folder = "{folder}/reports"
            mail.transport = "file"
            sms.transport = "file"
            outbox.folder = "{folder}/outbox"
            limits.scale = 1_000_000
            "#
        );
        fs::write(&settings, text)?;
        let mut command = Command::new(&self.program);
        // It knows no settings of benchmarks.
        command.env_clear().env("DATABASE_URL", &self.url).arg("--config").arg(settings);
        Ok(command)
    }

    async fn fill(&mut self) -> Result<(), Box<dyn Error>> {
        self.run(&["migrate"])?;
        // As many clicks as before, over longer, so that the last is not live.
        let clicks = self.clients.clamp(500, 10_000).to_string();
        self.run(&["generate-clicks", "--clicks", &clicks, "--affiliates", "2", "--links", "10"])?;
        let db = Database::connect(&self.url).await?;
        let hash = Argon2::default().hash_password(PASSWORD.as_bytes()).map_err(|error| error.to_string())?.to_string();
        let sql = Sql(self.kind);
        for statement in sql.talents(self.clients, self.partners, &hash).into_iter().chain(sql.rest(&hash)) {
            db.execute_unprepared(&statement).await.map_err(|error| format!("{error} in {statement}"))?;
        }
        self.affiliate = number(&db, "select min(id) as number from users where role = 'affiliate'").await?;
        db.execute_unprepared(&sql.sanctum(self.affiliate)).await?;
        let token = number(&db, "select max(id) as number from access_tokens").await?;
        self.sanctum = format!("{token}|{SANCTUM_SECRET}");
        let others = format!("select click_id, sub_id from clicks where affiliate_id <> {} limit 5000", self.affiliate);
        for row in db.query_all_raw(statement(&db, &others)).await? {
            self.clicks.push(row.try_get("", "click_id")?);
            self.link = row.try_get("", "sub_id")?;
        }
        db.close().await?;
        Ok(())
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        let status = self.command()?.args(arguments).output()?;
        if status.status.success() {
            return Ok(());
        }
        Err(format!("gerbang {arguments:?}: {}", String::from_utf8_lossy(&status.stderr)).into())
    }
}

async fn administer(server: &str, statement: &str) -> Result<(), Box<dyn Error>> {
    let admin = Database::connect(format!("{server}/postgres")).await?;
    admin.execute_unprepared(statement).await?;
    Ok(admin.close().await?)
}

fn statement(db: &DatabaseConnection, sql: &str) -> Statement {
    Statement::from_string(db.get_database_backend(), sql)
}

async fn number(db: &DatabaseConnection, sql: &str) -> Result<i64, Box<dyn Error>> {
    let row = db.query_one_raw(statement(db, sql)).await?.ok_or("no row")?;
    Ok(row.try_get("", "number")?)
}

/// Statements in the words of a database.
struct Sql(Kind);

impl Sql {
    fn talents(&self, clients: u64, partners: u64, password_hash: &str) -> Vec<String> {
        let (made, changed, born) = (self.time("i"), self.time("i * 7 % 9000000"), self.day("i * 37 % 14000"));
        vec![
            format!(
                "insert into partners (name, email, phone, address, created_at, updated_at)
                 {} select 'PT Karya Mandiri ' || i, 'sdm' || i || '@karya.test', '+62215550' || (1000 + i),
                 'Jl. Jenderal Sudirman Kav. ' || i || ', Jakarta', {made}, {changed} from numbers",
                numbers(partners),
            ),
            format!(
                "insert into clients
                 (partner_id, name, email, phone, gender, birth_date, status, assessed_at, created_at, updated_at)
                 {} select (i - 1) % {partners} + 1, 'Siti Rahayu ' || i, 'siti' || i || '@contoh.test',
                 case when i % 7 <> 4 then '+62812' || (1000000 + i) end,
                 case i % 3 when 0 then 'male' when 1 then 'female' end,
                 case when i % 12 <> 9 then {born} end,
                 case when i % 15 = 7 then 'archived' else 'assessed' end, {changed}, {made}, {changed} from numbers",
                numbers(clients),
            ),
            "insert into assessment_results (client_id, version, assessed_at, created_at, updated_at)
             select id, '2.1', assessed_at, assessed_at, assessed_at from clients order by id"
                .to_owned(),
            format!(
                "insert into assessment_scores (result_id, typology_code, score_tenths, rank)
                 select r.id, t.code, 970 - 30 * ((t.position + r.id) % 30) + r.id % 29, (t.position + r.id) % 30 + 1
                 from assessment_results r cross join typologies t where r.id <= {SCORED} order by r.id, t.position"
            ),
            format!(
                "insert into users
                 (uuid, realm, role, legacy_id, name, email, email_key, password_hash, status, created_at, updated_at)
                 values ('{}', 'talents_mapping', 'admin', 1, 'Administrator', '{EMAIL}', '{EMAIL}', '{password_hash}',
                 'active', {now}, {now})",
                Uuid::new_v4(),
                now = self.time("0"),
            ),
        ]
    }

    fn rest(&self, password_hash: &str) -> Vec<String> {
        let time = self.time("i");
        vec![
            format!("update users set password_hash = '{password_hash}' where realm = 'apextrack'"),
            format!("update networks set secret = '{NETWORK_SECRET}'"),
            format!(
                "insert into settings (key, value, created_at, updated_at)
                 {} select 'setting_' || i, 'What stands in setting ' || i, {time}, {time} from numbers",
                numbers(12),
            ),
            // So that nothing of it is left for while servers are measured.
            match self.0 {
                Kind::Postgres => "vacuum analyze".to_owned(),
                Kind::Sqlite => "analyze".to_owned(),
            },
        ]
    }

    fn sanctum(&self, user: i64) -> String {
        let now = self.time("0");
        format!(
            "insert into access_tokens (user_id, name, token_hash, created_at, updated_at)
             values ({user}, 'bench', '{}', {now}, {now})",
            hex::encode(Sha256::digest(SANCTUM_SECRET)),
        )
    }

    /// So many seconds after the beginning of a year.
    fn time(&self, seconds: &str) -> String {
        match self.0 {
            Kind::Postgres => format!("timestamptz '2026-01-01 00:00:00+00' + ({seconds}) * interval '1 second'"),
            Kind::Sqlite => format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 1767225600 + ({seconds}), 'unixepoch')"),
        }
    }

    /// So many days after the beginning of another.
    fn day(&self, days: &str) -> String {
        match self.0 {
            Kind::Postgres => format!("date '1968-01-01' + ({days})"),
            Kind::Sqlite => format!("date('1968-01-01', ({days}) || ' days')"),
        }
    }
}

/// A table of the numbers from 1 on.
fn numbers(count: u64) -> String {
    format!("with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < {count})")
}
