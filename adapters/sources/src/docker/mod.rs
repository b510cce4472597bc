//! A Docker engine (API 1.41 and newer), read only: [`DockerSource`] implements the core's `Engine` port.
//!
//! * `transport` can send GET and HEAD to a short list of endpoints and nothing else
//! * `client` asks, each call with a deadline
//! * `wire` is what the engine answers, without the parts that must not be read (`Config.Env`)
//! * `map` turns that into the core's words
//! * `cgroup` and `stats` are the two ways to CPU and memory
//! * `watch` keeps the inventory fresh from one list call and `/events`

mod cgroup;
mod client;
mod error;
mod inventory;
mod logs;
mod map;
mod stats;
mod transport;
mod watch;
mod wire;

pub use cgroup::CgroupReader;
pub use client::{DockerConfig, DockerSource};
pub use transport::{Address, AddressError, is_allowed};
pub use watch::Seen;
