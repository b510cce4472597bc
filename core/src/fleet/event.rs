//! A change of a container, as the engine announces it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ContainerId, Health, ResourceRef};

/// The actions of container events that mean something here; exec noise and the rest are dropped on arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Create,
    Start,
    /// The main process ended.
    Die,
    /// The kernel killed a process of it for memory.
    Oom,
    /// A signal was sent by a person or a program.
    Kill,
    /// An intended stop finished.
    Stop,
    Restart,
    Pause,
    Unpause,
    Rename,
    Destroy,
    Healthy,
    Unhealthy,
}

impl EventKind {
    pub const ALL: &'static [Self] = &[
        Self::Create,
        Self::Start,
        Self::Die,
        Self::Oom,
        Self::Kill,
        Self::Stop,
        Self::Restart,
        Self::Pause,
        Self::Unpause,
        Self::Rename,
        Self::Destroy,
        Self::Healthy,
        Self::Unhealthy,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Start => "start",
            Self::Die => "die",
            Self::Oom => "oom",
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Rename => "rename",
            Self::Destroy => "destroy",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// The health that this event announces.
    pub const fn health(self) -> Option<Health> {
        match self {
            Self::Healthy => Some(Health::Healthy),
            Self::Unhealthy => Some(Health::Unhealthy),
            Self::Create
            | Self::Start
            | Self::Die
            | Self::Oom
            | Self::Kill
            | Self::Stop
            | Self::Restart
            | Self::Pause
            | Self::Unpause
            | Self::Rename
            | Self::Destroy => None,
        }
    }
}

/// One event. `(at, id, kind)` identifies it: the same event read twice is one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerEvent {
    pub at: Timestamp,
    pub id: ContainerId,
    pub resource: ResourceRef,
    pub name: String,
    pub project: Option<String>,
    pub service: Option<String>,
    pub image: String,
    pub kind: EventKind,
    /// Of a `Die`.
    pub exit_code: Option<i64>,
    /// Of a `Kill`.
    pub signal: Option<String>,
}

impl ContainerEvent {
    pub fn label(&self) -> &str {
        self.service.as_deref().filter(|s| !s.is_empty()).unwrap_or(&self.name)
    }
}
