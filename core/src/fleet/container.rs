//! A container as the engine lists and inspects it. There is no field for its environment: it is never read.

use jiff::Timestamp;
use serde::Serialize;

use super::ResourceRef;

/// The full id: 64 lower-case hexadecimal digits, and so safe in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ContainerId(String);

/// An engine (or an attacker in its place) named a container by something else than a full id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a container id: 64 hexadecimal digits expected, {0} characters found")]
pub struct InvalidContainerId(usize);

impl ContainerId {
    pub fn parse(text: &str) -> Result<Self, InvalidContainerId> {
        let hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if hex { Ok(Self(text.to_owned())) } else { Err(InvalidContainerId(text.chars().count())) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The twelve digits that `docker ps` shows.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

/// The life-cycle states of the Engine API (`ContainerState.Status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
    /// A state that this version does not know.
    Other,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
            Self::Other => "unknown",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    Starting,
    Healthy,
    Unhealthy,
}

impl Health {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Port {
    pub address: Option<String>,
    pub public: Option<u16>,
    pub private: u16,
    pub protocol: String,
}

/// One row of the inventory: what a single list call tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Container {
    pub id: ContainerId,
    pub resource: ResourceRef,
    /// As `docker ps` shows it, without the leading slash.
    pub name: String,
    pub project: Option<String>,
    pub service: Option<String>,
    pub image: String,
    pub state: State,
    /// `None`: no health check, or none running now.
    pub health: Option<Health>,
    /// Of a container that is not running.
    pub exit_code: Option<i64>,
    pub created: Option<Timestamp>,
    /// When it entered this state, as far as the listing tells (it rounds: "2 hours").
    pub since: Option<Timestamp>,
    pub ports: Vec<Port>,
    pub networks: Vec<String>,
    /// The engine's own words: `Up 3 hours (healthy)`.
    pub status: String,
}

impl Container {
    /// The name people use for it: the compose service where there is one.
    pub fn label(&self) -> &str {
        self.service.as_deref().filter(|s| !s.is_empty()).unwrap_or(&self.name)
    }

    pub const fn is_running(&self) -> bool {
        matches!(self.state, State::Running)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestartPolicy {
    pub name: String,
    pub maximum_retries: Option<i64>,
}

/// One run of a health check, its output cut short and cleaned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HealthProbe {
    pub at: Option<Timestamp>,
    pub exit_code: i64,
    pub output: String,
}

/// What an inspect adds to the row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContainerDetail {
    pub id: ContainerId,
    pub name: String,
    pub state: State,
    pub started: Option<Timestamp>,
    pub finished: Option<Timestamp>,
    pub exit_code: i64,
    pub oom_killed: bool,
    pub restart_count: i64,
    pub restart_policy: Option<RestartPolicy>,
    pub health: Option<Health>,
    pub failing_streak: i64,
    pub probes: Vec<HealthProbe>,
    pub image: String,
    pub image_id: String,
    /// Bytes; `None`: unlimited.
    pub memory_limit: Option<u64>,
    /// Cores; `None`: unlimited.
    pub cpu_limit: Option<f64>,
    pub mounts: Vec<String>,
    pub tty: bool,
    /// The engine's own error, e.g. of a start that failed.
    pub error: Option<String>,
}

/// CPU and memory of one container.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContainerUsage {
    pub id: ContainerId,
    /// Percent of one core; `None` where only one sample could be had.
    pub cpu_percent: Option<f64>,
    /// Bytes in use, without the page cache that can be given back.
    pub memory_bytes: u64,
    /// Bytes; `None`: unlimited.
    pub memory_limit_bytes: Option<u64>,
    pub processes: Option<u64>,
}

/// What the engine keeps on disk, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EngineDisk {
    pub images_bytes: u64,
    pub images: u64,
    pub containers_bytes: u64,
    pub volumes_bytes: u64,
    pub volumes: u64,
    pub build_cache_bytes: u64,
    pub reclaimable_images_bytes: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EngineInfo {
    pub version: String,
    pub api_version: String,
    pub containers: u64,
    pub running: u64,
    pub storage_driver: String,
    pub cgroup_version: String,
    pub cgroup_driver: String,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    Stdout,
    Stderr,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    pub at: Option<Timestamp>,
    pub stream: LogStream,
    pub text: String,
}

/// Which log lines. `last` bounds what the engine sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub last: u32,
}
