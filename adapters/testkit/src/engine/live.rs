//! What happens to containers while a test watches: each changes the state and tells the events that the real
//! engine tells, in its order.

use std::time::Duration;

use super::container::{LineKind, LogLine, RunState, probe};
use super::world::{World, id_of};
use super::{Container, FakeEngine, Health, Stream};

impl World {
    fn ends(&mut self, key: u64, code: i64) {
        let now = self.now();
        let container = self.at_key(key);
        container.state = RunState::Exited;
        container.exit_code = code;
        container.finished = Some(now);
        container.health = container.health.take().map(|_| Health::unhealthy(""));
        self.emit(key, "die", &[("exitCode", &code.to_string())]);
        self.emit_network(key, "disconnect");
    }

    fn begins(&mut self, key: u64) {
        let now = self.now();
        self.emit_network(key, "connect");
        let container = self.at_key(key);
        container.state = RunState::Running;
        container.exit_code = 0;
        container.oom_killed = false;
        container.error.clear();
        container.started = Some(now);
        container.failing_streak = 0;
        container.probes.clear();
        container.health = container.health.take().map(|_| Health::Starting);
        self.emit(key, "start", &[]);
    }

    fn stops(&mut self, key: u64, forced: bool) {
        self.emit(key, "kill", &[("signal", "15")]);
        if forced {
            self.emit(key, "kill", &[("signal", "9")]);
        }
        self.ends(key, if forced { 137 } else { 143 });
        self.emit(key, "stop", &[]);
    }

    fn checks(&mut self, key: u64, health: Health) {
        let now = self.now();
        let container = self.at_key(key);
        let (code, output) = match &health {
            Health::Unhealthy(output) => (1, output.clone()),
            Health::Starting | Health::Healthy => (0, "ok".into()),
        };
        container.failing_streak = if code == 0 { 0 } else { container.failing_streak + 1 };
        container.probes.push(probe(now, code, &output));
        if container.probes.len() > 5 {
            container.probes.remove(0);
        }
        let (word, before) = (health.word(), container.health.replace(health));
        let run = id_of(&format!("exec {} {now}", container.id));
        let id = ("execID", run.as_str());
        self.emit(key, "exec_create: /bin/sh -c check", &[id]);
        self.emit(key, "exec_start: /bin/sh -c check", &[id]);
        self.emit(key, "exec_die", &[id, ("exitCode", &code.to_string())]);
        if before.is_none_or(|before| before.word() != word) {
            self.emit(key, &format!("health_status: {word}"), &[]);
        }
    }
}

