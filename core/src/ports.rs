//! Every trait that the outside implements, each with its contract in words.
//!
//! Common to all: a call ends within its adapter's own deadline, an error says what failed and why in words for a
//! person, and nothing a call returns is trusted: names, labels and log lines are data written by anyone.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::fleet::{
    Container, ContainerDetail, ContainerEvent, ContainerId, ContainerUsage, EngineDisk, EngineInfo,
    HostReading, LogLine, LogQuery, Observed, ResourceRef, SourceError,
};
use crate::remember::{AuditEntry, AuditError, AuditReceipt, AuditRecord};

/// The engine's own memory of events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// Those of containers that mean something here, oldest first.
    pub events: Vec<ContainerEvent>,
    /// The oldest event of any kind: how far back this memory reaches.
    pub oldest: Option<Timestamp>,
}

/// A Docker engine, read only. Implementations send GET and HEAD and nothing else.
#[async_trait]
pub trait Engine: Debug + Send + Sync {
    /// Every container, running or not, by one list call or from an inventory that events keep fresh.
    async fn containers(&self) -> Result<Observed<Arc<[Container]>>, SourceError>;

    /// One container in depth.
    async fn inspect(&self, id: &ContainerId) -> Result<Observed<ContainerDetail>, SourceError>;

    /// CPU and memory of these running containers. One that ended meanwhile is left out.
    async fn usage(&self, ids: &[ContainerId]) -> Result<Observed<Vec<ContainerUsage>>, SourceError>;

    /// Log lines, oldest first, at most `query.last`.
    async fn logs(&self, id: &ContainerId, query: &LogQuery) -> Result<Observed<Vec<LogLine>>, SourceError>;

    /// What the engine still remembers: the last 256 events of all kinds since it started.
    async fn remembered(&self) -> Result<Remembered, SourceError>;

    /// What images, containers, volumes and the build cache take up.
    async fn disk(&self) -> Result<Observed<EngineDisk>, SourceError>;

    async fn info(&self) -> Result<Observed<EngineInfo>, SourceError>;
}

/// The machine itself.
#[async_trait]
pub trait Host: Debug + Send + Sync {
    async fn reading(&self) -> Result<Observed<HostReading>, SourceError>;
}

/// Why a store could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// Which events of the past are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    pub from: Timestamp,
    pub until: Timestamp,
    pub resource: Option<ResourceRef>,
    /// The newest this many.
    pub limit: u32,
}

/// The events that the running program has seen, kept across restarts.
#[async_trait]
pub trait FactStore: Debug + Send + Sync {
    /// Adds events; one that is there already is no error and no second fact.
    async fn append(&self, events: &[ContainerEvent]) -> Result<(), StoreError>;

    /// Oldest first.
    async fn events(&self, query: &EventQuery) -> Result<Vec<ContainerEvent>, StoreError>;

    /// Since when events have been collected here; `None`: never yet.
    async fn watching_since(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// The append-only record of who asked what. See [`crate::remember`].
#[async_trait]
pub trait AuditLog: Debug + Send + Sync {
    /// Returns once the record is durable.
    async fn append(&self, record: AuditRecord) -> Result<AuditReceipt, AuditError>;

    /// The newest `count` entries, oldest first.
    async fn tail(&self, count: u32) -> Result<Vec<AuditEntry>, AuditError>;
}
