//! Results of health checks: those that containers bring along. Others are not configured, and the answer says so.

use serde_json::json;

use super::Question;
use super::container_detail::unreadable;
use crate::ask::{Answer, Sources};
use crate::fleet::{Container, Health};
use crate::tell::{Block, Cell, Column, Document, Severity, Table};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let mut sources = Sources::default();
    let now = question.now.timestamp();
    let Some(all) = sources.take("docker", now, question.house.engine.containers().await) else {
        return unreadable(question, sources);
    };
    let mut checked: Vec<&Container> = all.iter().filter(|c| c.health.is_some()).collect();
    checked.sort_by_key(|c| (c.health != Some(Health::Unhealthy), c.health != Some(Health::Starting)));
    let failing = checked.iter().filter(|c| c.health == Some(Health::Unhealthy)).count();
    let (severity, title) = match (checked.len(), failing) {
        (0, _) => {
            (Severity::Unknown, "No running container has a health check, so nothing is checked".to_owned())
        }
        (n, 0) => (Severity::Ok, format!("All {n} container health checks pass")),
        (n, f) => (Severity::Warning, format!("{f} of {n} container health checks fail")),
    };
    let rows = checked
        .iter()
        .map(|c| {
            let health = match c.health {
                Some(Health::Healthy) => Cell::State("healthy".into(), Severity::Ok),
                Some(Health::Unhealthy) => Cell::State("unhealthy".into(), Severity::Warning),
                Some(Health::Starting) => Cell::text("starting"),
                None => Cell::text("-"),
            };
            vec![Cell::text(c.label()), health, Cell::text(c.project.as_deref().unwrap_or("-"))]
        })
        .collect();
    let columns = vec![Column::left("CHECK", 0), Column::left("RESULT", 0), Column::left("PROJECT", 1)];
    let without = all.iter().filter(|c| c.is_running() && c.health.is_none()).count();
    let document = Document::new(severity, title)
        .with(Block::Table(Table { columns, rows, more: 0 }))
        .text(format!("{without} running containers have no health check. Monit, URL, certificate and DNS checks are not configured."));
    let rows: Vec<_> =
        checked.iter().map(|c| json!({ "name": c.name, "service": c.service, "health": c.health })).collect();
    Answer::new(
        question.command.clone(),
        document,
        sources,
        json!({ "checks": rows, "without_check": without }),
    )
}
