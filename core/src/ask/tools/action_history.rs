//! What was done, by whom. Steward does nothing in this version; Docker knows that something was stopped or restarted
//! on request, not by whom.

use serde_json::json;

use super::container_detail::unreadable;
use super::{Question, service_history, survey};
use crate::ask::{Answer, Sources};
use crate::fleet::{ContainerEvent, EventKind};
use crate::tell::{Block, Cell, Column, Document, Severity, Table, clean_line, moment};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let period = match question.period("7d") {
        Ok(period) => period,
        Err(answer) => return *answer,
    };
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let Some(all) = sources.take("docker", now, question.house.engine.containers().await) else {
        return unreadable(question, sources);
    };
    let one = match question.arguments.container.as_deref() {
        Some(_) => match question.container(&all) {
            Ok(container) => Some(container),
            Err(answer) => return *answer,
        },
        None => None,
    };
    let past = survey::past(question, period.from, period.until, one.map(|c| c.resource.clone())).await;
    let (events, record) = past.into_parts(&mut sources);
    let deliberate = |e: &&ContainerEvent| {
        matches!(
            e.kind,
            EventKind::Create
                | EventKind::Destroy
                | EventKind::Stop
                | EventKind::Restart
                | EventKind::Pause
                | EventKind::Unpause
                | EventKind::Rename
        )
    };
    let done: Vec<&ContainerEvent> = events.iter().filter(deliberate).collect();
    let title = match one {
        Some(c) => format!("I did nothing to {}: in observe mode I only watch", c.label()),
        None => "I did nothing: in observe mode I only watch".to_owned(),
    };
    let limit = question.limit(15, 1_000);
    let skipped = done.len().saturating_sub(limit);
    let rows = done[skipped..]
        .iter()
        .map(|e| {
            vec![
                Cell::text(moment(e.at, question.now)),
                Cell::text(clean_line(e.label(), 60)),
                service_history::event_cell(e),
            ]
        })
        .collect();
    let columns = vec![Column::left("TIME", 0), Column::left("WHAT", 0), Column::left("DONE BY OTHERS", 0)];
    let mut document =
        Document::new(Severity::Ok, title).with(Block::Table(Table { columns, rows, more: skipped }));
    document = document.text(if done.is_empty() {
        format!(
            "Docker recorded no stop, restart or change by anyone since {}.",
            moment(period.from, question.now)
        )
    } else {
        "Docker records that this was done, not by whom.".to_owned()
    });
    document = document.text(record.words(question.now));
    let rows: Vec<_> = done.iter().map(|e| json!({ "at": e.at, "name": e.name, "event": e.kind })).collect();
    let data = json!({ "by_steward": [], "by_others": rows, "recorded_since": record.since() });
    Answer::new(question.command.clone(), document.with(Block::Next(vec!["audit".into()])), sources, data)
}
