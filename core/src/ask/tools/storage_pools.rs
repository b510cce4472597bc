//! Storage pools. Their space is known from the host's file systems; their health is not read in this version.

use serde_json::json;

use super::{Question, not_configured};
use crate::ask::{Answer, Sources};
use crate::tell::{Block, Document, Finding, Severity, bytes, percent};

const HOW: &str = "The health of pools (scrub, SMART, snapshots) is not read by this version: it has no ZFS or TrueNAS source yet.";

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let mut sources = Sources::default();
    let reading = sources.take("host", question.now.timestamp(), question.house.host.reading().await);
    let pooled: Vec<_> = reading
        .iter()
        .flat_map(|h| &h.file_systems)
        .filter(|fs| matches!(fs.kind.as_str(), "zfs" | "btrfs" | "bcachefs"))
        .collect();
    if pooled.is_empty() {
        return not_configured(question, "Storage pools are", HOW);
    }
    let findings = pooled
        .iter()
        .map(|fs| Finding {
            severity: Severity::Ok,
            subject: fs.device.clone(),
            text: format!(
                "{} on {}: {} used, {} free",
                fs.kind,
                fs.mount,
                percent(fs.used_percent()),
                bytes(fs.free_bytes)
            ),
        })
        .collect();
    let document = Document::new(Severity::Unknown, "I know the space of the pools, not their health")
        .with(Block::Findings(findings))
        .text(HOW);
    Answer::new(question.command.clone(), document, sources, json!({ "pools": pooled, "health": null }))
}
