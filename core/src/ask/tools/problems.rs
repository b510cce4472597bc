//! What is not well, worst first, with since when and why.

use jiff::SignedDuration;
use serde_json::json;

use super::{Question, survey};
use crate::ask::Answer;
use crate::tell::{Block, Document, Severity};

/// Findings shown unless `--limit` says otherwise; `--json` has them all.
const SHOWN: u32 = 100;

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let from = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let survey = survey::look(question, from).await;
    let silent = survey.sources.silent().count();
    let severity = survey.problems.iter().map(|p| p.severity).max().unwrap_or(Severity::Ok);
    let title = match (survey.problems.len(), silent) {
        (0, 0) => "No problems found".to_owned(),
        (0, _) => "No problems found in what could be read".to_owned(),
        (1, _) => "1 problem".to_owned(),
        (n, _) => format!("{n} problems"),
    };
    let mut findings = survey.findings(now);
    let more = findings.len().saturating_sub(question.limit(SHOWN, 100_000));
    findings.truncate(findings.len() - more);
    let next: Vec<String> = survey
        .problems
        .iter()
        .filter(|p| p.resource.as_ref().is_some_and(|r| r.as_str().starts_with("docker://")))
        .take(3)
        .map(|p| format!("why {}", p.subject))
        .collect();
    let mut document = Document::new(severity, title).with(Block::Findings(findings));
    if more > 0 {
        document = document.text(format!("… and {more} more: --limit {}", survey.problems.len()));
    }
    let document = document.with(Block::Next(next));
    Answer::new(question.command.clone(), document, survey.sources, json!({ "problems": survey.problems }))
}
