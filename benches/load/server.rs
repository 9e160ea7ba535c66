//! The servers under load: processes of their own.

use std::{
    error::Error,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    client::{Connection, request},
    data::Data,
};

/// What signs the tokens, of the program and of the hand-written server alike.
pub(crate) const KEY: &str = "cb1f04ddf39a2c5d2e94b2a7a6e1c0f3a7d9415b8e6c2037";
/// What links in answers start with.
pub(crate) const PUBLIC_URL: &str = "http://gerbang.test";
/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server; it ends with this.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process until it was ready.
    pub(crate) ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// The program, as an installation runs it but for these variables.
    pub(crate) async fn gerbang(data: &Data, variables: &[(&str, &str)]) -> Result<Self, Box<dyn Error>> {
        let address = free_address()?;
        let mut command = data.command()?;
        command.arg("serve").env("GERBANG_SERVER__LISTEN", address.to_string()).envs(variables.iter().copied());
        command.stderr(File::create(data.folder.path().join(format!("{}.log", address.port())))?);
        Self::start(command, address, "/readyz").await
    }

    /// The hand-written server: this program once more.
    pub(crate) async fn hand(database: &str) -> Result<Self, Box<dyn Error>> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--serve", database]).env("LISTEN", address.to_string());
        Self::start(command, address, "/ready").await
    }

    async fn start(mut command: Command, address: SocketAddr, probe: &str) -> Result<Self, Box<dyn Error>> {
        let begun = Instant::now();
        let process = command.stdin(Stdio::null()).spawn()?;
        let mut server = Self { process, address, ready_after: Duration::ZERO };
        let probe = request("GET", probe, None, None);
        loop {
            if let Ok(mut connection) = Connection::open(address).await
                && connection.ask(&probe).await.is_ok_and(|answer| answer.status == 200)
            {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.process.try_wait()? {
                return Err(format!("{command:?} ended with {status}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{command:?} is not ready after {PATIENCE:?}").into());
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Mebibytes in memory.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
    }
}

fn free_address() -> Result<SocketAddr, Box<dyn Error>> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
