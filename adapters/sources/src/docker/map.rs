//! From the engine's answers to the core's words.

use jiff::{SignedDuration, Timestamp};
use steward_core::fleet::{
    Container, ContainerDetail, ContainerEvent, ContainerId, EngineDisk, EngineInfo, EventKind, Health,
    HealthProbe, Port, ResourceRef, RestartPolicy, State,
};
use steward_core::tell::clean_line;

use super::wire::{Info, Inspect, Summary, Usage};

/// Names and labels are cut here: what is longer is no name.
const NAME_MAX: usize = 255;

/// Rows whose id is not an id are left out: such a row could not be asked about.
pub(super) fn containers(rows: Vec<Summary>, host: &str, now: Timestamp) -> Vec<Container> {
    let mut list: Vec<Container> = rows.into_iter().filter_map(|row| container(row, host, now)).collect();
    list.sort_by(|a, b| (&a.project, a.label(), &a.id).cmp(&(&b.project, b.label(), &b.id)));
    list
}

fn container(row: Summary, host: &str, now: Timestamp) -> Option<Container> {
    let id = ContainerId::parse(&row.id).ok()?;
    // Links add names such as `/web/db`; the plain one is the container's own.
    let own = row.names.iter().find(|n| !n.trim_start_matches('/').contains('/')).or(row.names.first());
    let name = own.map_or_else(|| id.short().to_owned(), |n| cut(n.trim_start_matches('/')));
    let project = row.labels.project.map(|p| cut(&p)).filter(|p| !p.is_empty());
    let service = row.labels.service.map(|s| cut(&s)).filter(|s| !s.is_empty());
    let state = state(&row.state, &row.status);
    let mut ports: Vec<Port> = row
        .ports
        .into_iter()
        .map(|p| Port {
            address: p.ip.filter(|ip| !ip.is_empty()),
            public: p.public_port,
            private: p.private_port,
            protocol: cut(&p.kind),
        })
        .collect();
    ports.sort();
    ports.dedup();
    let mut networks: Vec<String> = row.network_settings.networks.into_keys().map(|n| cut(&n)).collect();
    networks.sort();
    let status = clean_line(&row.status, NAME_MAX);
    let listed = row.health.map(|h| h.status);
    Some(Container {
        resource: ResourceRef::container(host, project.as_deref(), service.as_deref().unwrap_or(&name)),
        id,
        health: if state == State::Running {
            listed.as_deref().and_then(health).or_else(|| health_in(&status))
        } else {
            None
        },
        exit_code: if matches!(state, State::Exited | State::Dead | State::Restarting) {
            exit_code_in(&status)
        } else {
            None
        },
        since: span_in(&status).and_then(|span| now.checked_sub(span).ok()),
        created: Timestamp::from_second(row.created).ok().filter(|_| row.created > 0),
        name,
        project,
        service,
        image: cut(&row.image),
        state,
        ports,
        networks,
        status,
    })
}

fn cut(text: &str) -> String {
    text.chars().take(NAME_MAX).collect()
}

fn state(word: &str, status: &str) -> State {
    match word {
        "created" => State::Created,
        "running" => State::Running,
        "paused" => State::Paused,
        "restarting" => State::Restarting,
        "removing" => State::Removing,
        "exited" => State::Exited,
        "dead" => State::Dead,
        // An engine that gives no state still gives its words.
        "" if status.starts_with("Up") => State::Running,
        "" if status.starts_with("Exited") => State::Exited,
        _ => State::Other,
    }
}

fn health(word: &str) -> Option<Health> {
    match word {
        "starting" => Some(Health::Starting),
        "healthy" => Some(Health::Healthy),
        "unhealthy" => Some(Health::Unhealthy),
        _ => None,
    }
}

/// API 1.41 has health only in the status text: `Up 5 minutes (unhealthy)`.
fn health_in(status: &str) -> Option<Health> {
    let inside = status.rsplit_once('(')?.1.strip_suffix(')')?;
    health(inside.strip_prefix("health: ").unwrap_or(inside))
}

/// `Exited (137) 5 minutes ago`, `Restarting (1) 2 seconds ago`.
fn exit_code_in(status: &str) -> Option<i64> {
    status.split_once('(')?.1.split_once(')')?.0.parse().ok()
}

