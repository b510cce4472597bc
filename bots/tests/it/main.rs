//! Whole conversations with the built program.

mod faults;
mod program;
mod running;
mod scene;
