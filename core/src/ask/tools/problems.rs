//! What is not well, worst first, with since when and why.

use jiff::SignedDuration;
use serde_json::json;

use super::{Question, survey};
use crate::ask::Answer;
use crate::ask::problems::lasting;
use crate::tell::{Block, Document, Finding, Severity};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let from = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let survey = survey::look(question, from).await;
    let silent: Vec<Finding> = survey
        .sources
        .silent()
        .map(|(name, error)| Finding {
            severity: Severity::Unknown,
            subject: name.into(),
            text: error.into(),
        })
        .collect();
    let severity = survey.problems.iter().map(|p| p.severity).max().unwrap_or(Severity::Ok);
    let title = match (survey.problems.len(), silent.len()) {
        (0, 0) => "No problems found".to_owned(),
        (0, _) => "No problems found in what could be read".to_owned(),
        (1, _) => "1 problem".to_owned(),
        (n, _) => format!("{n} problems"),
    };
    let mut findings: Vec<Finding> = survey
        .problems
        .iter()
        .map(|p| {
            let lasting = lasting(p.since, now);
            let text = if lasting.is_empty() { p.text.clone() } else { format!("{} · {lasting}", p.text) };
            Finding { severity: p.severity, subject: p.subject.clone(), text }
        })
        .collect();
    findings.extend(silent);
    let next: Vec<String> = survey
        .problems
        .iter()
        .filter(|p| p.resource.as_ref().is_some_and(|r| r.as_str().starts_with("docker://")))
        .take(3)
        .map(|p| format!("why {}", p.subject))
        .collect();
    let document = Document::new(severity, title).with(Block::Findings(findings)).with(Block::Next(next));
    Answer::new(question.command.clone(), document, survey.sources, json!({ "problems": survey.problems }))
}
