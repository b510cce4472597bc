//! What is kept: the audit record and its chain.

mod audit;
mod chain;

pub use audit::{AuditEntry, AuditError, AuditEvent, AuditReceipt, AuditRecord};
pub use chain::{Chain, ChainBreak, ChainHash, GENESIS};
