//! What crashed, from events and from the state of now. Pure.
//!
//! A stop that somebody asked for is no crash: the engine announces it as `kill` → `die` → `stop`, and the `kill`
//! excuses exactly one `die`. A job that ends with exit code 0 is no crash, unless it ends again and again.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::fleet::{Container, ContainerDetail, ContainerEvent, ContainerId, EventKind, ResourceRef, State};

/// This many ends within [`LOOP_WINDOW`] are a restart loop, whatever the exit code.
const LOOP_ENDS: usize = 3;
const LOOP_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// A `kill` without a `stop` after it still excuses a `die` that follows this soon.
const KILL_EXCUSES: SignedDuration = SignedDuration::from_secs(60);
/// `stop`, `restart` or `destroy` follow the `die` they caused within this time.
const STOP_FOLLOWS: SignedDuration = SignedDuration::from_secs(30);
/// Signals that end a process by a person's or a program's wish: HUP, INT, QUIT, KILL, TERM. `0` is not one.
const ENDING: [&str; 10] = ["1", "2", "3", "9", "15", "SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGTERM"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CrashState {
    /// It runs again.
    Recovered,
    /// It is in a restart loop now.
    Restarting,
    /// It is not running.
    Down,
    /// The container is gone.
    Gone,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crash {
    pub resource: ResourceRef,
    pub label: String,
    pub count: usize,
    /// The engine no longer remembers the first ones.
    pub at_least: bool,
    pub first: Timestamp,
    pub last: Timestamp,
    pub exit_code: Option<i64>,
    /// The kernel killed it for memory.
    pub out_of_memory: bool,
    pub state: CrashState,
}

impl Crash {
    /// In words: `exit 137, killed for memory`.
    pub fn cause(&self) -> String {
        match (self.exit_code, self.out_of_memory) {
            (_, true) => "killed for memory by the kernel".to_owned(),
            (Some(code), false) => {
                format!("exit {code}{}", exit_words(code).map(|w| format!(", {w}")).unwrap_or_default())
            }
            (None, false) => "ended".to_owned(),
        }
    }
}

/// What an exit code usually means (`docker run` documentation; 128 + signal number by the shell's convention).
pub const fn exit_words(code: i64) -> Option<&'static str> {
    Some(match code {
        0 => "finished",
        125 => "the container could not be created",
        126 => "its command cannot be executed",
        127 => "its command was not found",
        129 => "ended by SIGHUP",
        130 => "ended by SIGINT",
        132 => "illegal instruction: built for another processor?",
        134 => "aborted by itself (SIGABRT)",
        135 => "bus error",
        136 => "arithmetic error",
        137 => "killed (SIGKILL)",
        139 => "segmentation fault",
        143 => "ended by SIGTERM",
        _ => return None,
    })
}

#[derive(Default)]
struct Track {
    killed: Option<Timestamp>,
    oom: Option<Timestamp>,
}

struct End {
    at: Timestamp,
    code: Option<i64>,
    oom: bool,
    asked: bool,
}

/// `events` oldest first. `containers`: what is there now; `details`: inspects of those that are not well.
pub fn crashes(
    events: &[ContainerEvent],
    containers: &[Container],
    details: &HashMap<ContainerId, ContainerDetail>,
    from: Timestamp,
) -> Vec<Crash> {
    let mut ends: BTreeMap<&ResourceRef, (String, Vec<End>)> = BTreeMap::new();
    let mut tracks: HashMap<&ContainerId, Track> = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        let first_seen = !tracks.contains_key(&event.id);
        let track = tracks.entry(&event.id).or_default();
        match event.kind {
            EventKind::Kill if event.signal.as_deref().is_none_or(|s| ENDING.contains(&s)) => {
                track.killed = Some(event.at);
            }
            EventKind::Oom => track.oom = Some(event.at),
            EventKind::Start => *track = Track::default(),
            EventKind::Die => {
                let oom = track.oom.take().is_some();
                let killed = track.killed.take();
                let asked = killed.is_some_and(|kill| {
                    event.at.duration_since(kill) <= KILL_EXCUSES || stop_follows(events, index, event)
                })
                    // The `kill` may have been forgotten by the engine just before this: then what follows tells.
                    || (first_seen
                        && matches!(event.exit_code, Some(137 | 143))
                        && stop_follows(events, index, event));
                let row =
                    ends.entry(&event.resource).or_insert_with(|| (event.label().to_owned(), Vec::new()));
                row.1.push(End { at: event.at, code: event.exit_code, oom, asked });
            }
            EventKind::Create
            | EventKind::Kill
            | EventKind::Stop
            | EventKind::Restart
            | EventKind::Pause
            | EventKind::Unpause
            | EventKind::Rename
            | EventKind::Destroy
            | EventKind::Healthy
            | EventKind::Unhealthy => {}
        }
    }
    let mut found: Vec<Crash> = ends
        .into_iter()
        .filter_map(|(resource, (label, ends))| from_ends(resource, label, &ends, containers, details, from))
        .collect();
    for container in containers {
        if !found.iter().any(|c| c.resource == container.resource) {
            found.extend(from_state(container, details.get(&container.id), events, from));
        }
    }
    found.sort_by_key(|c| (c.state == CrashState::Recovered, std::cmp::Reverse(c.last)));
    found
}

