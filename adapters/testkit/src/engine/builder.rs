//! How a test describes a container.

use std::time::Duration;

use super::container::{LineKind, LogLine, Port, RunState};
use super::{Container, Health, Stream};

impl Container {
    /// Its compose project; the compose service is the container's name unless [`Self::service`] says otherwise.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.labels.insert("com.docker.compose.project".into(), project.into());
        let name = self.name.clone();
        self.labels.entry("com.docker.compose.service".into()).or_insert(name);
        self
    }

    #[must_use]
    pub fn service(self, service: impl Into<String>) -> Self {
        self.label("com.docker.compose.service", service)
    }

    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    #[must_use]
    pub fn image(mut self, image: impl Into<String>) -> Self {
        self.image = image.into();
        self
    }

    #[must_use]
    pub fn command(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.command = words.into_iter().map(Into::into).collect();
        self
    }

    #[must_use]
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.env.push(format!("{key}={value}"));
        self
    }

    /// The full id, 64 hexadecimal digits; made from the name when not said.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    #[must_use]
    pub fn running(mut self) -> Self {
        self.state = RunState::Running;
        self
    }

    #[must_use]
    pub fn healthy(mut self) -> Self {
        self.health = Some(Health::Healthy);
        self
    }

    #[must_use]
    pub fn health_starting(mut self) -> Self {
        self.health = Some(Health::Starting);
        self
    }

    /// Unhealthy, five checks in a row, each with this output.
    #[must_use]
    pub fn unhealthy(mut self, output: impl Into<String>) -> Self {
        self.health = Some(Health::Unhealthy(output.into()));
        self.failing_streak = 5;
        self
    }

    #[must_use]
    pub fn failing_streak(mut self, checks: u32) -> Self {
        self.failing_streak = checks;
        self
    }

    #[must_use]
    pub fn exited(mut self, code: i64) -> Self {
        (self.state, self.exit_code) = (RunState::Exited, code);
        self
    }

    #[must_use]
    pub fn oom_killed(mut self) -> Self {
        self.oom_killed = true;
        self
    }

    /// Between two attempts: it ended with `code` and the engine will start it again.
    #[must_use]
    pub fn restarting(mut self, code: i64) -> Self {
        (self.state, self.exit_code) = (RunState::Restarting, code);
        self.restart_policy = "always".into();
        self.restarts = self.restarts.max(3);
        self
    }

    #[must_use]
    pub fn paused(mut self) -> Self {
        self.state = RunState::Paused;
        self
    }

    /// Created and never started.
    #[must_use]
    pub fn never_started(mut self) -> Self {
        self.state = RunState::Created;
        self
    }

    #[must_use]
    pub fn dead(mut self) -> Self {
        self.state = RunState::Dead;
        self
    }

    /// The engine's own words on why it could not be started.
    #[must_use]
    pub fn error(mut self, words: impl Into<String>) -> Self {
        self.error = words.into();
        self
    }

    #[must_use]
    pub fn restarts(mut self, count: u32) -> Self {
        self.restarts = count;
        self
    }

    /// `no`, `always`, `unless-stopped` (the default here) or `on-failure`.
    #[must_use]
    pub fn restart_policy(mut self, name: impl Into<String>) -> Self {
        self.restart_policy = name.into();
        self
    }

    /// Bytes; 0 is no limit.
    #[must_use]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Bytes in use, without the page cache.
    #[must_use]
    pub fn memory_used(mut self, bytes: u64) -> Self {
        self.memory_used = bytes;
        self
    }

    /// In percent of one core.
    #[must_use]
    pub fn cpu_percent(mut self, percent: f64) -> Self {
        self.cpu_percent = percent;
        self
    }

    #[must_use]
    pub fn tty(mut self) -> Self {
        self.tty = true;
        self
    }

    /// A published TCP port.
    #[must_use]
    pub fn port(mut self, public: u16, container: u16) -> Self {
        self.ports.push(Port { container, public: Some(public), protocol: "tcp" });
        self
    }

    /// A TCP port that the image exposes and nobody publishes.
    #[must_use]
    pub fn exposed(mut self, container: u16) -> Self {
        self.ports.push(Port { container, public: None, protocol: "tcp" });
        self
    }

    /// `bridge` unless said.
    #[must_use]
    pub fn network(mut self, name: impl Into<String>) -> Self {
        self.network = name.into();
        self
    }

    #[must_use]
    pub fn created_ago(mut self, ago: Duration) -> Self {
        self.created_ago = Some(ago);
        self
    }

    #[must_use]
    pub fn started_ago(mut self, ago: Duration) -> Self {
        self.started_ago = Some(ago);
        self
    }

    #[must_use]
    pub fn finished_ago(mut self, ago: Duration) -> Self {
        self.finished_ago = Some(ago);
        self
    }

    /// Lines on its standard output, one second apart, the last one second ago.
    #[must_use]
    pub fn log(self, lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        self.lines(Stream::Stdout, lines)
    }

    #[must_use]
    pub fn log_err(self, lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        self.lines(Stream::Stderr, lines)
    }

    fn lines(mut self, stream: Stream, lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        self.log.extend(lines.into_iter().map(|line| LogLine {
            at: i64::MIN,
            kind: LineKind::Line(stream),
            bytes: line.into(),
        }));
        self
    }

    /// One line of a given age. Ages should fall from line to line, as in a real log.
    #[must_use]
    pub fn log_ago(mut self, ago: Duration, stream: Stream, line: impl Into<Vec<u8>>) -> Self {
        let at = -(ago.as_nanos() as i64) - 1;
        self.log.push(LogLine { at, kind: LineKind::Line(stream), bytes: line.into() });
        self
    }
}
