//! Containers by memory or CPU.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Question;
use super::container_detail::unreadable;
use crate::ask::{Answer, Sources};
use crate::fleet::{Container, ContainerId, ContainerUsage, Freshness, Observed, SourceError, SourceReport};
use crate::tell::{Block, Cell, Column, Document, Severity, Table, bytes, percent};

/// Every running container with its usage, and the state of the source.
pub(super) async fn measure(
    question: &Question<'_>,
) -> Result<(SourceReport, Vec<(Container, ContainerUsage)>), SourceError> {
    let engine = &question.house.engine;
    let listed = engine.containers().await?;
    let running: Vec<&Container> = listed.value.iter().filter(|c| c.is_running()).collect();
    let ids: Vec<ContainerId> = running.iter().map(|c| c.id.clone()).collect();
    let usage =
        if ids.is_empty() { Observed::new(Vec::new(), listed.at) } else { engine.usage(&ids).await? };
    let rows = usage
        .value
        .into_iter()
        .filter_map(|u| running.iter().find(|c| c.id == u.id).map(|c| ((*c).clone(), u)))
        .collect();
    let age_s = Some(Observed::new((), usage.at).age_s(question.now.timestamp()));
    Ok((SourceReport { name: "docker".into(), state: Freshness::Fresh, age_s, error: None }, rows))
}

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let mut sources = Sources::default();
    let mut rows = match measure(question).await {
        Ok((report, rows)) => {
            sources.note(report);
            rows
        }
        Err(error) => {
            let gone: Result<Observed<()>, _> = Err(error);
            let now: Timestamp = question.now.timestamp();
            sources.take("docker", now, gone);
            return unreadable(question, sources);
        }
    };
    let by_cpu = matches!(question.arguments.metric.as_deref(), Some("cpu" | "load" | "temperature"));
    let cpu = |u: &ContainerUsage| u.cpu_percent.unwrap_or(-1.0);
    if by_cpu {
        rows.sort_by(|a, b| cpu(&b.1).total_cmp(&cpu(&a.1)).then(b.1.memory_bytes.cmp(&a.1.memory_bytes)));
    } else {
        rows.sort_by_key(|(_, u)| std::cmp::Reverse(u.memory_bytes));
    }
    let title = match rows.first() {
        None => "No container is running, so none uses anything".to_owned(),
        Some((c, u)) if by_cpu => match u.cpu_percent {
            Some(cpu) => format!("Most CPU: {}, {} of a core", c.label(), percent(cpu)),
            None => "CPU could not be measured".to_owned(),
        },
        Some((c, u)) => format!("Most memory: {}, {}", c.label(), bytes(u.memory_bytes)),
    };
    let limit = question.limit(10, 10_000);
    let table = Table {
        columns: vec![
            Column::left("NAME", 0),
            Column::right("CPU", 0),
            Column::right("MEMORY", 0),
            Column::right("LIMIT", 1),
            Column::right("PROCESSES", 2),
        ],
        rows: rows
            .iter()
            .take(limit)
            .map(|(c, u)| {
                vec![
                    Cell::text(c.label()),
                    Cell::text(u.cpu_percent.map_or_else(|| "?".into(), percent)),
                    Cell::text(bytes(u.memory_bytes)),
                    Cell::text(u.memory_limit_bytes.map_or_else(|| "-".into(), bytes)),
                    Cell::text(u.processes.map_or_else(|| "?".into(), |p| p.to_string())),
                ]
            })
            .collect(),
        more: rows.len().saturating_sub(limit),
    };
    let document = Document::new(Severity::Ok, title)
        .with(Block::Table(table))
        .text("CPU in percent of one core. Only containers are ranked, not other programs of the host.");
    let data = json!({ "by": if by_cpu { "cpu" } else { "memory" }, "containers": rows.iter().map(|(c, u)| row(c, u)).collect::<Vec<_>>() });
    Answer::new(question.command.clone(), document, sources, data)
}

/// One container in `data`.
pub(super) fn row(container: &Container, usage: &ContainerUsage) -> Value {
    json!({
        "name": container.name, "service": container.service, "project": container.project, "id": container.id,
        "cpu_percent": usage.cpu_percent, "memory_bytes": usage.memory_bytes,
        "memory_limit_bytes": usage.memory_limit_bytes, "processes": usage.processes,
    })
}
