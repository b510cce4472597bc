//! The store: one suite over the ports, and what only SQLite can get wrong.

mod conformance;
mod damage;
mod open;
mod support;
mod tamper;
mod together;
