//! The table of every container: filled by one list call, kept fresh by events, answered from memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use steward_core::fleet::{Container, ContainerEvent, ContainerId, EventKind, Observed, State};

/// The table counts as just read while events flow and a ping was answered this recently.
const PING_FRESH: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Inventory {
    rows: BTreeMap<ContainerId, Container>,
    /// What is handed out; made anew when a row has changed.
    list: Option<Arc<[Container]>>,
    /// Rows that an event announced but only a list call can tell.
    stale: BTreeSet<ContainerId>,
    connected: bool,
    alive: Option<Timestamp>,
}

impl Inventory {
    /// The table, if it can be trusted now.
    pub(super) fn current(&mut self, now: Timestamp) -> Option<Observed<Arc<[Container]>>> {
        let alive = self.alive?;
        if !self.connected || !self.stale.is_empty() || now.duration_since(alive) > PING_FRESH {
            return None;
        }
        let rows = &self.rows;
        let list = self.list.get_or_insert_with(|| {
            let mut list: Vec<Container> = rows.values().cloned().collect();
            list.sort_by(|a, b| (&a.project, a.label(), &a.id).cmp(&(&b.project, b.label(), &b.id)));
            list.into()
        });
        Some(Observed::new(Arc::clone(list), now))
    }

    /// Events flow again, and this is everything there is.
    pub(super) fn replace(&mut self, listed: Observed<Vec<Container>>) {
        self.rows = listed.value.into_iter().map(|row| (row.id.clone(), row)).collect();
        self.list = None;
        self.stale.clear();
        self.connected = true;
        self.alive = Some(listed.at);
    }

    pub(super) fn disconnected(&mut self) {
        self.connected = false;
    }

    pub(super) fn ping_answered(&mut self, at: Timestamp) {
        self.alive = Some(at);
    }

    /// Applies what an event tells; the rest of the row is asked for.
    pub(super) fn apply(&mut self, event: &ContainerEvent) {
        if event.kind == EventKind::Destroy {
            self.list = None;
            self.rows.remove(&event.id);
            self.stale.remove(&event.id);
            return;
        }
        let Some(row) = self.rows.get_mut(&event.id) else {
            self.stale.insert(event.id.clone());
            return;
        };
        self.list = None;
        match event.kind {
            EventKind::Healthy | EventKind::Unhealthy => row.health = event.kind.health(),
            EventKind::Pause => row.state = State::Paused,
            EventKind::Unpause => row.state = State::Running,
            // Ports, networks and the engine's words change with these.
            EventKind::Create
            | EventKind::Start
            | EventKind::Die
            | EventKind::Restart
            | EventKind::Rename => {
                self.stale.insert(event.id.clone());
            }
            EventKind::Oom | EventKind::Kill | EventKind::Stop | EventKind::Destroy => {}
        }
    }

    /// The rows to ask for.
    pub(super) fn wanted(&self) -> Vec<ContainerId> {
        self.stale.iter().cloned().collect()
    }

    /// The answer to [`Self::wanted`]; what is not in it is gone.
    pub(super) fn refreshed(&mut self, asked: &[ContainerId], listed: Vec<Container>) {
        self.list = None;
        for id in asked {
            self.stale.remove(id);
            self.rows.remove(id);
        }
        self.rows.extend(listed.into_iter().map(|row| (row.id.clone(), row)));
    }
}
