//! A question becomes an answer: understand it, look, say it with the age of what was seen.

mod answer;
mod converse;
mod crashes;
mod data;
mod house;
mod problems;
mod registry;
mod resolve;
pub mod tools;
pub mod understand;

pub use answer::{Answer, AnswerError, AnswerVerdict, Sources, exit};
pub use converse::{Asked, Exchange};
pub use crashes::{Crash, CrashState, crashes, exit_words};
pub use data::Data;
pub use house::{House, Settings};
pub use problems::{Problem, limits};
pub use registry::{Command, CommandSpec, Operand, REGISTRY, spec};
pub use resolve::{Resolution, resolve};
