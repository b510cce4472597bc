//! What crashed in a period: exits with an error, out-of-memory kills, restart loops; recovered or not.

use serde_json::json;

use super::container_detail::unreadable;
use super::{Question, survey};
use crate::ask::{Answer, Crash, CrashState};
use crate::fleet::State;
use crate::tell::{Block, Cell, Column, Document, Severity, Table, ago, moment};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let period = match question.period("24h") {
        Ok(period) => period,
        Err(answer) => return *answer,
    };
    let now = question.now.timestamp();
    let survey = survey::containers_and_past(question, period.from).await;
    let Some(containers) = survey.containers.as_deref() else {
        return unreadable(question, survey.sources);
    };
    let one = match question.arguments.container.as_deref() {
        Some(_) => match question.container(containers) {
            Ok(container) => Some(container.resource.clone()),
            Err(answer) => return *answer,
        },
        None => None,
    };
    let found: Vec<&Crash> = survey
        .crashes
        .iter()
        .filter(|c| c.last <= period.until && one.as_ref().is_none_or(|r| *r == c.resource))
        .collect();
    let going_on =
        found.iter().filter(|c| matches!(c.state, CrashState::Restarting | CrashState::Down)).count();
    let severity = if going_on > 0 {
        Severity::Critical
    } else if found.is_empty() {
        Severity::Ok
    } else {
        Severity::Warning
    };
    let since = moment(period.from, question.now);
    let title = match (found.len(), going_on) {
        (0, _) => format!("No crash since {since}"),
        (1, 0) => format!("Yes: 1 since {since}, it is over"),
        (1, _) => format!("Yes: 1 since {since}, still not well"),
        (n, 0) => format!("Yes: {n} since {since}, all over"),
        (n, g) => format!("Yes: {n} since {since}, {g} still not well"),
    };
    let rows = found
        .iter()
        .map(|c| {
            let count = if c.at_least { format!("{}+", c.count) } else { c.count.to_string() };
            let state = match c.state {
                CrashState::Recovered => Cell::State("running again".into(), Severity::Ok),
                CrashState::Restarting => Cell::State("restarting".into(), Severity::Critical),
                CrashState::Down => Cell::State("down".into(), Severity::Critical),
                CrashState::Gone => Cell::text("removed"),
            };
            vec![
                Cell::text(moment(c.last, question.now)),
                Cell::text(&*c.label),
                Cell::text(count),
                Cell::text(c.cause()),
                state,
            ]
        })
        .collect();
    let columns = vec![
        Column::left("LAST", 0),
        Column::left("WHAT", 0),
        Column::right("TIMES", 1),
        Column::left("CAUSE", 0),
        Column::left("NOW", 0),
    ];
    let mut document = Document::new(severity, title).with(Block::Table(Table { columns, rows, more: 0 }));
    let finished: Vec<String> = containers
        .iter()
        .filter(|c| {
            c.state == State::Exited && c.exit_code == Some(0) && c.since.is_some_and(|at| at >= period.from)
        })
        .filter(|c| !found.iter().any(|f| f.resource == c.resource))
        .take(6)
        .map(|c| {
            format!(
                "{} finished {} with exit 0",
                c.label(),
                c.since.map(|at| ago(at, now)).unwrap_or_default()
            )
        })
        .collect();
    if !finished.is_empty() {
        document = document.text(format!("Not counted: {}", finished.join(", ")));
    }
    document = document.text(survey.record.words(question.now));
    let next: Vec<String> = found
        .iter()
        .filter(|c| c.state != CrashState::Gone)
        .take(2)
        .map(|c| format!("why {}", c.label))
        .collect();
    let data = json!({ "since": period.from, "until": period.until, "crashes": found, "recorded_since": survey.record.since() });
    Answer::new(question.command.clone(), document.with(Block::Next(next)), survey.sources, data)
}
