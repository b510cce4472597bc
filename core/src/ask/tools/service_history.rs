//! What happened to one service: starts, ends, health changes, newest last.

use serde_json::json;

use super::container_detail::unreadable;
use super::{Question, survey};
use crate::ask::{Answer, Sources, crashes, exit_words};
use crate::fleet::{ContainerEvent, EventKind};
use crate::tell::{Block, Cell, Column, Document, Severity, Table, moment};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let period = match question.period("30d") {
        Ok(period) => period,
        Err(answer) => return *answer,
    };
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
    let past = survey::past(question, period.from, period.until, Some(container.resource.clone())).await;
    let (events, record) = past.into_parts(&mut sources);
    let detail = engine.inspect(&container.id).await.ok().map(|d| d.value);
    let details = detail.iter().map(|d| (d.id.clone(), d.clone())).collect();
    let crashed = crashes(&events, std::slice::from_ref(container), &details, period.from);
    let ends = crashed.iter().map(|c| c.count).sum::<usize>();
    let starts = events.iter().filter(|e| e.kind == EventKind::Start).count();
    let unhealthy = events.iter().filter(|e| e.kind == EventKind::Unhealthy).count();
    let name = container.label();
    let since = moment(period.from, question.now);
    let title = format!(
        "{name} since {since}: {}, {}, {}",
        times(ends, "crash", "crashes"),
        times(starts, "start", "starts"),
        match unhealthy {
            0 => "never unhealthy".to_owned(),
            n => format!("{n}× unhealthy"),
        }
    );
    let severity = if ends > 0 { Severity::Warning } else { Severity::Ok };
    let limit = question.limit(20, 1_000);
    let skipped = events.len().saturating_sub(limit);
    let rows = events[skipped..]
        .iter()
        .map(|e| vec![Cell::text(moment(e.at, question.now)), event_cell(e)])
        .collect();
    let mut document = Document::new(severity, title).with(Block::Table(Table {
        columns: vec![Column::left("TIME", 0), Column::left("EVENT", 0)],
        rows,
        more: skipped,
    }));
    if let Some(detail) = &detail {
        document = document.text(format!(
            "Docker counts {} of this container by its restart policy.",
            times(usize::try_from(detail.restart_count).unwrap_or(0), "restart", "restarts")
        ));
    }
    document = document.text(record.words(question.now));
    let rows: Vec<_> = events
        .iter()
        .map(|e| json!({ "at": e.at, "event": e.kind, "exit_code": e.exit_code, "image": e.image }))
        .collect();
    let data = json!({ "resource": container.resource, "crashes": ends, "starts": starts, "events": rows, "recorded_since": record.since() });
    Answer::new(question.command.clone(), document, sources, data)
}

fn times(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

pub(super) fn event_cell(event: &ContainerEvent) -> Cell {
    match event.kind {
        EventKind::Die => match event.exit_code {
            Some(0) => Cell::text("ended (exit 0)"),
            Some(code) => {
                let words = exit_words(code).map(|w| format!(", {w}")).unwrap_or_default();
                Cell::State(format!("ended (exit {code}{words})"), Severity::Warning)
            }
            None => Cell::text("ended"),
        },
        EventKind::Oom => {
            Cell::State("out of memory: the kernel killed a process".into(), Severity::Critical)
        }
        EventKind::Unhealthy => Cell::State("unhealthy".into(), Severity::Warning),
        EventKind::Kill => Cell::text(match event.signal.as_deref() {
            Some(signal) => format!("signal {signal} was sent"),
            None => "a signal was sent".into(),
        }),
        EventKind::Create => Cell::text(format!("created from {}", event.image)),
        EventKind::Start => Cell::text("started"),
        EventKind::Stop => Cell::text("stopped on request"),
        EventKind::Restart => Cell::text("restarted on request"),
        EventKind::Pause => Cell::text("paused"),
        EventKind::Unpause => Cell::text("resumed"),
        EventKind::Rename => Cell::text("renamed"),
        EventKind::Destroy => Cell::text("removed"),
        EventKind::Healthy => Cell::text("healthy"),
    }
}
