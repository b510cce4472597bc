//! Since when the host is up, and what has started since.

use serde_json::json;

use super::Question;
use crate::ask::{Answer, Sources};
use crate::tell::{Document, Severity, duration, moment};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let (reading, listed) =
        futures_util::join!(question.house.host.reading(), question.house.engine.containers());
    let containers = sources.take("docker", now, listed);
    let Some(host) = sources.take("host", now, reading) else {
        sources.need("host");
        let why = sources.error_of("host").unwrap_or_default().to_owned();
        return Answer::new(
            question.command.clone(),
            Document::new(Severity::Unknown, "I can't say: the host could not be read").text(why),
            sources,
            json!({}),
        );
    };
    let booted = host.booted.map(|at| format!(", since {}", moment(at, question.now))).unwrap_or_default();
    let mut document =
        Document::new(Severity::Ok, format!("{} is up for {}{booted}", host.name, duration(host.uptime_s)));
    if let Ok(period) = question.period("7d")
        && question.arguments.since.is_some()
        && let Some(booted) = host.booted
    {
        let since = moment(period.from, question.now);
        document = document.text(if booted >= period.from {
            format!("So it has booted since {since}.")
        } else {
            format!("So it has not booted since {since}.")
        });
    }
    if let Some(youngest) =
        containers.as_deref().and_then(|all| all.iter().filter(|c| c.is_running()).max_by_key(|c| c.since))
    {
        let since = youngest.since.map(|at| moment(at, question.now)).unwrap_or_default();
        document = document.text(format!("The container started last is {}: {since}.", youngest.label()));
    }
    let data =
        json!({ "uptime_s": host.uptime_s, "booted": host.booted, "kernel": host.kernel, "load": host.load });
    Answer::new(question.command.clone(), document, sources, data)
}
