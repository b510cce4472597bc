//! Answers become words: a typed tree that each front-end renders with its own measure, and the units in it.

mod clean;
mod document;
mod units;

pub use clean::{clean, clean_line};
pub use document::{Block, Cell, Column, Document, Finding, Severity, Table};
pub use units::{ago, bytes, duration, moment, percent, rate};