/// How long ago the status text says, in the engine's rounded words (docker/go-units `HumanDuration`).
fn span_in(status: &str) -> Option<SignedDuration> {
    let text =
        status.strip_prefix("Up ").unwrap_or_else(|| status.split_once(") ").map_or("", |(_, rest)| rest));
    let text = text.split(" (").next()?.trim_end_matches(" ago");
    if text == "Less than a second" {
        return Some(SignedDuration::from_secs(0));
    }
    let mut words = text.split_whitespace();
    let (count, unit) = match (words.next()?, words.next()?) {
        ("About", "a" | "an") => (1, words.next()?),
        (number, unit) => (number.parse::<i64>().ok()?, unit),
    };
    let unit_s = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        "month" => 2_592_000,
        "year" => 31_536_000,
        _ => return None,
    };
    count.checked_mul(unit_s).map(SignedDuration::from_secs)
}

/// RFC 3339; the engine writes year 1 for "never".
fn time(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().filter(|t| t.as_second() > 0)
}

pub(super) fn detail(row: Inspect) -> Option<ContainerDetail> {
    let id = ContainerId::parse(&row.id).ok()?;
    let state_row = row.state;
    let health_row = state_row.health;
    let probes = health_row.as_ref().map_or(&[][..], |h| &h.log);
    let probes = probes.iter().rev().take(5).rev();
    let cpu_limit = if row.host_config.nano_cpus > 0 {
        Some(row.host_config.nano_cpus as f64 / 1e9)
    } else if row.host_config.cpu_quota > 0 {
        Some(row.host_config.cpu_quota as f64 / row.host_config.cpu_period.max(1) as f64)
            .filter(|_| row.host_config.cpu_period > 0)
            .or(Some(row.host_config.cpu_quota as f64 / 100_000.0))
    } else {
        None
    };
    Some(ContainerDetail {
        id,
        name: cut(row.name.trim_start_matches('/')),
        state: state(&state_row.status, ""),
        started: time(&state_row.started_at),
        finished: time(&state_row.finished_at),
        exit_code: state_row.exit_code,
        oom_killed: state_row.oom_killed,
        restart_count: row.restart_count,
        restart_policy: row.host_config.restart_policy.filter(|p| !p.name.is_empty()).map(|p| {
            RestartPolicy { name: cut(&p.name), maximum_retries: p.maximum_retry_count.filter(|n| *n > 0) }
        }),
        health: health_row.as_ref().and_then(|h| health(&h.status)),
        failing_streak: health_row.as_ref().map_or(0, |h| h.failing_streak),
        probes: probes
            .map(|p| HealthProbe {
                at: time(&p.end),
                exit_code: p.exit_code,
                output: clean_line(p.output.trim(), 300),
            })
            .collect(),
        image: cut(&row.config.image),
        image_id: cut(&row.image),
        memory_limit: Some(row.host_config.memory).filter(|m| *m > 0),
        cpu_limit,
        mounts: row
            .mounts
            .into_iter()
            .take(64)
            .map(|m| {
                format!(
                    "{} → {}{}",
                    cut(&m.source),
                    cut(&m.destination),
                    if m.rw { "" } else { " (read-only)" }
                )
            })
            .collect(),
        tty: row.config.tty,
        error: Some(clean_line(&state_row.error, 300)).filter(|e| !e.is_empty()),
    })
}

pub(super) fn info(row: &Info, api_version: String) -> EngineInfo {
    EngineInfo {
        version: cut(&row.server_version),
        api_version,
        containers: row.containers,
        running: row.containers_running,
        storage_driver: cut(&row.driver),
        cgroup_version: cut(&row.cgroup_version),
        cgroup_driver: cut(&row.cgroup_driver),
        name: cut(&row.name),
    }
}

