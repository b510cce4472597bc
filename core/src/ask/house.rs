//! Everything a question may look at.

use std::sync::Arc;

use crate::policy::{Mode, Redactor};
use crate::ports::{AuditLog, Engine, FactStore, Host};

/// What is fixed while the program runs.
#[derive(Debug, Clone)]
pub struct Settings {
    pub host: String,
    pub version: String,
    pub mode: Mode,
    /// `(name, value, where it comes from)` of every setting, secrets masked, for `settings`.
    pub shown: Vec<(String, String, String)>,
}

#[derive(Debug)]
pub struct House {
    pub engine: Arc<dyn Engine>,
    pub host: Arc<dyn Host>,
    pub facts: Arc<dyn FactStore>,
    pub audit: Arc<dyn AuditLog>,
    pub redactor: Redactor,
    pub settings: Settings,
}
