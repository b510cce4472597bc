//! Reads the world: Docker engines and the host. Nothing here can change anything.

pub mod docker;
pub mod host;
