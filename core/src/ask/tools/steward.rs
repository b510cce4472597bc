//! Questions about Steward itself: who you are to it, its settings, its record.

use serde_json::json;

use super::Question;
use crate::ask::{Answer, Sources};
use crate::remember::AuditEvent;
use crate::tell::{Block, Cell, Column, Document, Finding, Severity, Table, clean_line, moment};

pub(super) fn whoami(question: &Question<'_>) -> Answer {
    let who = question.who;
    let document = Document::new(Severity::Ok, format!("You are {}", who.id()))
        .text("You may ask anything. Nobody may change anything: this is observe mode, and the terminal never approves.");
    Answer::new(
        question.command.clone(),
        document,
        Sources::default(),
        json!({ "principal": who.id(), "front_end": who.front_end(), "may": ["ask"] }),
    )
}

pub(super) fn settings(question: &Question<'_>) -> Answer {
    let shown = &question.house.settings.shown;
    let rows = shown
        .iter()
        .map(|(name, value, from)| vec![Cell::text(&**name), Cell::text(&**value), Cell::text(&**from)])
        .collect();
    let columns = vec![Column::left("SETTING", 0), Column::left("VALUE", 0), Column::left("FROM", 1)];
    let document = Document::new(Severity::Ok, "The settings in force").with(Block::Table(Table {
        columns,
        rows,
        more: 0,
    }));
    let data: Vec<_> = shown
        .iter()
        .map(|(name, value, from)| json!({ "name": name, "value": value, "from": from }))
        .collect();
    Answer::new(question.command.clone(), document, Sources::default(), json!({ "settings": data }))
}

pub(super) fn about(question: &Question<'_>) -> Answer {
    let settings = &question.house.settings;
    let fact = |subject: &str, text: &str| Finding {
        severity: Severity::Ok,
        subject: subject.into(),
        text: text.into(),
    };
    let document = Document::new(
        Severity::Ok,
        format!("Steward {} on {}, {} mode", settings.version, settings.host, settings.mode.as_str()),
    )
    .with(Block::Findings(vec![
        fact("can change", "nothing: it has no code path that changes anything on this host"),
        fact("leaves the house", "nothing: no model, no telemetry, no update check"),
        fact("keeps", "the record of questions (audit) and of container events, in its data directory"),
    ]));
    let data = json!({ "version": settings.version, "host": settings.host, "mode": settings.mode });
    Answer::new(question.command.clone(), document, Sources::default(), data)
}

pub(super) fn suppressed(question: &Question<'_>) -> Answer {
    let document =
        Document::new(Severity::Ok, "Nothing is held back: this version sends no messages by itself");
    Answer::new(question.command.clone(), document, Sources::default(), json!({ "suppressed": [] }))
}

pub(super) async fn audit(question: &Question<'_>) -> Answer {
    let limit = question.limit(20, 1_000) as u32;
    let entries = match question.house.audit.tail(limit).await {
        Ok(entries) => entries,
        Err(error) => {
            let document =
                Document::new(Severity::Unknown, "The audit log could not be read").text(error.to_string());
            return Answer::new(question.command.clone(), document, Sources::default(), json!({}));
        }
    };
    let rows = entries
        .iter()
        .map(|e| {
            let (text, result) = match &e.record.event {
                AuditEvent::Started { version, .. } => (format!("(started {version})"), String::new()),
                AuditEvent::Asked { text, result, .. } => (clean_line(text, 60), clean_line(result, 60)),
            };
            vec![
                Cell::text(e.seq.to_string()),
                Cell::text(moment(e.record.at, question.now)),
                Cell::text(&*e.record.principal),
                Cell::text(text),
                Cell::text(result),
            ]
        })
        .collect();
    let columns = vec![
        Column::right("#", 0),
        Column::left("TIME", 0),
        Column::left("WHO", 1),
        Column::left("ASKED", 0),
        Column::left("RESULT", 2),
    ];
    let document =
        Document::new(Severity::Ok, format!("The last {} entries of the audit log", entries.len()))
            .with(Block::Table(Table { columns, rows, more: 0 }))
            .with(Block::Next(vec!["audit verify".into()]));
    Answer::new(question.command.clone(), document, Sources::default(), json!({ "entries": entries }))
}
