//! Why a service is as it is: what is seen, the likely cause by rules, the evidence. A cause that no rule knows is
//! not made up.

use jiff::SignedDuration;
use serde_json::json;

use super::container_detail::unreadable;
use super::{Question, service_history, survey};
use crate::ask::{Answer, Sources, crashes, exit_words};
use crate::fleet::{Container, ContainerDetail, Health, LogQuery, State};
use crate::tell::{Block, Cell, Document, Finding, Severity, bytes, clean_line, moment};

/// Words in a log that name a cause. The first that fits the newest lines wins.
const SIGNS: &[(&[&str], &str)] = &[
    (&["no space left on device", "disk full", "enospc", "database or disk is full"], "its disk is full"),
    (
        &["address already in use", "eaddrinuse", "port is already allocated"],
        "the port it wants is taken by another program",
    ),
    (
        &["permission denied", "eacces", "operation not permitted"],
        "it may not read or write something (permission denied)",
    ),
    (
        &["certificate has expired", "certificate expired", "x509: certificate"],
        "a certificate is not valid (any more)",
    ),
    (
        &[
            "temporary failure in name resolution",
            "no such host",
            "could not resolve host",
            "enotfound",
            "name or service not known",
        ],
        "a name could not be resolved (DNS)",
    ),
    (&["connection refused", "econnrefused"], "something it depends on refuses the connection"),
    (
        &["no route to host", "network is unreachable", "ehostunreach"],
        "the network to something it depends on is gone",
    ),
    (
        &["connection timed out", "i/o timeout", "etimedout", "deadline exceeded"],
        "something it depends on does not answer in time",
    ),
    (&["read-only file system", "erofs"], "it wants to write to a read-only file system"),
    (&["too many open files", "emfile"], "it has too many open files"),
    (
        &[
            "authentication failed",
            "access denied for user",
            "password authentication failed",
            "invalid credentials",
        ],
        "a login it uses is refused",
    ),
    (
        &["no such file or directory", "enoent", "cannot find module", "module not found"],
        "a file it needs is missing",
    ),
    (
        &["out of memory", "cannot allocate memory", "heap out of memory", "outofmemoryerror"],
        "it ran out of memory",
    ),
    (&["exec format error"], "its image is built for another processor"),
    (
        &["syntax error", "invalid configuration", "failed to parse", "yaml:", "unknown option"],
        "its configuration has an error",
    ),
    (&["database is locked", "database disk image is malformed"], "its database is locked or damaged"),
];

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    if question.arguments.container.is_none() {
        return super::problems::answer(question).await;
    }
    if question
        .arguments
        .container
        .as_deref()
        .is_some_and(|w| !w.is_empty() && w.len() <= 6 && w.bytes().all(|b| b.is_ascii_digit()))
    {
        return super::incidents::answer(question);
    }
    let now = question.now.timestamp();
    let from = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let mut sources = Sources::default();
    let engine = &question.house.engine;
    let Some(all) = sources.take("docker", now, engine.containers().await) else {
        return unreadable(question, sources);
    };
    let container = match question.container(&all) {
        Ok(container) => container,
        Err(answer) => return *answer,
    };
    let query = LogQuery { since: None, until: None, last: 200 };
    let (inspected, past, logs) = futures_util::join!(
        engine.inspect(&container.id),
        survey::past(question, from, now, Some(container.resource.clone())),
        engine.logs(&container.id, &query)
    );
    let Some(detail) = sources.take("docker", now, inspected) else { return unreadable(question, sources) };
    let (events, _) = past.into_parts(&mut sources);
    let lines = logs.map(|l| l.value).unwrap_or_default();
    let texts: Vec<&str> = lines.iter().map(|l| l.text.as_str()).collect();
    let details = std::iter::once((detail.id.clone(), detail.clone())).collect();
    let crashed = crashes(&events, std::slice::from_ref(container), &details, from);
    let asked = events.iter().rev().any(|e| matches!(e.kind, crate::fleet::EventKind::Stop));

    let well = container.is_running() && container.health != Some(Health::Unhealthy) && crashed.is_empty();
    let cause = cause(container, &detail, &texts, asked);
    let severity = if well {
        Severity::Ok
    } else {
        super::list_containers::severity(container).max(if detail.oom_killed {
            Severity::Critical
        } else {
            Severity::Ok
        })
    };
    let name = container.label();
    let title = match (&cause, well) {
        (_, true) => format!("{name} runs, and nothing is wrong with it that I can see"),
        (Some((cause, confidence)), false) => format!("{name}: {cause} (confidence: {confidence})"),
        (None, false) => format!("{name}: I don't know the cause; here is what I see"),
    };
    let mut facts = vec![finding("state", state_words(container, &detail))];
    if let Some(crash) = crashed.first() {
        facts.push(finding(
            "crashes",
            format!("{} in 24 h, last {}: {}", crash.count, moment(crash.last, question.now), crash.cause()),
        ));
    }
    if let Some(limit) = detail.memory_limit {
        facts.push(finding("memory limit", bytes(limit)));
    }
    if detail.failing_streak > 0 {
        facts.push(finding("health check", format!("{} failures in a row", detail.failing_streak)));
    }
    let last: Vec<_> = events
        .iter()
        .rev()
        .take(5)
        .rev()
        .map(|e| format!("{} {}", moment(e.at, question.now), words(service_history::event_cell(e))))
        .collect();
    let mut document = Document::new(severity, title)
        .with(Block::Findings(facts))
        .with(Block::Evidence { source: "docker events".into(), lines: last });
    let redactor = &question.house.redactor;
    if let Some(probe) = detail.probes.last().filter(|p| p.exit_code != 0) {
        document = document.with(Block::Evidence {
            source: "health check".into(),
            lines: vec![clean_line(&redactor.redact(&probe.output), 300)],
        });
    }
    let telling: Vec<String> =
        telling(&texts).into_iter().map(|l| clean_line(&redactor.redact(l), 300)).collect();
    if !well {
        document =
            document.with(Block::Evidence { source: format!("log of {name}"), lines: telling.clone() });
    }
    let short = clean_line(name, 60);
    document = document.with(Block::Next(vec![format!("logs {short}"), format!("history {short}")]));
    let data = json!({
        "container": container, "cause": cause.as_ref().map(|c| &c.0), "confidence": cause.as_ref().map(|c| c.1),
        "crashes": crashed, "detail": detail, "log": telling,
    });
    Answer::new(question.command.clone(), document, sources, data)
}

