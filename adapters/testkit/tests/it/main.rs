//! The simulated engine, the proxy and the scene, held against what they stand for.

#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod answers;
mod faults;
mod load;
mod proxy;
mod real;
mod schema;
