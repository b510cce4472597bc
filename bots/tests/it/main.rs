//! Whole conversations with the built program, and its parts from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests: a failure here is a failed test"
)]

mod commands;
mod config;
mod console;
mod faults;
mod hostile;
mod input;
mod program;
mod record;
mod running;
mod scene;
mod service;
mod shape;
