//! What happens to containers, from the engine's events into the store.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use steward_core::fleet::ContainerEvent;
use steward_core::ports::FactStore;
use steward_sources::docker::{DockerSource, Seen};
use steward_store::sqlite::SqliteStore;
use tokio::sync::mpsc;

use super::heartbeat::Heartbeat;

/// Events waiting to be written; the engine's stream waits beyond that.
const QUEUE: usize = 1_024;
/// Events of the same moment are written together.
const GROUP: usize = 512;
const ROUND: Duration = Duration::from_secs(10);
/// Events are kept this long.
const KEEP: SignedDuration = SignedDuration::from_hours(24 * 400);
const FORGET_AT_ONCE: u32 = 10_000;

pub async fn collect(docker: Arc<DockerSource>, store: SqliteStore, alive: Heartbeat) {
    let since = store.last_event().await.ok().flatten();
    let (sender, mut seen) = mpsc::channel(QUEUE);
    let watcher = tokio::spawn({
        let docker = Arc::clone(&docker);
        async move { docker.watch(since, sender).await }
    });
    let mut news = Vec::new();
    let mut unwritten: Vec<ContainerEvent> = Vec::new();
    let mut silent = false;
    let mut round = tokio::time::interval(ROUND);
    loop {
        tokio::select! {
            got = seen.recv_many(&mut news, GROUP) => if got == 0 { break },
            _ = round.tick() => {}
        }
        alive.collector_is_alive();
        for item in news.drain(..) {
            match item {
                Seen::Event(event) => unwritten.push(event),
                Seen::Connected(at) => {
                    silent = false;
                    tracing::info!("docker: connected");
                    began(&store, at).await;
                }
                Seen::Lost(error) if !silent => {
                    silent = true;
                    tracing::warn!("docker: {error}");
                }
                Seen::Lost(_) => {}
            }
        }
        if let Err(error) = store.append(&unwritten).await {
            // Kept and tried again; bounded, and what is dropped is said.
            tracing::error!("{} events could not be written: {error}", unwritten.len());
            if unwritten.len() > QUEUE * 8 {
                tracing::error!("{} events dropped", unwritten.len());
                unwritten.clear();
            }
        } else {
            unwritten.clear();
        }
    }
    watcher.abort();
}

async fn began(store: &SqliteStore, at: Timestamp) {
    let outcome = async {
        store.watching_began(at).await?;
        if let Ok(before) = at.checked_sub(KEEP) {
            store.forget_events(before, FORGET_AT_ONCE).await?;
        }
        Ok::<(), steward_core::ports::StoreError>(())
    };
    if let Err(error) = outcome.await {
        tracing::error!("{error}");
    }
}
