//! Log lines of one service: bounded, secrets masked, filtered by time, level and text.

use serde_json::json;

use super::Question;
use super::container_detail::unreadable;
use crate::ask::{Answer, Sources};
use crate::fleet::{LogLine, LogQuery};
use crate::tell::{Block, Document, Severity, clean_line, moment};

/// Lines shown unless `--limit` says otherwise.
const SHOWN: u32 = 20;
/// Lines read to find those that fit.
const READ: u32 = 5_000;

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
    let period = match question
        .arguments
        .since
        .as_deref()
        .or(question.arguments.until.as_deref())
        .map(|_| question.period("90d"))
    {
        Some(Ok(period)) => Some(period),
        Some(Err(answer)) => return *answer,
        None => None,
    };
    let limit = question.limit(SHOWN, 1_000);
    let level = question.arguments.level.as_deref().and_then(Level::from_word);
    let pattern = question.arguments.pattern.as_deref().map(str::to_lowercase).filter(|p| !p.is_empty());
    let filtered = level.is_some() || pattern.is_some() || period.is_some();
    let query = LogQuery {
        since: period.as_ref().map(|p| p.from),
        until: question.arguments.until.as_ref().and(period.as_ref()).map(|p| p.until),
        last: if filtered { READ } else { limit as u32 },
    };
    let Some(lines) = sources.take("docker", now, engine.logs(&container.id, &query).await) else {
        return unreadable(question, sources);
    };
    let read = lines.len();
    let fits = |line: &&LogLine| {
        level.is_none_or(|wanted| Level::of(&line.text).is_some_and(|l| l >= wanted))
            && pattern.as_deref().is_none_or(|p| line.text.to_lowercase().contains(p))
    };
    let fitting: Vec<&LogLine> = lines.iter().filter(fits).collect();
    let shown = &fitting[fitting.len().saturating_sub(limit)..];
    let name = container.label();
    let what = match (level, &pattern) {
        (Some(level), _) => format!("{} lines", level.words()),
        (None, Some(p)) => format!("lines with “{}”", clean_line(p, 40)),
        (None, None) => "lines".to_owned(),
    };
    let title = match (shown.len(), fitting.len()) {
        (0, _) if read == 0 => format!("{name} has written nothing in that time"),
        (0, _) => format!("{name}: no {what} among the last {read}"),
        (n, all) if n < all => format!("{name}: the last {n} of {all} {what}"),
        (1, _) => format!("{name}: 1 {}", what.replacen("lines", "line", 1)),
        (n, _) => format!("{name}: {n} {what}"),
    };
    let redactor = &question.house.redactor;
    let evidence = shown
        .iter()
        .map(|line| {
            let text = clean_line(&redactor.redact(&line.text), 500);
            line.at.map_or_else(|| text.clone(), |at| format!("{}  {text}", moment(at, question.now)))
        })
        .collect();
    let mut document = Document::new(Severity::Ok, title)
        .with(Block::Evidence { source: format!("log of {name}"), lines: evidence });
    if filtered && read as u32 == READ {
        document = document.text(format!("Only the newest {READ} lines of that time were searched."));
    }
    let rows: Vec<_> = shown
        .iter()
        .map(|l| json!({ "at": l.at, "stream": l.stream, "text": redactor.redact(&l.text) }))
        .collect();
    let data = json!({ "container": container.name, "matched": fitting.len(), "read": read, "lines": rows });
    Answer::new(question.command.clone(), document, sources, data)
}

/// How loud a line is, by the words that loggers write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Warning,
    Error,
}

impl Level {
    fn from_word(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "error" | "errors" | "err" | "fatal" | "critical" => Some(Self::Error),
            "warning" | "warnings" | "warn" => Some(Self::Warning),
            _ => None,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Warning => "warning and error",
            Self::Error => "error",
        }
    }

    /// The level a line states, or that its words imply.
    fn of(line: &str) -> Option<Self> {
        const LOUD: [&str; 12] = [
            "error",
            "fatal",
            "panic",
            "critical",
            "crit",
            "exception",
            "traceback",
            "emerg",
            "alert",
            "failed",
            "failure",
            "err",
        ];
        let mut found = None;
        // A level stands near the beginning; a word far behind is part of the message but still counts as a failure.
        for word in line.split(|c: char| !c.is_alphanumeric()).filter(|w| (3..=9).contains(&w.len())).take(64)
        {
            let word = word.to_ascii_lowercase();
            if LOUD.contains(&word.as_str()) {
                return Some(Self::Error);
            }
            if word == "warn" || word == "warning" {
                found = Some(Self::Warning);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_recognised_in_the_usual_forms() {
        for line in [
            "ERROR: x",
            "level=error msg=x",
            r#"{"level":"fatal"}"#,
            "[crit] x",
            "Traceback (most recent call last):",
            "E connection failed",
        ] {
            assert_eq!(Level::of(line), Some(Level::Error), "{line}");
        }
        assert_eq!(Level::of("2026-01-01 WARN low disk"), Some(Level::Warning));
        assert_eq!(Level::of("GET /errors/list 200"), None);
        assert_eq!(Level::of("all good"), None);
    }
}
