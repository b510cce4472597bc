//! A summary of a period: what is wrong, what failed and healed, what changed, how much room is left.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Question, survey};
use crate::ask::{Answer, Crash, CrashState};
use crate::fleet::EventKind;
use crate::tell::{Block, Document, Finding, Severity, bytes, moment, percent};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let fallback = match question.arguments.pattern.as_deref() {
        Some("yesterday") => "yesterday",
        Some("week") => "7d",
        _ => "24h",
    };
    of_period(question, fallback).await
}

/// Since the last question of the same person, as the audit log has it.
pub(super) async fn missed(question: &Question<'_>) -> Answer {
    let entries = question.house.audit.tail(200).await.unwrap_or_default();
    let last = entries.iter().rev().find(|e| e.record.principal == question.who.id()).map(|e| e.record.at);
    let since = last.map_or_else(|| "24h".to_owned(), |at| at.to_string());
    of_period(question, &since).await
}

async fn of_period(question: &Question<'_>, fallback: &str) -> Answer {
    let period = match question.period(fallback) {
        Ok(period) => period,
        Err(answer) => return *answer,
    };
    let survey = survey::look(question, period.from).await;
    let within = |c: &&Crash| c.last <= period.until;
    let healed: Vec<&Crash> = survey
        .crashes
        .iter()
        .filter(within)
        .filter(|c| matches!(c.state, CrashState::Recovered | CrashState::Gone))
        .collect();
    let severity = survey.problems.iter().map(|p| p.severity).max().unwrap_or(Severity::Ok);
    let silent = survey.sources.silent().count();
    let since = moment(period.from, question.now);
    let title = match (survey.problems.len(), healed.len(), silent) {
        (0, 0, 0) => format!("Nothing to report since {since}"),
        (0, 0, _) => format!("Nothing seen since {since}, but not everything could be read"),
        (0, h, _) => format!("All good now; {h} failed and healed since {since}"),
        (p, h, _) => format!(
            "{p} {} open, {h} failed and healed since {since}",
            if p == 1 { "problem" } else { "problems" }
        ),
    };
    let mut findings = survey.findings(question.now.timestamp());
    findings.extend(healed.iter().map(|c| Finding {
        severity: Severity::Ok,
        subject: c.label.clone(),
        text: format!(
            "{}: {}×, {}, last {}",
            if c.state == CrashState::Gone { "removed since" } else { "runs again" },
            c.count,
            c.cause(),
            moment(c.last, question.now)
        ),
    }));
    let mut document = Document::new(severity, title).with(Block::Findings(findings));
    let mut changes: BTreeMap<&str, usize> = BTreeMap::new();
    for event in survey.events.iter().filter(|e| e.at <= period.until) {
        let word = match event.kind {
            EventKind::Create => "created",
            EventKind::Stop => "stopped on request",
            EventKind::Restart => "restarted on request",
            EventKind::Destroy => "removed",
            EventKind::Start
            | EventKind::Die
            | EventKind::Oom
            | EventKind::Kill
            | EventKind::Pause
            | EventKind::Unpause
            | EventKind::Rename
            | EventKind::Healthy
            | EventKind::Unhealthy => continue,
        };
        *changes.entry(word).or_default() += 1;
    }
    if !changes.is_empty() {
        let parts: Vec<String> = changes.iter().map(|(word, n)| format!("{n} {word}")).collect();
        document = document.text(format!("Changes: {}", parts.join(", ")));
    }
    if let Some(host) = &survey.host {
        let mut fullest: Vec<_> = host.file_systems.iter().collect();
        fullest.sort_by(|a, b| b.used_percent().total_cmp(&a.used_percent()));
        let room: Vec<String> = fullest
            .iter()
            .take(3)
            .map(|fs| format!("{} {} ({} free)", fs.mount, percent(fs.used_percent()), bytes(fs.free_bytes)))
            .collect();
        document = document.text(format!("Room: {}", room.join(" · ")));
    }
    document = document.text(survey.record.words(question.now));
    let data = json!({ "since": period.from, "until": period.until, "problems": survey.problems, "crashes": survey.crashes, "changes": changes });
    Answer::new(question.command.clone(), document, survey.sources, data)
}
