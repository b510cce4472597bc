//! What is observed: resources, their state and figures, each with the time of the observation.

mod container;
mod event;
mod host;
mod observed;
mod resource;

pub use container::{
    Container, ContainerDetail, ContainerId, ContainerUsage, EngineDisk, EngineInfo, Health, HealthProbe,
    InvalidContainerId, LogLine, LogQuery, LogStream, Port, RestartPolicy, State,
};
pub use event::{ContainerEvent, EventKind};
pub use host::{FileSystem, HostReading, Memory, NetworkRate, Temperature};
pub use observed::{Freshness, Observed, SourceError, SourceReport};
pub use resource::ResourceRef;
