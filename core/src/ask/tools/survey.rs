//! The look around that several questions share: containers, host, what happened, and an inspect of what is not well.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{Timestamp, Zoned};

use super::Question;
use crate::ask::Sources;
use crate::ask::crashes::{Crash, crashes};
use crate::ask::problems::{self, Problem};
use crate::fleet::{
    Container, ContainerDetail, ContainerEvent, ContainerId, Freshness, Health, HostReading, ResourceRef,
    SourceReport, State,
};
use crate::ports::{EventQuery, StoreError};
use crate::tell::{Finding, Severity, moment};

/// Only what is not well is inspected, and no more than this many at once.
const INSPECT_MAX: usize = 16;
/// The newest this many events of the store are looked at.
const EVENTS_MAX: u32 = 20_000;

pub(super) struct Survey {
    pub containers: Option<Arc<[Container]>>,
    pub host: Option<HostReading>,
    pub events: Vec<ContainerEvent>,
    pub crashes: Vec<Crash>,
    pub problems: Vec<Problem>,
    pub sources: Sources,
    pub record: Record,
}

impl Survey {
    /// What is not well, with since when, and which sources are silent; worst first.
    pub(super) fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let problems = self.problems.iter().map(|p| {
            let lasting = problems::lasting(p.since, now);
            let text = if lasting.is_empty() { p.text.clone() } else { format!("{} · {lasting}", p.text) };
            Finding { severity: p.severity, subject: p.subject.clone(), text }
        });
        let silent = self.sources.silent().map(|(name, error)| Finding {
            severity: Severity::Unknown,
            subject: name.into(),
            text: error.into(),
        });
        let mut findings: Vec<Finding> = problems.chain(silent).collect();
        findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
        findings
    }
}

/// Everything that `status`, `problems`, `alerts` and `digest` need; crashes are counted from `from` on.
pub(super) async fn look(question: &Question<'_>, from: Timestamp) -> Survey {
    let now = question.now.timestamp();
    let (engine, host) =
        futures_util::join!(containers_and_past(question, from), question.house.host.reading());
    let mut survey = engine;
    survey.host = survey.sources.take("host", now, host);
    if let Some(reading) = &survey.host {
        survey.problems.extend(problems::of_host(reading));
    }
    problems::sort(&mut survey.problems);
    survey
}

/// The containers and what happened to them, without the host.
pub(super) async fn containers_and_past(question: &Question<'_>, from: Timestamp) -> Survey {
    let now = question.now.timestamp();
    let house = question.house;
    let mut sources = Sources::default();
    let (listed, past) = futures_util::join!(house.engine.containers(), past(question, from, now, None));
    let containers = sources.take("docker", now, listed);
    let (events, record) = past.into_parts(&mut sources);
    let list = containers.as_deref().unwrap_or_default();
    let details = inspect_unwell(question, list).await;
    let mut crashes = crashes(&events, list, &details, from);
    if !record.is_whole() {
        // What is not remembered was not counted.
        for crash in &mut crashes {
            crash.at_least = true;
        }
    }
    let problems = problems::of_containers(list, &details, &crashes, now);
    Survey { containers, host: None, events, crashes, problems, sources, record }
}

/// How far back what happened is known: by the record that `run` keeps, or by the engine's own memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    asked: Timestamp,
    /// `None`: not at all.
    reaches: Option<Timestamp>,
}

impl Record {
    /// The moment since which an answer can say that something did not happen.
    pub(super) fn start(self, now: &Zoned) -> Timestamp {
        self.reaches.map_or(now.timestamp(), |reaches| reaches.max(self.asked))
    }

    /// What a reader must know about the time before; nothing if all of it was seen.
    pub(super) fn words(self, now: &Zoned) -> String {
        match self.reaches {
            Some(reaches) if reaches <= self.asked => String::new(),
            Some(reaches) => format!(
                "What happened before {} I don't know: Docker remembers only its last 256 events, and `steward run`, \
                 which keeps a record, was not running then.",
                moment(reaches, now)
            ),
            None => "What happened before now I don't know: there is no record yet; `steward run` keeps one."
                .into(),
        }
    }

    pub(super) fn is_whole(self) -> bool {
        self.reaches.is_some_and(|reaches| reaches <= self.asked)
    }

    /// For `data`.
    pub(super) const fn since(self) -> Option<Timestamp> {
        self.reaches
    }
}

/// What happened, from the store and from the engine's own memory, each event once, oldest first.
pub(super) struct Past {
    events: Vec<ContainerEvent>,
    stored: Result<Option<Timestamp>, StoreError>,
    remembered: Option<Timestamp>,
    from: Timestamp,
}

impl Past {
    pub(super) fn into_parts(self, sources: &mut Sources) -> (Vec<ContainerEvent>, Record) {
        let since = match self.stored {
            Ok(since) => since,
            Err(error) => {
                let error = Some(error.to_string());
                sources.note(SourceReport {
                    name: "history".into(),
                    state: Freshness::Unknown,
                    age_s: None,
                    error,
                });
                None
            }
        };
        let reaches = [since, self.remembered].into_iter().flatten().min();
        let record = Record { asked: self.from, reaches };
        (self.events, record)
    }
}

pub(super) async fn past(
    question: &Question<'_>,
    from: Timestamp,
    until: Timestamp,
    resource: Option<ResourceRef>,
) -> Past {
    let house = question.house;
    let query = EventQuery { from, until, resource: resource.clone(), limit: EVENTS_MAX };
    let (stored, since, remembered) = futures_util::join!(
        house.facts.events(&query),
        house.facts.watching_since(),
        house.engine.remembered()
    );
    // What the engine forgets the store has; an engine that is silent is named by the list call already.
    let remembered = remembered.unwrap_or_default();
    let mut events = remembered.events;
    events.retain(|e| e.at >= from && e.at <= until && resource.as_ref().is_none_or(|r| e.resource == *r));
    let stored = match stored {
        Ok(stored) => {
            events.extend(stored);
            since
        }
        Err(error) => Err(error),
    };
    events.sort_by(|a, b| (a.at, &a.id, a.kind.as_str()).cmp(&(b.at, &b.id, b.kind.as_str())));
    events.dedup_by(|a, b| a.at == b.at && a.id == b.id && a.kind == b.kind);
    Past { events, stored, remembered: remembered.oldest, from }
}

async fn inspect_unwell(
    question: &Question<'_>,
    containers: &[Container],
) -> HashMap<ContainerId, ContainerDetail> {
    let unwell = |c: &&Container| match c.state {
        State::Restarting | State::Dead => true,
        State::Running => c.health == Some(Health::Unhealthy),
        State::Exited => !matches!(c.exit_code, Some(0)),
        State::Created | State::Paused | State::Removing | State::Other => false,
    };
    let mut worst: Vec<&Container> = containers.iter().filter(unwell).collect();
    worst.sort_by_key(|c| (c.state == State::Exited, std::cmp::Reverse(c.since)));
    let asked = worst.iter().take(INSPECT_MAX).map(|c| question.house.engine.inspect(&c.id));
    let answers = join_all(asked).await;
    answers.into_iter().flatten().map(|d| (d.value.id.clone(), d.value)).collect()
}
