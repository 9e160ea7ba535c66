//! A server that takes over from another at the same port.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::{Client, ClientBuilder, StatusCode};
use tempfile::TempDir;
use tokio::time::sleep;

use super::{Program, Settings, client, free_address, write_settings};
use crate::support::database::TestDatabase;

const CLIENTS: usize = 16;
const TAKEOVERS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_takes_the_port_over_without_a_refused_connection() {
    let (database, probes) = (TestDatabase::new().await, client());
    database.migrated().await.close().await.unwrap();
    let folders: Vec<_> = (0..=TAKEOVERS).map(|_| TempDir::new().unwrap()).collect();
    let address = free_address();
    let server = async |folder: &TempDir| {
        // Its own address for probes, since any of those that share a port may answer there.
        let own = free_address();
        let Settings { file, .. } = write_settings(folder.path(), &database, address);
        let sharing = format!("[server]\nreuse_port = true\nmetrics_listen = \"{own}\"\n");
        fs::write(&file, fs::read_to_string(&file).unwrap().replace("[server]\n", &sharing)).unwrap();
        Program::run(Settings { file, address: own }, &[], &probes).await
    };
    let mut serving = server(&folders[0]).await;

    let (done, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let url = format!("http://{address}/graphql?query={{assessmentDictionary{{clusters{{code}}}}}}");
    let clients = (0..CLIENTS).map(|_| tokio::spawn(ask(url.clone(), Arc::clone(&done), Arc::clone(&answered))));
    let clients: Vec<_> = clients.collect();
    for folder in &folders[1..] {
        let next = server(folder).await;
        assert!(serving.terminate().await.success());
        serving = next;
        sleep(Duration::from_millis(500)).await;
    }
    done.store(true, Ordering::Relaxed);
    let failures: Vec<_> = join_all(clients).await.into_iter().flat_map(Result::unwrap).collect();
    let answered = answered.load(Ordering::Relaxed);
    assert!(failures.is_empty(), "{} of {answered} failed: {failures:?}", failures.len());
    assert!(answered > 100, "{answered}");
}

/// Asks on a new connection again and again; gives what went wrong.
async fn ask(url: String, done: Arc<AtomicBool>, answered: Arc<AtomicUsize>) -> Vec<String> {
    let client: Client =
        ClientBuilder::new().timeout(Duration::from_secs(20)).pool_max_idle_per_host(0).build().unwrap();
    let mut failures = Vec::new();
    while !done.load(Ordering::Relaxed) {
        match client.get(&url).send().await {
            Ok(reply) if reply.status() == StatusCode::OK => {
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok(reply) => failures.push(reply.status().to_string()),
            Err(error) => failures.push(format!("{error:?}")),
        }
    }
    failures
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_by_mistake_does_not_start() {
    let (database, client) = (TestDatabase::new().await, client());
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let address = free_address();
    let [first, second] = folders.each_ref().map(|folder| write_settings(folder.path(), &database, address));
    let _serving = Program::run(first, &["--migrate"], &client).await;
    let refused = super::start::refusal(&second);
    assert!(refused.contains("can't listen on"), "{refused}");
}
