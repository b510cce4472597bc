//! The outside world, for tests: a Docker engine simulated down to its faults, a recording proxy in front of
//! a real one, and the reference scene made on a real one.
//!
//! Everything here runs on threads of its own (its own tokio runtime), so it works from plain `#[test]`s, from
//! `#[tokio::test]`s and with a paused tokio clock, and is gone when it is dropped.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::cast_possible_wrap,
    reason = "test support: a failure here is a failed test"
)]

mod client;
mod engine;
mod host;
mod proxy;
mod scene;

mod seen;

pub use client::{Client, Reply};
pub use engine::{Container, Endpoint, FakeEngine, Fault, Health, Stream, World};
pub use proxy::RecordingProxy;

pub use scene::{Role, Scene, SceneContainer, real_engine};
pub use seen::Seen;

/// In the environment of every simulated container; wherever this text appears outside the engine, the
/// environment of a container has leaked.
pub const CANARY: &str = "canary-5f3a9c0e71";
