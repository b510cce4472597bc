//! The store: one suite over the ports, and what only SQLite can get wrong.

#![expect(clippy::unwrap_used, reason = "tests: a failure here is a failed test")]

mod conformance;
mod damage;
mod open;
mod support;
mod tamper;
mod together;