fn finding(subject: &str, text: String) -> Finding {
    Finding { severity: Severity::Ok, subject: subject.into(), text }
}

fn words(cell: Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::State(text, _) => text,
        Cell::Bar(value, _) => crate::tell::percent(value),
    }
}

fn state_words(container: &Container, detail: &ContainerDetail) -> String {
    let code = exit_words(detail.exit_code).map(|w| format!(" ({w})")).unwrap_or_default();
    match container.state {
        State::Running | State::Paused => container.status.clone(),
        State::Restarting => {
            format!("restarting, {} restarts, last exit {}{code}", detail.restart_count, detail.exit_code)
        }
        state => format!("{}, exit {}{code}", state.as_str(), detail.exit_code),
    }
}

fn cause(
    container: &Container,
    detail: &ContainerDetail,
    lines: &[&str],
    asked: bool,
) -> Option<(String, &'static str)> {
    if detail.oom_killed && !container.is_running() {
        let limit = detail.memory_limit.map_or_else(
            || "the host had none left".to_owned(),
            |l| format!("its limit of {} is too small for it", bytes(l)),
        );
        return Some((format!("the kernel killed it for memory; {limit}"), "high"));
    }
    if let Some(error) = &detail.error {
        let sign = sign(&[error.as_str()]).unwrap_or("Docker could not start it");
        return Some((format!("{sign}: {error}"), "high"));
    }
    if container.state == State::Exited && asked && matches!(detail.exit_code, 0 | 137 | 143) {
        return Some(("somebody or something stopped it on request".to_owned(), "high"));
    }
    if container.state == State::Paused {
        return Some(("it is paused: somebody or something paused it on request".to_owned(), "high"));
    }
    if container.state == State::Exited && detail.exit_code == 0 {
        return Some(("it has finished its work (exit 0)".to_owned(), "high"));
    }
    let failing = detail.probes.last().filter(|p| p.exit_code != 0).map(|p| p.output.as_str());
    if container.health == Some(Health::Unhealthy) {
        let output = failing.filter(|o| !o.is_empty());
        let refused = output.is_some_and(|o| o.to_lowercase().contains("connection refused"));
        if refused {
            return Some((
                "its health check is refused: nothing answers on the port that it asks".to_owned(),
                "medium",
            ));
        }
        return Some(match (output.and_then(|o| sign(&[o])), output) {
            (Some(sign), _) => (format!("its health check fails: {sign}"), "medium"),
            (None, Some(output)) => {
                (format!("its health check fails: “{}”", clean_line(output, 120)), "medium")
            }
            (None, None) => ("its health check fails and says nothing".to_owned(), "low"),
        });
    }
    if let Some(sign) = sign(&telling(lines)) {
        return Some((sign.to_owned(), "medium"));
    }
    match detail.exit_code {
        126 | 127 => exit_words(detail.exit_code).map(|w| (w.to_owned(), "high")),
        132 | 134..=136 | 139 => {
            exit_words(detail.exit_code).map(|w| (format!("the program itself crashed: {w}"), "medium"))
        }
        _ => None,
    }
}

fn sign(lines: &[&str]) -> Option<&'static str> {
    lines.iter().rev().find_map(|line| {
        let lower = line.to_lowercase();
        SIGNS.iter().find(|(marks, _)| marks.iter().any(|m| lower.contains(m))).map(|(_, words)| *words)
    })
}

/// The newest lines that complain; failing that, the last lines.
fn telling<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    const LOUD: [&str; 9] =
        ["error", "fatal", "panic", "exception", "failed", "cannot", "denied", "refused", "unable"];
    let loud = |l: &&&str| {
        let lower = l.to_lowercase();
        LOUD.iter().any(|w| lower.contains(w))
            || SIGNS.iter().any(|(marks, _)| marks.iter().any(|m| lower.contains(m)))
    };
    let mut picked: Vec<&str> = lines.iter().rev().filter(loud).take(5).copied().collect();
    if picked.is_empty() {
        picked = lines.iter().rev().take(3).copied().collect();
    }
    picked.reverse();
    picked
}