fn stop_follows(events: &[ContainerEvent], index: usize, die: &ContainerEvent) -> bool {
    events[index + 1..].iter().take_while(|e| e.at.duration_since(die.at) <= STOP_FOLLOWS).any(|e| {
        e.id == die.id && matches!(e.kind, EventKind::Stop | EventKind::Restart | EventKind::Destroy)
    })
}

fn from_ends(
    resource: &ResourceRef,
    label: String,
    ends: &[End],
    containers: &[Container],
    details: &HashMap<ContainerId, ContainerDetail>,
    from: Timestamp,
) -> Option<Crash> {
    let unasked: Vec<&End> = ends.iter().filter(|e| !e.asked).collect();
    let looping =
        unasked.windows(LOOP_ENDS).any(|w| w[LOOP_ENDS - 1].at.duration_since(w[0].at) <= LOOP_WINDOW);
    let bad: Vec<&&End> =
        unasked.iter().filter(|e| e.at >= from && (looping || e.oom || e.code != Some(0))).collect();
    let (first, last) = (bad.first()?, bad.last()?);
    let here = newest(containers, resource);
    let detail = here.and_then(|c| details.get(&c.id));
    let state = here.map_or(CrashState::Gone, state_of);
    // The engine sends `oom` for any process in the container; the flag of the last end says what killed this one.
    let out_of_memory =
        bad.iter().any(|e| e.oom) || detail.is_some_and(|d| d.oom_killed && state != CrashState::Recovered);
    Some(Crash {
        resource: resource.clone(),
        label,
        count: bad.len(),
        at_least: false,
        first: first.at,
        last: last.at,
        exit_code: last.code,
        out_of_memory,
        state,
    })
}

/// A container that is down with an error, or loops, though no event of it is remembered.
fn from_state(
    container: &Container,
    detail: Option<&ContainerDetail>,
    events: &[ContainerEvent],
    from: Timestamp,
) -> Option<Crash> {
    let code = detail.map(|d| d.exit_code).or(container.exit_code);
    let last = detail.and_then(|d| d.finished).or(container.since)?;
    let out_of_memory = detail.is_some_and(|d| d.oom_killed);
    let failed = match container.state {
        State::Restarting => true,
        // 143 is an answer to SIGTERM, and 0 an end as planned. What was killed with 137 may have been stopped too.
        State::Exited | State::Dead => out_of_memory || !matches!(code, Some(0 | 143) | None),
        State::Created | State::Running | State::Paused | State::Removing | State::Other => false,
    };
    let asked =
        events.iter().any(|e| e.id == container.id && matches!(e.kind, EventKind::Stop | EventKind::Kill));
    (failed && !asked && last >= from).then(|| Crash {
        resource: container.resource.clone(),
        label: container.label().to_owned(),
        count: detail.map_or(1, |d| usize::try_from(d.restart_count).unwrap_or(0).max(1)),
        at_least: true,
        first: last,
        last,
        exit_code: code,
        out_of_memory,
        state: state_of(container),
    })
}

