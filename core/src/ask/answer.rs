//! What a question gets: a Document for people and a JSON object for scripts, with the state of every source.

use jiff::{Timestamp, Zoned};
use serde::Serialize;
use serde_json::{Value, json};

use super::Data;
use crate::fleet::{Freshness, Observed, SourceError, SourceReport};
use crate::tell::{Document, Severity, duration};

/// The exit codes of the program.
pub mod exit {
    pub const OK: u8 = 0;
    pub const WARNING: u8 = 1;
    pub const CRITICAL: u8 = 2;
    pub const UNKNOWN: u8 = 3;
    pub const REFUSED: u8 = 4;
    pub const OUT_OF_SCOPE: u8 = 5;
    pub const NAME: u8 = 6;
    pub const USAGE: u8 = 64;
    pub const UNAVAILABLE: u8 = 69;
    pub const CONFIG: u8 = 78;
}

/// The one word a script looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerVerdict {
    Ok,
    Warning,
    Critical,
    Unknown,
    Refused,
    Declined,
    Clarify,
}

impl AnswerVerdict {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Declined => "declined",
            Self::Clarify => "clarify",
        }
    }

    pub const fn exit(self) -> u8 {
        match self {
            Self::Ok => exit::OK,
            Self::Warning => exit::WARNING,
            Self::Critical => exit::CRITICAL,
            Self::Unknown => exit::UNKNOWN,
            Self::Refused => exit::REFUSED,
            Self::Declined => exit::OUT_OF_SCOPE,
            Self::Clarify => exit::NAME,
        }
    }
}

impl From<Severity> for AnswerVerdict {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Ok => Self::Ok,
            Severity::Warning => Self::Warning,
            Severity::Unknown => Self::Unknown,
            Severity::Critical => Self::Critical,
        }
    }
}

/// A user's mistake, or a thing that is not there: a stable code, what happened, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerError {
    pub code: &'static str,
    pub message: String,
    pub help: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The command it equals.
    pub command: String,
    pub verdict: AnswerVerdict,
    pub document: Document,
    pub sources: Vec<SourceReport>,
    pub data: Data,
    pub error: Option<AnswerError>,
}

impl Answer {
    /// A tool's answer. A source that this question needed and that could not be read makes it at least *unknown*.
    pub fn new(
        command: impl Into<String>,
        mut document: Document,
        sources: Sources,
        data: impl Into<Data>,
    ) -> Self {
        let command = command.into();
        let stated = document.severity.unwrap_or(Severity::Ok);
        let severity = stated.max(sources.severity());
        document.severity = Some(severity);
        document.sources = sources.words();
        document.command = Some(command.clone());
        Self {
            command,
            verdict: severity.into(),
            document,
            sources: sources.reports,
            data: data.into(),
            error: None,
        }
    }

    /// A name that is missing, unknown or ambiguous.
    pub fn clarify(command: impl Into<String>, document: Document, error: AnswerError) -> Self {
        let command = command.into();
        Self {
            command,
            verdict: AnswerVerdict::Clarify,
            document,
            sources: Vec::new(),
            data: json!({}).into(),
            error: Some(error),
        }
    }

    pub fn exit(&self) -> u8 {
        // A time that cannot be read is wrong usage, not a name to ask back for.
        if self.error.as_ref().is_some_and(|e| e.code == "bad_time") {
            exit::USAGE
        } else {
            self.verdict.exit()
        }
    }

    /// The stable object of `--json`.
    pub fn json(&self, host: &str, now: &Zoned) -> Value {
        let mut object = json!({
            "version": 1,
            "command": self.command,
            "at": now.timestamp().to_zoned(now.time_zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "host": host,
            "verdict": self.verdict.as_str(),
            "exit": self.exit(),
            "summary": self.document.title,
            "sources": self.sources,
            "data": self.data.json(),
        });
        if let (Some(error), Some(map)) = (&self.error, object.as_object_mut()) {
            map.insert("error".into(), json!(error));
        }
        object
    }
}

/// The sources that a question used.
#[derive(Debug, Default)]
pub struct Sources {
    reports: Vec<SourceReport>,
    /// A source without which the answer is not known was silent.
    missed: bool,
}

impl Sources {
    /// Takes a reading and notes its age; notes the reason where there is none.
    pub fn take<T>(
        &mut self,
        name: &str,
        now: Timestamp,
        reading: Result<Observed<T>, SourceError>,
    ) -> Option<T> {
        match reading {
            Ok(observed) => {
                let age_s = Some(observed.age_s(now));
                self.note(SourceReport { name: name.into(), state: Freshness::Fresh, age_s, error: None });
                Some(observed.value)
            }
            Err(error) => {
                let state = error.freshness();
                self.note(SourceReport {
                    name: name.into(),
                    state,
                    age_s: None,
                    error: Some(error.to_string()),
                });
                None
            }
        }
    }

    /// A source asked twice is named once, by its worse state.
    pub fn note(&mut self, report: SourceReport) {
        self.missed |= matches!(report.state, Freshness::Unknown | Freshness::Stale);
        match self.reports.iter_mut().find(|r| r.name == report.name) {
            Some(known) if report.state > known.state => *known = report,
            Some(_) => {}
            None => self.reports.push(report),
        }
    }

    /// This question cannot be answered without that source, absent or not.
    pub fn need(&mut self, name: &str) {
        self.missed |= self.reports.iter().any(|r| r.name == name && r.state != Freshness::Fresh);
    }

    pub fn error_of(&self, name: &str) -> Option<&str> {
        self.reports.iter().find(|r| r.name == name)?.error.as_deref()
    }

    pub fn is_absent(&self, name: &str) -> bool {
        self.reports.iter().any(|r| r.name == name && r.state == Freshness::Absent)
    }

    /// Those that could not be read, with the reason.
    pub fn silent(&self) -> impl Iterator<Item = (&str, &str)> {
        self.reports
            .iter()
            .filter(|r| matches!(r.state, Freshness::Unknown | Freshness::Stale))
            .map(|r| (r.name.as_str(), r.error.as_deref().unwrap_or("no recent reading")))
    }

    const fn severity(&self) -> Severity {
        if self.missed { Severity::Unknown } else { Severity::Ok }
    }

    fn words(&self) -> Vec<String> {
        self.reports
            .iter()
            .map(|r| match (r.state, r.age_s) {
                (Freshness::Fresh, Some(age)) => format!("{} {}", r.name, duration(age)),
                (Freshness::Fresh, None) => format!("{} ok", r.name),
                (Freshness::Absent, _) => format!("{} not here", r.name),
                (Freshness::Stale, _) => format!("{} STALE", r.name),
                (Freshness::Unknown, _) => format!("{} UNKNOWN", r.name),
            })
            .collect()
    }
}
