//! What is not well, by rules. Pure: the same reading gives the same problems.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::crashes::{Crash, CrashState, exit_words};
use crate::fleet::{Container, ContainerDetail, ContainerId, Health, HostReading, ResourceRef, State};
use crate::tell::{Severity, bytes, duration, percent};

/// The thresholds, in one place.
pub mod limits {
    /// Percent of a file system, of its inodes.
    pub const DISK_WARNING: f64 = 90.0;
    pub const DISK_CRITICAL: f64 = 95.0;
    /// A nearly full large disk still has room: below this much free space, in bytes, the percentages count.
    pub const DISK_ROOM: u64 = 100 * 1024 * 1024 * 1024;
    /// Percent of memory that programs can still get.
    pub const MEMORY_WARNING: f64 = 10.0;
    pub const MEMORY_CRITICAL: f64 = 4.0;
    /// Load over five minutes, per core.
    pub const LOAD_WARNING: f64 = 2.0;
    /// Degrees Celsius, where the sensor names no limit of its own.
    pub const HOT_WARNING: f64 = 85.0;
    pub const HOT_CRITICAL: f64 = 95.0;
    /// An end with an error counts as a problem this many days; after that it is mentioned as stopped.
    pub const OLD_EXIT_DAYS: i64 = 7;
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    pub severity: Severity,
    pub resource: Option<ResourceRef>,
    pub subject: String,
    pub text: String,
    pub since: Option<Timestamp>,
}

/// Worst first, then the newest.
pub(super) fn sort(problems: &mut [Problem]) {
    problems.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then(b.since.cmp(&a.since)).then(a.subject.cmp(&b.subject))
    });
}

pub(super) fn of_containers(
    containers: &[Container],
    details: &HashMap<ContainerId, ContainerDetail>,
    crashes: &[Crash],
    now: Timestamp,
) -> Vec<Problem> {
    let mut found: Vec<Problem> =
        containers.iter().filter_map(|c| of_container(c, details.get(&c.id), crashes, now)).collect();
    // Two services of one name in two projects: the project tells them apart.
    for problem in &mut found {
        let same = |c: &&Container| c.label() == problem.subject;
        let own = containers.iter().find(|c| Some(&c.resource) == problem.resource.as_ref());
        if let Some(project) =
            own.and_then(|c| c.project.as_deref()).filter(|_| containers.iter().filter(same).count() > 1)
        {
            problem.subject = format!("{project}/{}", problem.subject);
        }
    }
    found
}

fn of_container(
    container: &Container,
    detail: Option<&ContainerDetail>,
    crashes: &[Crash],
    now: Timestamp,
) -> Option<Problem> {
    let crash = crashes.iter().find(|c| c.resource == container.resource);
    let problem = |severity, text: String, since| {
        Some(Problem {
            severity,
            resource: Some(container.resource.clone()),
            subject: container.label().to_owned(),
            text,
            since,
        })
    };
    match container.state {
        State::Restarting => {
            let times = detail
                .map(|d| d.restart_count)
                .filter(|n| *n > 0)
                .map(|n| format!(", {n} restarts"))
                .unwrap_or_default();
            problem(
                Severity::Critical,
                format!("restarting again and again: {}{times}", end(container, detail)),
                crash.filter(|c| !c.at_least).map(|c| c.first),
            )
        }
        State::Dead => {
            problem(Severity::Critical, "dead: the engine could not remove it".into(), container.since)
        }
        State::Paused => problem(Severity::Warning, "paused: it answers nobody".into(), container.since),
        State::Running if container.health == Some(Health::Unhealthy) => {
            let why = detail.map(health_words).unwrap_or_default();
            problem(
                Severity::Warning,
                format!("unhealthy{why}; the process is alive"),
                detail.and_then(first_failure),
            )
        }
        State::Running => crash
            .filter(|c| {
                c.state == CrashState::Recovered
                    && c.count >= 3
                    && now.duration_since(c.last) < SignedDuration::from_mins(10)
            })
            .and_then(|c| {
                problem(
                    Severity::Critical,
                    format!("keeps crashing: {} times, {}", c.count, c.cause()),
                    Some(c.first),
                )
            }),
        State::Exited => {
            let ended = detail.and_then(|d| d.finished).or(container.since);
            let old = ended.is_some_and(|at| {
                now.duration_since(at) > SignedDuration::from_hours(24 * limits::OLD_EXIT_DAYS)
            });
            let crashed = crash.is_some_and(|c| c.state == CrashState::Down);
            if !crashed || old {
                return None;
            }
            let severity =
                if detail.is_some_and(|d| d.oom_killed) { Severity::Critical } else { Severity::Warning };
            problem(severity, format!("down: {}", end(container, detail)), ended)
        }
        State::Created | State::Removing | State::Other => None,
    }
}

/// How it ended last.
fn end(container: &Container, detail: Option<&ContainerDetail>) -> String {
    if let Some(limit) = detail.filter(|d| d.oom_killed).map(|d| d.memory_limit) {
        let limit = limit.map(|l| format!(" (its limit is {})", bytes(l))).unwrap_or_default();
        return format!("killed for memory by the kernel{limit}");
    }
    if let Some(error) = detail.and_then(|d| d.error.as_deref()) {
        return format!("could not start: {error}");
    }
    match detail.map(|d| d.exit_code).or(container.exit_code) {
        Some(code) => {
            format!("exit {code}{}", exit_words(code).map(|w| format!(" ({w})")).unwrap_or_default())
        }
        None => "it ended".into(),
    }
}

