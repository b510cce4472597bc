//! The simulated engine, the proxy and the scene, held against what they stand for.

#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