/// The container that stands for a resource now: a running one before a leftover.
fn newest<'a>(containers: &'a [Container], resource: &ResourceRef) -> Option<&'a Container> {
    containers.iter().filter(|c| c.resource == *resource).max_by_key(|c| (c.is_running(), c.created))
}

const fn state_of(container: &Container) -> CrashState {
    match container.state {
        State::Running | State::Paused => CrashState::Recovered,
        State::Restarting => CrashState::Restarting,
        State::Created | State::Removing | State::Exited | State::Dead | State::Other => CrashState::Down,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EventKind::{Die, Kill, Oom, Start, Stop};

    fn event(second: i64, kind: EventKind, code: Option<i64>) -> ContainerEvent {
        ContainerEvent {
            at: Timestamp::from_second(second).unwrap(),
            id: ContainerId::parse(&"a".repeat(64)).unwrap(),
            resource: ResourceRef::container("h", None, "app"),
            name: "app".into(),
            project: None,
            service: None,
            image: String::new(),
            kind,
            exit_code: code,
            signal: (kind == Kill).then(|| "15".to_owned()),
        }
    }

    fn found(events: &[ContainerEvent]) -> Vec<(usize, Option<i64>, bool)> {
        crashes(events, &[], &HashMap::new(), Timestamp::UNIX_EPOCH)
            .into_iter()
            .map(|c| (c.count, c.exit_code, c.out_of_memory))
            .collect()
    }

    #[test]
    fn a_crash_is_a_crash_and_a_stop_is_not() {
        assert_eq!(found(&[event(10, Start, None), event(20, Die, Some(1))]), [(1, Some(1), false)]);
        assert_eq!(found(&[event(10, Kill, None), event(20, Die, Some(143)), event(20, Stop, None)]), []);
        // A slow stop: ten minutes of grace, and the engine then kills it.
        assert_eq!(found(&[event(10, Kill, None), event(610, Die, Some(137)), event(611, Stop, None)]), []);
        assert_eq!(found(&[event(20, Die, Some(0))]), []);
        assert_eq!(found(&[event(19, Oom, None), event(20, Die, Some(137))]), [(1, Some(137), true)]);
    }

    #[test]
    fn one_kill_excuses_one_end() {
        let events = [
            event(10, Kill, None),
            event(11, Die, Some(143)),
            event(11, Stop, None),
            event(20, Start, None),
            event(25, Die, Some(2)),
        ];
        assert_eq!(found(&events), [(1, Some(2), false)]);
    }

    #[test]
    fn a_reload_signal_long_before_excuses_nothing() {
        let mut reload = event(10, Kill, None);
        reload.signal = Some("1".into());
        assert_eq!(found(&[reload, event(4_000, Die, Some(1))]), [(1, Some(1), false)]);
    }

    #[test]
    fn a_removal_whose_kill_is_forgotten_is_no_crash() {
        use EventKind::Destroy;
        assert_eq!(found(&[event(20, Die, Some(137)), event(20, Destroy, None)]), []);
        // With --rm a crash is followed by a removal, too.
        assert_eq!(found(&[event(20, Die, Some(1)), event(20, Destroy, None)]), [(1, Some(1), false)]);
        let oom = [event(19, Oom, None), event(20, Die, Some(137)), event(20, Destroy, None)];
        assert_eq!(found(&oom), [(1, Some(137), true)]);
    }

    #[test]
    fn a_job_that_ends_again_and_again_is_a_loop() {
        let ends =
            |gap: i64| -> Vec<ContainerEvent> { (1..=4).map(|n| event(n * gap, Die, Some(0))).collect() };
        assert_eq!(found(&ends(30)), [(4, Some(0), false)]);
        assert_eq!(found(&ends(3_600)), []);
    }
}
