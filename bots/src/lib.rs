//! Steward: front-ends over a read-only core. `main` parses the command line; `wiring` builds the house.

pub mod cli;
pub mod config;
pub mod console;
pub mod host_commands;
pub mod runtime;
pub mod wiring;
