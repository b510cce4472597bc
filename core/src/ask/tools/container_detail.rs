//! One service in depth.

use serde_json::json;

use super::Question;
use super::list_containers::severity;
use crate::ask::{Answer, Sources, exit_words};
use crate::fleet::{Container, ContainerDetail, Health, State};
use crate::tell::{Block, Document, Finding, Severity, ago, bytes, clean_line};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let engine = &question.house.engine;
    let Some(all) = sources.take("docker", now, engine.containers().await) else {
        return unreadable(question, sources);
    };
    let container = match question.container(&all) {
        Ok(container) => container,
        Err(answer) => return *answer,
    };
    let Some(detail) = sources.take("docker", now, engine.inspect(&container.id).await) else {
        return unreadable(question, sources);
    };
    let usage = if container.is_running() {
        engine.usage(std::slice::from_ref(&container.id)).await.ok().and_then(|u| u.value.into_iter().next())
    } else {
        None
    };
    let severity =
        if detail.oom_killed && !container.is_running() { Severity::Critical } else { severity(container) };
    let mut document = Document::new(severity, title(container, &detail, now));
    let mut rows: Vec<(&str, String)> = vec![("image", detail.image.clone())];
    if let Some(at) = detail.started {
        rows.push(("started", format!("{} ({})", crate::tell::moment(at, question.now), ago(at, now))));
    }
    let policy = detail.restart_policy.as_ref().map_or_else(|| "no".to_owned(), |p| p.name.clone());
    rows.push(("restarts", format!("{} (policy: {policy})", detail.restart_count)));
    if let Some(usage) = &usage {
        let cpu = usage
            .cpu_percent
            .map(|c| format!("CPU {} of a core, ", crate::tell::percent(c)))
            .unwrap_or_default();
        let limit = detail.memory_limit.map(|l| format!(" of {} allowed", bytes(l))).unwrap_or_default();
        rows.push(("usage", format!("{cpu}memory {}{limit}", bytes(usage.memory_bytes))));
    }
    if !container.ports.is_empty() {
        let ports: Vec<String> = container
            .ports
            .iter()
            .map(|p| {
                p.public.map_or_else(
                    || format!("{}/{}", p.private, p.protocol),
                    |public| format!("{public}→{}/{}", p.private, p.protocol),
                )
            })
            .collect();
        rows.push(("ports", ports.join(" ")));
    }
    if !container.networks.is_empty() {
        rows.push(("networks", container.networks.join(", ")));
    }
    if !detail.mounts.is_empty() {
        rows.push(("mounts", detail.mounts.join("; ")));
    }
    rows.push(("id", container.id.short().to_owned()));
    let findings = rows
        .into_iter()
        .map(|(subject, text)| Finding { severity: Severity::Ok, subject: subject.into(), text })
        .collect();
    document = document.with(Block::Findings(findings));
    if let Some(probe) = detail.probes.last().filter(|p| p.exit_code != 0 && !p.output.is_empty()) {
        document = document.with(Block::Evidence {
            source: "health check".into(),
            lines: vec![question.house.redactor.redact(&probe.output)],
        });
    }
    if let Some(error) = &detail.error {
        document = document.with(Block::Evidence { source: "docker".into(), lines: vec![error.clone()] });
    }
    let name = clean_line(container.label(), 60);
    document = document.with(Block::Next(vec![
        format!("logs {name}"),
        format!("history {name}"),
        format!("why {name}"),
    ]));
    let data = json!({ "container": container, "detail": detail, "usage": usage });
    Answer::new(question.command.clone(), document, sources, data)
}

fn title(container: &Container, detail: &ContainerDetail, now: jiff::Timestamp) -> String {
    let name = container.label();
    let code = detail.exit_code;
    let words = exit_words(code).map(|w| format!(", {w}")).unwrap_or_default();
    let when = |at: Option<jiff::Timestamp>| at.map(|at| format!(" {}", ago(at, now))).unwrap_or_default();
    match container.state {
        State::Running => {
            let health = match container.health {
                Some(Health::Unhealthy) => " but unhealthy",
                Some(Health::Healthy) => " and healthy",
                Some(Health::Starting) => ", its health check has not answered yet",
                None => "",
            };
            let since = detail.started.map(|at| format!(" (started {})", ago(at, now))).unwrap_or_default();
            format!("{name} is running{health}{since}")
        }
        State::Restarting => format!(
            "{name} is restarting again and again: exit {code}{words}, {} restarts",
            detail.restart_count
        ),
        State::Exited if detail.oom_killed => {
            format!("{name} is down: killed for memory{}", when(detail.finished))
        }
        State::Exited if code == 0 => format!("{name} has finished{} (exit 0)", when(detail.finished)),
        State::Exited => format!("{name} is not running: exit {code}{words}{}", when(detail.finished)),
        State::Created => format!("{name} has been created and never started"),
        State::Paused => format!("{name} is paused"),
        State::Removing => format!("{name} is being removed"),
        State::Dead => format!("{name} is dead: the engine could not remove it"),
        State::Other => format!("{name} is in a state I don't know: {}", container.status),
    }
}

/// The answer where Docker could not be read.
pub(super) fn unreadable(question: &Question<'_>, mut sources: Sources) -> Answer {
    sources.need("docker");
    let why = sources.error_of("docker").unwrap_or("Docker could not be read").to_owned();
    let title = if sources.is_absent("docker") {
        "Docker is not set up here, so I know of no services"
    } else {
        "I can't say: Docker could not be read"
    };
    Answer::new(
        question.command.clone(),
        Document::new(Severity::Unknown, title).text(why),
        sources,
        json!({}),
    )
}
