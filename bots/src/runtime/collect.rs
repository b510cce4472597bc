//! What happens to containers, from the engine's events into the store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use steward_core::fleet::ContainerEvent;
use steward_core::ports::{Engine, FactStore};
use steward_sources::docker::{DockerSource, Seen};
use steward_store::sqlite::SqliteStore;
use tokio::sync::mpsc;

use super::heartbeat::Heartbeat;

/// Events waiting to be written; the engine's stream waits beyond that.
const QUEUE: usize = 1_024;
/// Events of the same moment are written together.
const GROUP: usize = 512;
const ROUND: Duration = Duration::from_secs(10);
/// How often it is noted that the record is complete up to now.
const NOTE_EVERY: Duration = Duration::from_mins(1);
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
    let mut silent = true;
    let mut warned = false;
    let mut noted = Instant::now();
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
                    began(&docker, &store, at).await;
                    noted = Instant::now();
                    tracing::info!("docker: connected");
                }
                Seen::Lost(error) => {
                    if !silent || !warned {
                        tracing::warn!("docker: {error}");
                    }
                    (silent, warned) = (true, true);
                }
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
            if !silent && noted.elapsed() >= NOTE_EVERY {
                noted = Instant::now();
                if let Err(error) = store.watched(Timestamp::now()).await {
                    tracing::error!("{error}");
                }
            }
        }
    }
    watcher.abort();
}

/// The record goes on if the engine remembers back to where it ended; else it begins anew.
async fn began(docker: &DockerSource, store: &SqliteStore, at: Timestamp) {
    let outcome = async {
        let oldest = docker.remembered().await.ok().and_then(|remembered| remembered.oldest);
        let gap = match (oldest, store.watched_until().await?) {
            (Some(oldest), Some(until)) => oldest > until,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        store.watching_began(at, gap).await?;
        if let Ok(before) = at.checked_sub(KEEP) {
            store.forget_events(before, FORGET_AT_ONCE).await?;
        }
        Ok::<(), steward_core::ports::StoreError>(())
    };
    if let Err(error) = outcome.await {
        tracing::error!("{error}");
    }
}
