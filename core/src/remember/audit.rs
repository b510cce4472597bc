//! Who asked what, through which front-end, how it was understood, and what came of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ChainHash;
use crate::ask::understand::{Arguments, Category, Tool, Verdict};

/// The longest text kept of a message or a summary, in bytes. A longer one is cut and says so.
const TEXT_MAX: usize = 2_000;

/// A record before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    pub at: Timestamp,
    /// `local:<uid>`, later `discord:<id>`, `telegram:<id>`.
    pub principal: String,
    pub front_end: String,
    pub event: AuditEvent,
}

/// Everything that can be in the audit log: a closed list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditEvent {
    /// The program began to watch.
    Started { version: String, mode: String },
    /// A message or a command, and what was made of it.
    Asked {
        text: String,
        verdict: Verdict,
        tool: Option<Tool>,
        category: Option<Category>,
        parameters: Box<Arguments>,
        result: String,
        exit: u8,
    },
}

impl AuditEvent {
    /// Cuts what is long; secrets were masked before.
    #[must_use]
    pub fn bounded(self) -> Self {
        match self {
            Self::Asked { text, verdict, tool, category, parameters, result, exit } => Self::Asked {
                text: bound(text),
                verdict,
                tool,
                category,
                parameters,
                result: bound(result),
                exit,
            },
            started @ Self::Started { .. } => started,
        }
    }
}

fn bound(mut text: String) -> String {
    if text.len() > TEXT_MAX {
        let whole = text.len();
        let cut = (0..=TEXT_MAX).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        text.truncate(cut);
        text.push_str(&format!(" … ({whole} bytes)"));
    }
    text
}

/// A record in its place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    pub seq: u64,
    #[serde(flatten)]
    pub record: AuditRecord,
    pub hash: ChainHash,
}

/// Where a record went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditReceipt {
    pub seq: u64,
    pub hash: ChainHash,
}

/// The record could not be written or read. The answer shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AuditError(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_character_and_says_so() {
        let text = "é".repeat(2_000);
        let cut = bound(text);
        assert!(cut.starts_with('é') && cut.ends_with("… (4000 bytes)"), "{cut}");
        assert!(cut.len() <= TEXT_MAX + 32);
    }
}
