//! The real program, started, killed, replaced and restored while others work with it: what it has acknowledged is there
//! afterwards.

mod backup;
mod clicks;
mod reload;
mod start;
mod takeover;
mod webhooks;

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, ClientBuilder, redirect::Policy};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokio::time::sleep;

use crate::support::database::TestDatabase;

/// How long the program may take to start, and to acknowledge something.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A key that is not the demo's, which a server refuses.
pub(crate) const DOKU_SECRET: &str = "SK-of-the-crash-tests";

/// A client of the program, which takes a redirect for an answer.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    ClientBuilder::new().timeout(Duration::from_secs(20)).redirect(Policy::none()).build().unwrap()
}

/// `gerbang serve` on a database, as an operator would run it.
pub(crate) struct Program {
    child: Child,
    settings: Settings,
}

/// A file with settings, and the address that it names.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) file: PathBuf,
    pub(crate) address: SocketAddr,
}

/// An address that was taken and let go, so that it is free.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Writes settings with which a server works, whose folders are below `folder`.
pub(crate) fn write_settings(folder: &Path, database: &TestDatabase, address: SocketAddr) -> Settings {
    let file = folder.join("gerbang.toml");
    let doku = format!(r#"clients = [{{ client_id = "demo-client", secret = "{DOKU_SECRET}" }}]"#);
    let keys = r#"[log]
filter = "warn"
[auth]
jwt_keys = [{ kid = "test", secret = "a secret for tests, 32 bytes long" }]
[mail]
transport = "file"
[sms]
transport = "file"
"#;
    let url = json!(database.url());
    let [outbox, files, reports] = ["outbox", "files", "reports"].map(|name| json!(folder.join(name)));
    let rest = format!(
        "[payments.doku]\n{doku}\n[server]\nlisten = \"{address}\"\nshared_root = true\n[database]\nurl = {url}\n[outbox]\nfolder = {outbox}\n[files]\nfolder = {files}\n[reports]\ncache_folder = {reports}\n"
    );
    fs::write(&file, format!("{keys}{rest}")).unwrap();
    Settings { file, address }
}

/// `gerbang serve` as an operator would run it, with its settings and these arguments.
pub(crate) fn serve(settings: &Settings, arguments: &[&str]) -> Command {
    command(settings, &[&["serve"], arguments].concat())
}

/// A command as an operator would run it.
pub(crate) fn command(settings: &Settings, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
    command.env_clear().args(arguments).arg("--config").arg(&settings.file).stdout(Stdio::null());
    command
}

impl Program {
    pub(crate) async fn start(folder: &Path, database: &TestDatabase, client: &Client) -> Self {
        Self::run(write_settings(folder, database, free_address()), &[], client).await
    }

    /// Runs it with these settings and arguments, until it is ready.
    pub(crate) async fn run(settings: Settings, arguments: &[&str], client: &Client) -> Self {
        Self::wait_for(serve(&settings, arguments).spawn().unwrap(), settings, client).await
    }

    /// Runs it with these settings and its log in a file, until it is ready.
    pub(crate) async fn logging_to(log: &Path, settings: Settings, client: &Client) -> Self {
        let child = serve(&settings, &[]).stderr(fs::File::create(log).unwrap()).spawn().unwrap();
        Self::wait_for(child, settings, client).await
    }

    async fn wait_for(child: Child, settings: Settings, client: &Client) -> Self {
        let program = Self { child, settings };
        let began = Instant::now();
        while !matches!(client.get(program.url("/readyz")).send().await, Ok(reply) if reply.status() == 200) {
            assert!(began.elapsed() < TIMEOUT, "the program does not start");
            sleep(Duration::from_millis(50)).await;
        }
        program
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.settings.address)
    }

    /// Writes other settings in the place of some, and tells the program.
    pub(crate) fn change_settings(&self, from: &str, to: &str) {
        let text = fs::read_to_string(&self.settings.file).unwrap();
        assert!(text.contains(from), "{from}: {text}");
        fs::write(&self.settings.file, text.replacen(from, to, 1)).unwrap();
        let id = Pid::from_child(&self.child);
        kill_process(id, Signal::HUP).unwrap();
    }

    /// The most memory that it has held, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux tells");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).expect("a number of kilobytes") * 1024
    }

    /// SIGTERM, and how it ends then.
    pub(crate) async fn terminate(mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < TIMEOUT, "the program does not end");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// `kill -9`
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
