//! A file touched every ten seconds, as long as every loop has been round lately: `healthcheck` reads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

const EVERY: Duration = Duration::from_secs(10);
/// A heartbeat older than this is a stopped heart, in seconds.
pub const STALE_S: i64 = 60;

#[derive(Debug, Clone)]
pub struct Heartbeat {
    path: PathBuf,
    /// When the collector was last seen alive, in seconds since 1970.
    collector: Arc<AtomicI64>,
}

impl Heartbeat {
    pub fn start(data_dir: &Path) -> Self {
        let collector = Arc::new(AtomicI64::new(Timestamp::now().as_second()));
        Self { path: path(data_dir), collector }
    }

    pub fn collector_is_alive(&self) {
        self.collector.store(Timestamp::now().as_second(), Ordering::Relaxed);
    }

    /// Beats for ever; returns the reason if it cannot.
    pub async fn keep(&self) -> String {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            let now = Timestamp::now().as_second();
            if now - self.collector.load(Ordering::Relaxed) > STALE_S {
                tracing::error!("the collector has not been round for {STALE_S} s");
                continue;
            }
            if let Err(error) = std::fs::write(&self.path, now.to_string()) {
                tracing::error!("{}: {error}", self.path.display());
            }
            drop(sd_notify::notify(&[sd_notify::NotifyState::Watchdog]));
        }
    }
}

/// The age of the last heartbeat in seconds; `None`: there has been none.
pub fn age(data_dir: &Path, now: Timestamp) -> Option<i64> {
    let at: i64 = std::fs::read_to_string(path(data_dir)).ok()?.trim().parse().ok()?;
    Some(now.as_second() - at)
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("heartbeat")
}