impl FakeEngine {
    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let changed = change(&mut self.shared.world());
        self.shared.tick();
        changed
    }

    fn change_one<T>(&self, name: &str, change: impl FnOnce(&mut World, u64) -> T) -> T {
        self.change(|world| {
            let key = world.key(name);
            change(world, key)
        })
    }

    /// Its process ends by itself. Events: die.
    pub fn die(&self, name: &str, code: i64) {
        self.change_one(name, |world, key| world.ends(key, code));
    }

    /// The kernel kills it for its memory. Events: oom, die (137).
    pub fn oom(&self, name: &str) {
        self.change_one(name, |world, key| {
            world.emit(key, "oom", &[]);
            world.at_key(key).oom_killed = true;
            world.ends(key, 137);
        });
    }

    /// Its process ends and the engine is going to start it again. Events: die; one restart more.
    pub fn crash(&self, name: &str, code: i64) {
        self.change_one(name, |world, key| {
            world.ends(key, code);
            let container = world.at_key(key);
            container.state = RunState::Restarting;
            container.restarts += 1;
        });
    }

    /// Somebody starts it, or the engine does after [`Self::crash`]. Events: start.
    pub fn start_container(&self, name: &str) {
        self.change_one(name, World::begins);
    }

    /// Somebody stops it and it obeys. Events: kill (15), die (143), stop.
    pub fn stop(&self, name: &str) {
        self.change_one(name, |world, key| world.stops(key, false));
    }

    /// Somebody stops it and it does not obey. Events: kill (15), kill (9), die (137), stop.
    pub fn stop_by_force(&self, name: &str) {
        self.change_one(name, |world, key| world.stops(key, true));
    }

    /// Somebody restarts it. Events: kill, die, stop, start, restart.
    pub fn restart(&self, name: &str) {
        self.change_one(name, |world, key| {
            world.stops(key, false);
            world.begins(key);
            world.emit(key, "restart", &[]);
        });
    }

    /// Events: pause.
    pub fn pause(&self, name: &str) {
        self.change_one(name, |world, key| {
            world.at_key(key).state = RunState::Paused;
            world.emit(key, "pause", &[]);
        });
    }

    /// Events: unpause.
    pub fn unpause(&self, name: &str) {
        self.change_one(name, |world, key| {
            world.at_key(key).state = RunState::Running;
            world.emit(key, "unpause", &[]);
        });
    }

    /// One run of its health check with this result. Events: `exec_create`, `exec_start`, `exec_die`, and
    /// `health_status: …` when the status is another than before.
    pub fn health(&self, name: &str, health: Health) {
        self.change_one(name, |world, key| world.checks(key, health));
    }

    /// Removes it by force. Events: kill and die when it ran, destroy.
    pub fn remove(&self, name: &str) {
        self.change_one(name, |world, key| {
            if world.at_key(key).state.is_up() {
                world.emit(key, "kill", &[("signal", "9")]);
                world.ends(key, 137);
            }
            world.emit(key, "destroy", &[]);
            world.remove(key);
        });
    }

    /// A new container; returns its id. Events: create, and start when it runs.
    pub fn create(&self, container: Container) -> String {
        self.change(|world| {
            let id = world.add(container);
            let key = world.key(&id);
            let now = world.now();
            world.at_key(key).settle(now);
            world.emit(key, "create", &[]);
            if world.at_key(key).state.is_up() {
                world.emit_network(key, "connect");
                world.emit(key, "start", &[]);
            }
            id
        })
    }

    /// Events: rename.
    pub fn rename(&self, name: &str, to: &str) {
        self.change_one(name, |world, key| {
            let old = format!("/{}", world.at_key(key).name);
            world.rename(key, to);
            world.emit(key, "rename", &[("oldName", &old)]);
        });
    }

    /// So many deaths (137), each followed by a start, over the first forty containers, as fast as possible:
    /// twice as many events of containers.
    pub fn storm(&self, deaths: usize) {
        let keys: Vec<u64> = self.shared.world().containers.keys().copied().take(40).collect();
        assert!(!keys.is_empty(), "a storm needs containers");
        for key in keys.iter().cycle().take(deaths) {
            self.change(|world| {
                if world.containers.contains_key(key) {
                    world.ends(*key, 137);
                    world.begins(*key);
                    world.at_key(*key).restarts += 1;
                }
            });
        }
    }

    /// New lines on its standard output, now.
    pub fn log(&self, name: &str, lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) {
        self.write(name, LineKind::Line(Stream::Stdout), lines);
    }

    /// New lines on its standard error, now.
    pub fn log_err(&self, name: &str, lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) {
        self.write(name, LineKind::Line(Stream::Stderr), lines);
    }

    /// Bytes put into its log stream as they are, without a frame: for frames that lie about their length or
    /// stream.
    pub fn log_raw(&self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.write(name, LineKind::Raw, [bytes.into()]);
    }

    fn write(&self, name: &str, kind: LineKind, lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) {
        self.change_one(name, |world, key| {
            let now = world.now();
            let log = &mut world.at_key(key).log;
            let first = log.last().map_or(now, |last| now.max(last.at + 1));
            let new = (first..).zip(lines).map(|(at, line)| LogLine { at, kind, bytes: line.into() });
            log.extend(new);
        });
    }

    /// Its full id.
    pub fn id(&self, name: &str) -> String {
        self.change_one(name, |world, key| world.at_key(key).id.clone())
    }

    /// The names of all containers, the oldest first.
    pub fn names(&self) -> Vec<String> {
        self.shared.world().containers.values().map(|container| container.name.clone()).collect()
    }

    /// The engine's time in nanoseconds since 1970.
    pub fn now(&self) -> i64 {
        self.shared.world().now()
    }

    /// Moves a clock that [`World::at`] has stopped.
    pub fn advance(&self, by: Duration) {
        self.change(|world| world.advance(by));
    }

    /// How long a reading of statistics takes from now on, see [`World::stats_delay`].
    pub fn set_stats_delay(&self, delay: Duration) {
        self.change(|world| world.stats_delay = delay);
    }

    /// How much memory it uses from now on, in bytes, and of the processor, in percent of one core.
    pub fn load(&self, name: &str, memory_used: u64, cpu_percent: f64) {
        self.change_one(name, |world, key| {
            let container = world.at_key(key);
            (container.memory_used, container.cpu_percent) = (memory_used, cpu_percent);
        });
    }
}
