//! The configuration: read from the environment and `steward.toml`, every error at once, before anything is opened.

mod errors;
mod file;
mod keys;
mod load;
mod secret;

pub use errors::{ConfigError, Origin};
pub use keys::{KEYS, Key, Served};
pub use load::{Config, Environment, LogFormat, load};
pub use secret::Secret;
