//! The host: processor, memory, file systems, network, temperatures, out of /proc and /sys.
//!
//! `client` reads the files and asks for the sizes of file systems, in `threads` that may hang; `wire` knows the
//! formats; `map` turns both into a [`HostReading`]. In a container, the host's /proc, /sys and / are mounted somewhere and named in [`HostConfig`].

mod client;
mod error;
mod map;
mod sensors;
mod threads;
mod wire;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use steward_core::fleet::{HostReading, NetworkRate, Observed, SourceError};
use tokio::{sync::Mutex, time};

use client::{Counters, Snapshot, Space, Tree};
use error::HostError;
use threads::Threads;

/// A previous reading is compared with where it is this old, in seconds; else a second sample is taken.
const COMPARABLE_S: std::ops::RangeInclusive<f64> = 1.0..=60.0;

/// Where the host is found, and how long is waited for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostConfig {
    pub proc: PathBuf,
    pub sys: PathBuf,
    /// Where the host's / is mounted when this runs in a container, such as `/host/root`.
    pub root: Option<PathBuf>,
    /// For each: the files of /proc, all sensors, all file systems.
    pub deadline: Duration,
    /// Between two samples of the counters.
    pub sample: Duration,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            proc: PathBuf::from("/proc"),
            sys: PathBuf::from("/sys"),
            root: None,
            deadline: Duration::from_secs(2),
            sample: Duration::from_millis(200),
        }
    }
}

type Probe = Arc<dyn Fn(&Path) -> io::Result<Space> + Send + Sync>;

/// Reads the host. Readings do not overlap: a second one waits for the first.
pub struct HostSource {
    config: HostConfig,
    threads: Threads,
    probe: Probe,
    previous: Mutex<Option<Counters>>,
}

impl std::fmt::Debug for HostSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostSource").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Processor and network over one window.
#[derive(Debug, Default)]
struct Rates {
    cpu_percent: Option<f64>,
    network: Vec<NetworkRate>,
    latest: Option<Counters>,
    unreadable: Option<String>,
}

impl HostSource {
    pub fn new(config: HostConfig) -> Self {
        Self::with_probe(config, Arc::new(client::space))
    }

    fn with_probe(config: HostConfig, probe: Probe) -> Self {
        Self { config, threads: Threads::default(), probe, previous: Mutex::new(None) }
    }

    /// One reading. Takes at most twice the deadline and one `sample`, whatever hangs.
    pub async fn read(&self, now: Timestamp) -> Result<Observed<HostReading>, SourceError> {
        let mut previous = self.previous.lock().await;
        let tree = self.tree();
        let snapshot =
            self.threads.ask(&self.config.proc, self.config.deadline, move || tree.snapshot()).await;
        let mut snapshot =
            snapshot.and_then(|inner| inner).map_err(|fault| fault.into_source(previous.is_some()))?;
        let mut mounts = std::mem::take(&mut snapshot.mounts);
        let (groups, unasked) = map::groups(std::mem::take(&mut mounts.all));
        if unasked > 0 {
            snapshot.unreadable.push(format!(
                "{unasked} more file systems were not asked for their size, as there are too many. Unmount what is not needed"
            ));
        }
        let paths: Vec<PathBuf> = groups.iter().map(|group| mounts.seen_at(&group.mount.point)).collect();
        let sys = self.config.sys.clone();
        let (rates, answers, temperatures) = tokio::join!(
            self.rates(previous.as_ref(), &snapshot.counters),
            self.threads.ask_each(&paths, self.config.deadline, Arc::clone(&self.probe)),
            self.threads.ask(&self.config.sys, self.config.deadline, move || sensors::temperatures(&sys)),
        );
        let spaces = map::spaces(groups, answers, mounts.elsewhere);
        snapshot.unreadable.extend(spaces.unreadable);
        snapshot.unreadable.extend(rates.unreadable);
        snapshot.unreadable.extend(temperatures.as_ref().err().map(HostError::to_string));
        *previous = Some(rates.latest.unwrap_or_else(|| snapshot.counters.clone()));
        let reading = HostReading {
            cpu_percent: rates.cpu_percent,
            network: rates.network,
            file_systems: spaces.rows,
            silent_mounts: spaces.silent,
            temperatures: temperatures.unwrap_or_default(),
            ..plain(snapshot)
        };
        Ok(Observed::new(reading, now))
    }

    fn tree(&self) -> Tree {
        Tree { proc: self.config.proc.clone(), root: self.config.root.clone() }
    }

    async fn rates(&self, previous: Option<&Counters>, first: &Counters) -> Rates {
        // The kernel's own clock: a jump of the wall clock does not spoil the rates.
        let since = previous.map(|previous| (previous, first.uptime_s - previous.uptime_s));
        if let Some((previous, seconds)) = since.filter(|(_, seconds)| COMPARABLE_S.contains(seconds)) {
            return Rates {
                cpu_percent: map::cpu_percent(previous.cpu, first.cpu),
                network: map::rates(previous, first, seconds),
                ..Rates::default()
            };
        }
        time::sleep(self.config.sample).await;
        let tree = self.tree();
        let second = self.threads.ask(&self.config.proc, self.config.deadline, move || tree.counters()).await;
        match second.and_then(|inner| inner) {
            Ok((second, ..)) => Rates {
                cpu_percent: map::cpu_percent(first.cpu, second.cpu),
                network: map::rates(first, &second, second.taken.duration_since(first.taken).as_secs_f64()),
                latest: Some(second),
                unreadable: None,
            },
            Err(fault) => Rates { unreadable: Some(fault.to_string()), ..Rates::default() },
        }
    }
}

/// What needs no second look.
fn plain(snapshot: Snapshot) -> HostReading {
    HostReading {
        name: map::shown(Path::new(&snapshot.name)),
        cores: snapshot.cores,
        load: snapshot.load,
        memory: map::memory(snapshot.memory, snapshot.zfs),
        uptime_s: snapshot.counters.uptime_s as u64,
        booted: snapshot.booted_s.and_then(|s| Timestamp::from_second(i64::try_from(s).ok()?).ok()),
        kernel: map::shown(Path::new(&snapshot.kernel)),
        unreadable: snapshot.unreadable,
        ..HostReading::default()
    }
}

#[cfg(test)]
mod tests;
