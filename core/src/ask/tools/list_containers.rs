//! Containers by compose project, with state and health. CPU and memory stand in `usage` and `top`: they cost more.

use std::sync::Arc;

use serde_json::json;

use super::Question;
use crate::ask::{Answer, Data, Sources};
use crate::fleet::{Container, Health, State};
use crate::tell::{Block, Cell, Column, Document, Severity, Table, duration};

/// Rows shown unless `--limit` says otherwise; `--json` has them all.
const ROWS: u32 = 100;

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let Some(all) = sources.take("docker", now, question.house.engine.containers().await) else {
        sources.need("docker");
        let why = sources.error_of("docker").unwrap_or("Docker could not be read").to_owned();
        let title = if sources.is_absent("docker") {
            "Docker is not set up here"
        } else {
            "I can't say which containers run"
        };
        return Answer::new(
            question.command.clone(),
            Document::new(Severity::Unknown, title).text(why),
            sources,
            json!({}),
        );
    };
    let wanted = question.arguments.pattern.as_deref().unwrap_or("all");
    let group = question.arguments.container.as_deref().map(str::to_lowercase);
    let port = question.arguments.port;
    let in_group = |c: &Container| {
        let Some(group) = &group else { return true };
        let project = c.project.as_deref().is_some_and(|p| p.to_lowercase() == *group);
        project
            || c.label().to_lowercase().contains(group)
            || c.name.to_lowercase().contains(group)
            || c.image.to_lowercase().contains(group)
    };
    let has_port = |c: &Container| {
        port.is_none_or(|port| c.ports.iter().any(|p| p.public == Some(port) || p.private == port))
    };
    // One walk over the inventory: it may be long, and the answer is to cost the same all the same.
    let (mut running, mut worst) = (0, Severity::Ok);
    let (mut shown, mut places): (Vec<&Container>, Vec<u32>) = (Vec::new(), Vec::new());
    for (place, container) in (0..).zip(all.iter()) {
        running += usize::from(container.is_running());
        let asked = match wanted {
            "running" => container.is_running(),
            "stopped" => !container.is_running(),
            _ => true,
        };
        if asked && in_group(container) && has_port(container) {
            worst = worst.max(severity(container));
            shown.push(container);
            places.push(place);
        }
    }
    let title = match (group.as_deref(), port) {
        (_, Some(port)) if shown.is_empty() => format!("No container uses port {port}"),
        (_, Some(port)) => format!("Port {port}: {}", names(&shown)),
        (Some(group), _) if shown.is_empty() => {
            format!("No container matches “{}”", crate::tell::clean_line(group, 40))
        }
        (Some(_), _) => format!(
            "{} of {} match; {} of them running",
            shown.len(),
            all.len(),
            shown.iter().filter(|c| c.is_running()).count()
        ),
        (None, None) if all.is_empty() => "Docker answers and has no containers".to_owned(),
        (None, None) => format!("{running} of {} containers are running", all.len()),
    };
    let limit = question.limit(ROWS, 10_000);
    let mut document = Document::new(worst, title).with(Block::Table(table(&shown, limit, now)));
    if wanted == "running" && group.is_none() && port.is_none() && running < all.len() {
        let not_running: Vec<&Container> = all.iter().filter(|c| !c.is_running()).collect();
        document = document.text(format!("Not running: {}", states(&not_running)));
    }
    let data = Data::from(json!({ "total": all.len(), "running": running }));
    let data = data.with_containers(Arc::clone(&all), places);
    Answer::new(question.command.clone(), document, sources, data)
}

pub(super) fn severity(container: &Container) -> Severity {
    match (container.state, container.health) {
        (State::Restarting | State::Dead, _) => Severity::Critical,
        (State::Running, Some(Health::Unhealthy)) | (State::Paused, _) => Severity::Warning,
        // 143 answers a SIGTERM, 137 also ends a `docker stop` that took too long: `crashes` tells them apart.
        (State::Exited, _) if !matches!(container.exit_code, Some(0 | 137 | 143) | None) => Severity::Warning,
        _ => Severity::Ok,
    }
}

fn table(shown: &[&Container], limit: usize, now: jiff::Timestamp) -> Table {
    let columns = vec![
        Column::left("PROJECT", 2),
        Column::left("NAME", 0),
        Column::left("STATE", 0),
        Column::left("HEALTH", 1),
        Column::right("SINCE", 2),
        Column::left("IMAGE", 3),
        Column::left("PORTS", 4),
    ];
    let rows = shown
        .iter()
        .take(limit)
        .map(|c| {
            let since = c
                .since
                .map(|at| duration(u64::try_from(now.as_second() - at.as_second()).unwrap_or(0)))
                .unwrap_or_default();
            vec![
                Cell::text(c.project.as_deref().unwrap_or("-")),
                Cell::text(c.label()),
                Cell::State(state_words(c), severity(c)),
                match c.health {
                    Some(Health::Unhealthy) => Cell::State("unhealthy".into(), Severity::Warning),
                    Some(health) => Cell::text(health.as_str()),
                    None => Cell::text("-"),
                },
                Cell::text(since),
                Cell::text(&*c.image),
                Cell::text(ports(c)),
            ]
        })
        .collect();
    Table { columns, rows, more: shown.len().saturating_sub(limit) }
}

fn state_words(container: &Container) -> String {
    match (container.state, container.exit_code) {
        (State::Exited, Some(code)) => format!("exited ({code})"),
        (state, _) => state.as_str().to_owned(),
    }
}

fn ports(container: &Container) -> String {
    if container.ports.is_empty() {
        return String::new();
    }
    let mut public: Vec<String> = container
        .ports
        .iter()
        .filter_map(|p| p.public.map(|public| format!("{public}→{}/{}", p.private, p.protocol)))
        .collect();
    public.dedup();
    public.join(" ")
}

fn names(shown: &[&Container]) -> String {
    let names: Vec<&str> = shown.iter().take(8).map(|c| c.label()).collect();
    let more = shown.len().saturating_sub(8);
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

fn states(containers: &[&Container]) -> String {
    let parts: Vec<String> =
        containers.iter().take(12).map(|c| format!("{} ({})", c.label(), state_words(c))).collect();
    let more = containers.len().saturating_sub(12);
    if more == 0 { parts.join(", ") } else { format!("{} and {more} more", parts.join(", ")) }
}
