//! Whole conversations with the built program, and its parts from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests: a failure here is a failed test"
)]

mod config;
mod console;
mod faults;
mod program;
mod running;
mod scene;