pub(super) fn disk(row: &Usage) -> EngineDisk {
    let size = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut disk = EngineDisk {
        images_bytes: size(row.layers_size.unwrap_or(0)),
        images: row.images.len() as u64,
        // As `docker system df`: images no container uses, without the layers they share.
        reclaimable_images_bytes: row
            .images
            .iter()
            .filter(|i| i.containers == 0)
            .map(|i| size(i.size - i.shared_size.max(0)))
            .sum(),
        containers_bytes: row.containers.iter().map(|c| size(c.size_rw)).sum(),
        volumes: row.volumes.len() as u64,
        volumes_bytes: row.volumes.iter().filter_map(|v| v.usage_data.as_ref()).map(|u| size(u.size)).sum(),
        build_cache_bytes: row.build_cache.iter().filter(|c| !c.shared).map(|c| size(c.size)).sum(),
    };
    if let Some(sum) = &row.images_disk_usage {
        disk.images_bytes = size(sum.total_size);
        disk.images = size(sum.total_count);
        disk.reclaimable_images_bytes = size(sum.reclaimable);
    }
    if let Some(sum) = &row.containers_disk_usage {
        disk.containers_bytes = size(sum.total_size);
    }
    if let Some(sum) = &row.volumes_disk_usage {
        disk.volumes_bytes = size(sum.total_size);
        disk.volumes = size(sum.total_count);
    }
    if let Some(sum) = &row.build_cache_disk_usage {
        disk.build_cache_bytes = size(sum.total_size);
    }
    disk
}

pub(super) fn time_of(message: &bollard::models::EventMessage) -> Option<Timestamp> {
    let nanos = message.time_nano.map(i128::from).or(message.time.map(|s| i128::from(s) * 1_000_000_000))?;
    Timestamp::from_nanosecond(nanos).ok()
}

/// `None`: an event that means nothing here (exec noise, attach, resize, top …).
pub(super) fn event(message: bollard::models::EventMessage, host: &str) -> Option<ContainerEvent> {
    let at = time_of(&message)?;
    let action = message.action?;
    let kind = match action.as_str() {
        "create" => EventKind::Create,
        "start" => EventKind::Start,
        "die" => EventKind::Die,
        "oom" => EventKind::Oom,
        "kill" => EventKind::Kill,
        "stop" => EventKind::Stop,
        "restart" => EventKind::Restart,
        "pause" => EventKind::Pause,
        "unpause" => EventKind::Unpause,
        "rename" => EventKind::Rename,
        "destroy" => EventKind::Destroy,
        "health_status: healthy" => EventKind::Healthy,
        "health_status: unhealthy" => EventKind::Unhealthy,
        _ => return None,
    };
    let actor = message.actor?;
    let id = ContainerId::parse(actor.id.as_deref()?).ok()?;
    let mut labels = actor.attributes.unwrap_or_default();
    let mut take = |key: &str| labels.remove(key).map(|v| cut(&v)).filter(|v| !v.is_empty());
    let name = take("name").unwrap_or_else(|| id.short().to_owned());
    let (project, service) = (take("com.docker.compose.project"), take("com.docker.compose.service"));
    Some(ContainerEvent {
        at,
        resource: ResourceRef::container(host, project.as_deref(), service.as_deref().unwrap_or(&name)),
        id,
        image: take("image").unwrap_or_default(),
        exit_code: take("exitCode").and_then(|c| c.parse().ok()),
        signal: take("signal"),
        name,
        project,
        service,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_text_tells_health_exit_code_and_since() {
        assert_eq!(health_in("Up 5 minutes (unhealthy)"), Some(Health::Unhealthy));
        assert_eq!(health_in("Up 1 second (health: starting)"), Some(Health::Starting));
        assert_eq!(health_in("Up 5 minutes (Paused)"), None);
        assert_eq!(exit_code_in("Exited (137) 5 minutes ago"), Some(137));
        assert_eq!(exit_code_in("Restarting (1) Less than a second ago"), Some(1));
        assert_eq!(exit_code_in("Exited (x"), None);
        let table = [
            ("Up 5 minutes (unhealthy)", Some(300)),
            ("Up About an hour", Some(3_600)),
            ("Up About a minute (healthy)", Some(60)),
            ("Up Less than a second", Some(0)),
            ("Exited (0) 3 weeks ago", Some(1_814_400)),
            ("Restarting (1) Less than a second ago", Some(0)),
            ("Created", None),
            ("Up 99999999999999999999 hours", None),
            ("Up 9223372036854775807 years", None),
        ];
        for (status, seconds) in table {
            assert_eq!(span_in(status), seconds.map(SignedDuration::from_secs), "{status}");
        }
    }

    #[test]
    fn a_row_without_a_real_id_is_left_out() {
        let rows: Vec<Summary> = serde_json::from_str(r#"[{"Id":"../../etc"},{"Names":["/x"]}]"#).unwrap();
        assert!(containers(rows, "atlas", Timestamp::UNIX_EPOCH).is_empty());
    }
}
