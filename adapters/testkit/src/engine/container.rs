//! One simulated container: what the engine keeps of it.

use std::collections::BTreeMap;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// What a container's health check says; the text is the check's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    Starting,
    Healthy,
    Unhealthy(String),
}

impl Health {
    pub fn unhealthy(output: impl Into<String>) -> Self {
        Self::Unhealthy(output.into())
    }

    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy(_) => "unhealthy",
        }
    }
}

/// Which of a container's outputs a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunState {
    Created,
    Running,
    Paused,
    Restarting,
    Exited,
    Dead,
}

impl RunState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
            Self::Dead => "dead",
        }
    }

    /// The engine counts paused and restarting containers as running (`State.Running`).
    pub(crate) fn is_up(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

/// A finished run of the health check.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) exit_code: i32,
    pub(crate) output: String,
}

#[derive(Debug, Clone)]
pub(crate) struct LogLine {
    /// Nanoseconds since 1970. Before [`Container::settle`]: negative for an age, `i64::MIN` for none said.
    pub(crate) at: i64,
    pub(crate) kind: LineKind,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    Line(Stream),
    /// Sent as it is, without a frame of ours: for frames that lie.
    Raw,
}

#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) container: u16,
    pub(crate) public: Option<u16>,
    pub(crate) protocol: &'static str,
}

/// A container as a test describes it. `Container::new("plex")` has been running for an hour.
#[derive(Debug, Clone)]
pub struct Container {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) image: String,
    pub(crate) command: Vec<String>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) env: Vec<String>,
    pub(crate) tty: bool,
    pub(crate) ports: Vec<Port>,
    pub(crate) state: RunState,
    pub(crate) exit_code: i64,
    pub(crate) oom_killed: bool,
    pub(crate) error: String,
    pub(crate) health: Option<Health>,
    pub(crate) failing_streak: u32,
    pub(crate) probes: Vec<Probe>,
    pub(crate) restart_policy: String,
    pub(crate) restarts: u32,
    pub(crate) memory_limit: u64,
    pub(crate) memory_used: u64,
    pub(crate) cpu_percent: f64,
    pub(crate) network: String,
    pub(crate) log: Vec<LogLine>,
    pub(crate) created_ago: Option<Duration>,
    pub(crate) started_ago: Option<Duration>,
    pub(crate) finished_ago: Option<Duration>,
    /// Nanoseconds since 1970, set when the container enters a [`super::World`].
    pub(crate) created: i64,
    pub(crate) started: Option<i64>,
    pub(crate) finished: Option<i64>,
}

impl Container {
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            image: format!("registry.local/{name}:1.0"),
            id: String::new(),
            command: vec!["serve".into()],
            labels: BTreeMap::new(),
            env: vec!["PATH=/usr/bin:/bin".into(), format!("STEWARD_CANARY={}", crate::CANARY)],
            tty: false,
            ports: Vec::new(),
            state: RunState::Running,
            exit_code: 0,
            oom_killed: false,
            error: String::new(),
            health: None,
            failing_streak: 0,
            probes: Vec::new(),
            restart_policy: "unless-stopped".into(),
            restarts: 0,
            memory_limit: 0,
            memory_used: 64 * MIB,
            cpu_percent: 1.0,
            network: "bridge".into(),
            log: Vec::new(),
            created_ago: None,
            started_ago: None,
            finished_ago: None,
            created: 0,
            started: None,
            finished: None,
            name,
        }
    }

    /// Fixes every "ago" at `now` (nanoseconds since 1970).
    pub(crate) fn settle(&mut self, now: i64) {
        const SECOND: i64 = 1_000_000_000;
        let before = |ago: Duration| now - ago.as_nanos() as i64;
        let hour = Duration::from_hours(1);
        let longest = [self.created_ago, self.started_ago, self.finished_ago].into_iter().flatten().max();
        self.created = before(self.created_ago.unwrap_or_else(|| longest.unwrap_or(hour)));
        let ended = matches!(self.state, RunState::Exited | RunState::Restarting | RunState::Dead);
        if self.state != RunState::Created {
            self.started = Some(self.started_ago.map_or(self.created, before));
        }
        if ended {
            let usual = if self.state == RunState::Restarting { 2 } else { 300 };
            let at = before(self.finished_ago.unwrap_or(Duration::from_secs(usual)));
            self.finished = Some(at.max(self.started.unwrap_or(at)));
        } else if self.restarts > 0 {
            self.finished = self.started.map(|at| at - SECOND);
        }
        if !self.state.is_up() || self.state == RunState::Restarting {
            self.health = self.health.take().map(|_| Health::unhealthy(""));
        }
        self.probes = match &self.health {
            None | Some(Health::Starting) => Vec::new(),
            Some(Health::Healthy) => (0..5).map(|i| probe(now - (5 - i) * 30 * SECOND, 0, "ok")).collect(),
            Some(Health::Unhealthy(text)) => (0..i64::from(self.failing_streak.min(5)))
                .rev()
                .map(|i| probe(now - (i + 1) * 30 * SECOND, 1, text))
                .collect(),
        };
        let count = self.log.len() as i64;
        for (index, line) in (0_i64..).zip(&mut self.log) {
            match line.at {
                i64::MIN => line.at = now - (count - index) * SECOND,
                ago if ago < 0 => line.at = now + ago + 1,
                _ => {}
            }
        }
    }
}

pub(crate) fn probe(at: i64, exit_code: i32, output: &str) -> Probe {
    Probe { start: at, end: at + 50_000_000, exit_code, output: format!("{output}\n") }
}
