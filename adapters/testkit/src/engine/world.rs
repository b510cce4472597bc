//! What the simulated engine knows: its containers, its clock and its last events.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::container::Container;

/// How many past events the engine can repeat (moby `events.eventsLimit`).
const EVENTS_KEPT: usize = 256;

/// The state that a simulated engine starts from, and later lives in.
#[derive(Debug)]
pub struct World {
    /// Nanoseconds since 1970 at which the clock stands; `None`: the machine's clock.
    fixed: Option<i64>,
    pub(crate) host: String,
    pub(crate) cpus: u32,
    pub(crate) memory: u64,
    pub(crate) stats_delay: Duration,
    pub(crate) volumes: BTreeMap<String, u64>,
    pub(crate) containers: BTreeMap<u64, Container>,
    by_id: HashMap<String, u64>,
    by_name: HashMap<String, u64>,
    next: u64,
    events: VecDeque<Arc<Event>>,
    last_event: i64,
    subscribers: Vec<UnboundedSender<Arc<Event>>>,
}

/// One event, ready to be sent.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) kind: &'static str,
    pub(crate) action: String,
    pub(crate) id: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) at: i64,
    pub(crate) line: Bytes,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// An engine without containers, on the machine's clock.
    pub fn new() -> Self {
        Self {
            fixed: None,
            host: "atlas".into(),
            cpus: 4,
            memory: 16 << 30,
            stats_delay: Duration::from_secs(1),
            volumes: BTreeMap::new(),
            containers: BTreeMap::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            next: 0,
            events: VecDeque::new(),
            last_event: 0,
            subscribers: Vec::new(),
        }
    }

    /// `count` containers in ten stacks, the same every time: `svc-0` … in `stack-0` … `stack-9`; every tenth
    /// exited with 137, every third of the others has a health check that passes.
    pub fn fleet(count: usize) -> Self {
        Self::new().containers((0..count).map(|i| {
            let one = Container::new(format!("svc-{i}"))
                .image(format!("registry.local/app-{}:1.{}", i % 20, i % 9))
                .project(format!("stack-{}", i % 10))
                .created_ago(Duration::from_hours(24))
                .started_ago(Duration::from_secs(3_600 + (i as u64 % 50) * 60))
                .memory_used((16 + (i as u64 % 64)) << 20)
                .cpu_percent((i % 40) as f64 / 4.0)
                .log([format!("svc-{i} ready")]);
            match i {
                _ if i % 10 == 0 => one.exited(137),
                _ if i % 3 == 0 => one.healthy(),
                _ => one,
            }
        }))
    }

    /// Stops the clock at this time, in seconds since 1970.
    #[must_use]
    pub fn at(mut self, unix_seconds: i64) -> Self {
        self.fixed = Some(unix_seconds * 1_000_000_000);
        self
    }

    #[must_use]
    pub fn container(mut self, container: Container) -> Self {
        self.add(container);
        self
    }

    #[must_use]
    pub fn containers(mut self, containers: impl IntoIterator<Item = Container>) -> Self {
        for container in containers {
            self.add(container);
        }
        self
    }

    /// The name of the host; "atlas" unless said.
    #[must_use]
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.host = name.into();
        self
    }

    #[must_use]
    pub fn cpus(mut self, count: u32) -> Self {
        self.cpus = count;
        self
    }

    /// The host's memory in bytes.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// How long a single reading of statistics takes; 1 s unless said. Twice as long without `one-shot`, as on
    /// engine 20.10, where the second reading gives `precpu_stats`.
    #[must_use]
    pub fn stats_delay(mut self, delay: Duration) -> Self {
        self.stats_delay = delay;
        self
    }

    /// A volume and its size in bytes, for `/system/df`.
    #[must_use]
    pub fn volume(mut self, name: impl Into<String>, bytes: u64) -> Self {
        self.volumes.insert(name.into(), bytes);
        self
    }

    pub(crate) fn now(&self) -> i64 {
        self.fixed.unwrap_or_else(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64)
        })
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let fixed = self.fixed.as_mut().expect("only a clock that World::at has stopped can be moved");
        *fixed += by.as_nanos() as i64;
    }

    pub(crate) fn add(&mut self, mut container: Container) -> String {
        if container.id.is_empty() {
            container.id = id_of(&format!("{}#{}", container.name, self.next));
        }
        let key = self.next;
        self.next += 1;
        let taken = self.by_name.insert(container.name.clone(), key);
        assert!(taken.is_none(), "there is a container named {} already", container.name);
        let id = container.id.clone();
        self.by_id.insert(id.clone(), key);
        self.containers.insert(key, container);
        id
    }

    /// Turns every age into a time, once the clock is known.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        for container in self.containers.values_mut() {
            container.settle(now);
        }
    }

    pub(crate) fn remove(&mut self, key: u64) {
        if let Some(gone) = self.containers.remove(&key) {
            self.by_id.remove(&gone.id);
            self.by_name.remove(&gone.name);
        }
    }

    pub(crate) fn rename(&mut self, key: u64, to: &str) {
        if let Some(container) = self.containers.get_mut(&key) {
            let old = std::mem::replace(&mut container.name, to.into());
            self.by_name.remove(&old);
            self.by_name.insert(to.into(), key);
        }
    }

    /// By full id, name, or an id prefix that fits exactly one, as the engine resolves them.
    pub(crate) fn find(&self, name: &str) -> Option<u64> {
        let name = name.strip_prefix('/').unwrap_or(name);
        if let Some(key) = self.by_id.get(name).or_else(|| self.by_name.get(name)) {
            return Some(*key);
        }
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut fitting = self.containers.iter().filter(|(_, c)| c.id.starts_with(name));
        fitting.next().filter(|_| fitting.next().is_none()).map(|(key, _)| *key)
    }

    /// The container of this name, in a test that says there is one.
    pub(crate) fn key(&self, name: &str) -> u64 {
        self.find(name).unwrap_or_else(|| panic!("the simulated engine has no container named {name}"))
    }

    /// A container that [`Self::key`] found.
    pub(crate) fn at_key(&mut self, key: u64) -> &mut Container {
        self.containers.get_mut(&key).expect("a key is of a container that is there")
    }

    /// Tells an event of a container: `extra` is what its attributes say beside labels, image and name.
    pub(crate) fn emit(&mut self, key: u64, action: &str, extra: &[(&str, &str)]) {
        let container = self.at_key(key);
        let mut attributes = container.labels.clone();
        attributes.insert("image".into(), container.image.clone());
        attributes.insert("name".into(), container.name.clone());
        attributes.extend(extra.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let (id, image) = (container.id.clone(), container.image.clone());
        self.tell("container", action, id, attributes, Some(&image));
    }

    /// Tells that a container joined or left its network.
    pub(crate) fn emit_network(&mut self, key: u64, action: &str) {
        let container = self.at_key(key);
        let (id, name) = (container.id.clone(), container.network.clone());
        let driver = if name == "none" { "null" } else { "bridge" };
        let attributes = [("container", id), ("name", name.clone()), ("type", driver.into())];
        let attributes = attributes.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        self.tell("network", action, id_of(&format!("network {name}")), attributes, None);
    }

    fn tell(
        &mut self,
        kind: &'static str,
        action: &str,
        id: String,
        attributes: BTreeMap<String, String>,
        from: Option<&str>,
    ) {
        // no two events at one time, as in practice on the real engine
        let at = self.now().max(self.last_event + 1);
        self.last_event = at;
        let mut message = json!({
            "Type": kind, "Action": action,
            "Actor": {"ID": id, "Attributes": attributes},
            "scope": "local", "time": at / 1_000_000_000, "timeNano": at,
        });
        if let (Some(from), Some(fields)) = (from, message.as_object_mut()) {
            fields.insert("status".into(), action.into());
            fields.insert("id".into(), id.clone().into());
            fields.insert("from".into(), from.into());
        }
        let event = Arc::new(Event {
            kind,
            action: action.into(),
            id,
            attributes,
            at,
            line: format!("{message}\n").into(),
        });
        if self.events.len() == EVENTS_KEPT {
            self.events.pop_front();
        }
        self.events.push_back(Arc::clone(&event));
        self.subscribers.retain(|subscriber| subscriber.send(Arc::clone(&event)).is_ok());
    }

    /// The events kept from `since` on (none when not asked for), and every one from now on.
    pub(crate) fn subscribe(
        &mut self,
        since: Option<i64>,
    ) -> (Vec<Arc<Event>>, UnboundedReceiver<Arc<Event>>) {
        let (sender, receiver) = unbounded_channel();
        self.subscribers.push(sender);
        let past = since.map_or_else(Vec::new, |since| {
            self.events.iter().filter(|event| event.at >= since).cloned().collect()
        });
        (past, receiver)
    }

    pub(crate) fn subscribers(&self) -> usize {
        self.subscribers.iter().filter(|subscriber| !subscriber.is_closed()).count()
    }
}

/// Sixty-four hexadecimal digits that stand for `what`.
pub(crate) fn id_of(what: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(what.as_bytes()))
}
