//! A message becomes a [`Reading`]: deterministic, in process, explained.

mod reading;
pub mod when;

pub use reading::{Action, Arguments, Category, Language, Reading, Tool, Verdict};