fn health_words(detail: &ContainerDetail) -> String {
    let output = detail.probes.last().map(|p| p.output.as_str()).filter(|o| !o.is_empty());
    let streak = if detail.failing_streak > 1 {
        format!(", {} failures in a row", detail.failing_streak)
    } else {
        String::new()
    };
    output.map_or_else(|| streak.clone(), |o| format!(": “{o}”{streak}"))
}

/// The engine keeps the last five probes: of a longer row of failures the first is not known.
fn first_failure(detail: &ContainerDetail) -> Option<Timestamp> {
    let all_kept = usize::try_from(detail.failing_streak).is_ok_and(|streak| streak < detail.probes.len());
    if !all_kept {
        return None;
    }
    detail.probes.iter().find(|p| p.exit_code != 0).and_then(|p| p.at)
}

pub(super) fn of_host(reading: &HostReading) -> Vec<Problem> {
    let mut found = Vec::new();
    let host = || Some(ResourceRef::host(&reading.name));
    let mut add = |severity, subject: String, text: String| {
        found.push(Problem { severity, resource: host(), subject, text, since: None });
    };
    for fs in &reading.file_systems {
        if let Some(severity) = disk_severity(fs.used_percent(), fs.free_bytes).filter(|_| !fs.read_only) {
            add(
                severity,
                fs.mount.clone(),
                format!("{} used, {} free", percent(fs.used_percent()), bytes(fs.free_bytes)),
            );
        }
        if let Some(used) =
            fs.inodes_used_percent().filter(|used| *used >= limits::DISK_WARNING && !fs.read_only)
        {
            let severity = if used >= limits::DISK_CRITICAL { Severity::Critical } else { Severity::Warning };
            add(
                severity,
                fs.mount.clone(),
                format!("{} of its inodes are used: no new files soon", percent(used)),
            );
        }
    }
    for mount in &reading.silent_mounts {
        add(Severity::Unknown, mount.clone(), "the file system does not answer".into());
    }
    if let Some((severity, text)) = memory_severity(reading) {
        add(severity, "memory".into(), text);
    }
    let per_core = reading.load[1] / f64::from(reading.cores.max(1));
    if per_core >= limits::LOAD_WARNING {
        add(
            Severity::Warning,
            "load".into(),
            format!("{:.1} over 5 minutes on {} cores", reading.load[1], reading.cores),
        );
    }
    for sensor in &reading.temperatures {
        let (warning, critical) = match sensor.critical_celsius {
            Some(limit) => (limit - 10.0, limit),
            None => (limits::HOT_WARNING, limits::HOT_CRITICAL),
        };
        if sensor.celsius >= warning {
            let severity = if sensor.celsius >= critical { Severity::Critical } else { Severity::Warning };
            add(severity, sensor.sensor.clone(), format!("{:.0} °C", sensor.celsius));
        }
    }
    found
}

pub(super) fn disk_severity(used_percent: f64, free: u64) -> Option<Severity> {
    if free >= limits::DISK_ROOM {
        None
    } else if used_percent >= limits::DISK_CRITICAL {
        Some(Severity::Critical)
    } else if used_percent >= limits::DISK_WARNING {
        Some(Severity::Warning)
    } else {
        None
    }
}

pub(super) fn memory_severity(reading: &HostReading) -> Option<(Severity, String)> {
    let memory = &reading.memory;
    if memory.total_bytes == 0 {
        return None;
    }
    let left = memory.available_bytes as f64 * 100.0 / memory.total_bytes as f64;
    let text = format!("only {} of {} left", bytes(memory.available_bytes), bytes(memory.total_bytes));
    if left < limits::MEMORY_CRITICAL {
        Some((Severity::Critical, text))
    } else if left < limits::MEMORY_WARNING {
        Some((Severity::Warning, text))
    } else {
        None
    }
}

/// `44 min` since something began.
pub(super) fn lasting(since: Option<Timestamp>, now: Timestamp) -> String {
    since
        .and_then(|at| u64::try_from(now.as_second() - at.as_second()).ok())
        .map(duration)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{FileSystem, Memory, Temperature};

    #[test]
    fn a_full_small_disk_is_a_problem_and_a_large_one_with_room_is_not() {
        const GIB: u64 = 1 << 30;
        assert_eq!(disk_severity(96.0, GIB), Some(Severity::Critical));
        assert_eq!(disk_severity(91.0, 5 * GIB), Some(Severity::Warning));
        assert_eq!(disk_severity(96.0, 400 * GIB), None);
        assert_eq!(disk_severity(50.0, GIB), None);
    }

    #[test]
    fn the_host_speaks_up() {
        let reading = HostReading {
            name: "atlas".into(),
            cores: 4,
            load: [9.0, 8.4, 7.0],
            memory: Memory { total_bytes: 100, available_bytes: 3, ..Memory::default() },
            file_systems: vec![FileSystem {
                mount: "/data".into(),
                total_bytes: 100,
                used_bytes: 97,
                free_bytes: 3,
                inodes_total: 10,
                inodes_free: 1,
                ..FileSystem::default()
            }],
            silent_mounts: vec!["/mnt/nas".into()],
            temperatures: vec![Temperature { sensor: "cpu".into(), celsius: 88.0, critical_celsius: None }],
            ..HostReading::default()
        };
        let mut found = of_host(&reading);
        sort(&mut found);
        let seen: Vec<_> = found.iter().map(|p| (p.severity, p.subject.as_str())).collect();
        assert_eq!(
            seen,
            [
                (Severity::Critical, "/data"),
                (Severity::Critical, "memory"),
                (Severity::Unknown, "/mnt/nas"),
                (Severity::Warning, "/data"),
                (Severity::Warning, "cpu"),
                (Severity::Warning, "load"),
            ]
        );
    }
}
