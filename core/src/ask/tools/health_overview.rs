//! Is everything well? The verdict, what is not, what is fine in one line. "All good" only if every source that is
//! set up could be read.

use jiff::SignedDuration;
use serde_json::json;

use super::{Question, survey};
use crate::ask::Answer;
use crate::fleet::{Health, State};
use crate::tell::{Block, Document, Severity, percent};

/// Findings shown; `problems` has them all, and so has `--json`.
const SHOWN: usize = 20;

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let from = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let survey = survey::look(question, from).await;
    let mut findings = survey.findings(now);
    let silent = survey.sources.silent().count();

    let severity = findings.iter().map(|f| f.severity).max().unwrap_or(Severity::Ok);
    let title = title(survey.problems.len(), silent);
    let more = findings.len().saturating_sub(SHOWN);
    findings.truncate(SHOWN);
    let mut document = Document::new(severity, title).with(Block::Findings(findings));
    if more > 0 {
        document = document.text(format!("… and {more} more: `problems` lists them all."));
    }
    let fine = fine(&survey);
    if !fine.is_empty() {
        let lead = if survey.problems.is_empty() && silent == 0 { "" } else { "Otherwise fine: " };
        document = document.text(format!("{lead}{}", fine.join(", ")));
    }
    if survey.sources.is_absent("docker") {
        document = document.text("Docker is not set up here, so this is about the host alone.");
    }
    if let Some(worst) = survey.problems.first() {
        let next = match &worst.resource {
            Some(r) if r.as_str().starts_with("docker://") => {
                vec![format!("why {}", worst.subject), "problems".into()]
            }
            _ => vec!["problems".into()],
        };
        document = document.with(Block::Next(next));
    }
    let data = json!({
        "problems": survey.problems,
        "containers": survey.containers.as_deref().map(|c| json!({
            "total": c.len(),
            "running": c.iter().filter(|c| c.is_running()).count(),
            "unhealthy": c.iter().filter(|c| c.health == Some(Health::Unhealthy)).count(),
            "restarting": c.iter().filter(|c| c.state == State::Restarting).count(),
        })),
        "crashes_last_24h": survey.containers.as_ref().map(|_| survey.crashes.len()),
    });
    Answer::new(question.command.clone(), document, survey.sources, data)
}

fn title(problems: usize, silent: usize) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    match (problems, silent) {
        (0, 0) => "Yes, everything looks well".into(),
        (n, 0) => format!("No: {} attention", count(n, "thing needs", "things need")),
        (0, s) => format!("I can't say: {} silent", count(s, "source is", "sources are")),
        (n, s) => format!(
            "No: {} attention, {} silent",
            count(n, "thing needs", "things need"),
            count(s, "source is", "sources are")
        ),
    }
}

fn fine(survey: &survey::Survey) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(containers) = survey.containers.as_deref() {
        let well =
            containers.iter().filter(|c| c.is_running() && c.health != Some(Health::Unhealthy)).count();
        let stopped = containers.iter().filter(|c| matches!(c.state, State::Exited | State::Created)).count();
        parts.push(match (containers.len(), well) {
            (0, _) => "Docker answers and has no containers".into(),
            (total, well) if total == well => format!("all {total} containers run"),
            (total, well) => format!("{well} of {total} containers run well"),
        });
        if stopped > 0 {
            parts.push(format!("{stopped} stopped"));
        }
    }
    if let Some(host) = &survey.host {
        if let Some(cpu) = host.cpu_percent {
            parts.push(format!("CPU {}", percent(cpu)));
        }
        if host.memory.total_bytes > 0 {
            parts.push(format!(
                "memory {}",
                percent(host.memory.used_bytes() as f64 * 100.0 / host.memory.total_bytes as f64)
            ));
        }
        if let Some(fullest) =
            host.file_systems.iter().max_by(|a, b| a.used_percent().total_cmp(&b.used_percent()))
        {
            parts.push(format!("fullest disk {} {}", fullest.mount, percent(fullest.used_percent())));
        }
    }
    parts
}
