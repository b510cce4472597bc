//! What the engine answers to each question.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Value, json};

use super::container::{Container, RunState};
use super::faults::{Endpoint, number};
use super::query::{Filters, Query};
use super::world::{World, id_of};
use super::{Shared, events, inspect, logs, words};

pub(crate) const SERVER: &str = "20.10.24+dfsg1";

pub(crate) enum Body {
    Full(Bytes),
    Stream(BoxStream<'static, Bytes>),
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Body,
}

impl Answer {
    pub(crate) fn json(value: &impl Serialize) -> Self {
        let mut text = serde_json::to_vec(value).expect("what the engine says can be written as JSON");
        text.push(b'\n');
        Self { status: 200, content_type: Some("application/json"), body: Body::Full(text.into()) }
    }

    pub(crate) fn stream(content_type: Option<&'static str>, body: BoxStream<'static, Bytes>) -> Self {
        Self { status: 200, content_type, body: Body::Stream(body) }
    }
}

/// An error answer: `{"message": …}` with this status.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    fn no_such(name: &str) -> Self {
        Self::new(404, format!("No such container: {name}"))
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, ..Self::json(&json!({"message": refusal.message})) }
    }
}

/// A question, taken apart.
pub(crate) struct Question<'a> {
    pub(crate) method: &'a str,
    pub(crate) endpoint: Endpoint,
    /// The version in the path.
    pub(crate) version: Option<&'a str>,
    /// The container's name, as written.
    pub(crate) name: &'a str,
    pub(crate) query: Query,
}

pub(crate) async fn answer(shared: &Arc<Shared>, asked: &Question<'_>) -> Result<Answer, Refusal> {
    let (newest, oldest) = shared.faults.borrow().versions();
    match asked.version {
        Some(v) if number(v) > number(newest) => {
            let words = format!("client version {v} is too new. Maximum supported API version is {newest}");
            return Err(Refusal::new(400, words));
        }
        Some(v) if number(v) < number(oldest) => {
            let words = format!(
                "client version {v} is too old. Minimum supported API version is {oldest}, please upgrade your client to a newer version"
            );
            return Err(Refusal::new(400, words));
        }
        _ => {}
    }
    match (asked.endpoint, asked.method) {
        (Endpoint::Other, "GET" | "HEAD") => return Err(Refusal::new(404, "page not found")),
        (Endpoint::Ping, "HEAD") | (_, "GET") => {}
        _ => return Err(Refusal::new(405, "the simulated engine only answers questions")),
    }
    let query = &asked.query;
    match asked.endpoint {
        Endpoint::Ping => {
            let body = if asked.method == "HEAD" { "" } else { "OK" };
            let body = Body::Full(body.into());
            Ok(Answer { status: 200, content_type: Some("text/plain; charset=utf-8"), body })
        }
        Endpoint::Version => Ok(Answer::json(&version(newest, oldest))),
        Endpoint::Info => Ok(Answer::json(&info(&shared.world()))),
        Endpoint::List => list(&shared.world(), query, number(newest) >= (1, 52)),
        Endpoint::Df => Ok(Answer::json(&df(&shared.world()))),
        Endpoint::Inspect => {
            let world = shared.world();
            let container = named(&world, asked.name)?;
            Ok(Answer::json(&inspect::inspect(&world, container)))
        }
        Endpoint::Stats => stats(shared, asked.name, query).await,
        Endpoint::Logs => {
            let key = {
                let world = shared.world();
                world.find(&decoded(asked.name)).ok_or_else(|| Refusal::no_such(asked.name))?
            };
            logs::logs(shared, key, query)
        }
        Endpoint::Events => events::events(shared, query),
        Endpoint::Other => Err(Refusal::new(404, "page not found")),
    }
}

fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

fn named<'a>(world: &'a World, name: &str) -> Result<&'a Container, Refusal> {
    let key = world.find(&decoded(name)).ok_or_else(|| Refusal::no_such(name))?;
    world.containers.get(&key).ok_or_else(|| Refusal::no_such(name))
}

fn version(newest: &str, oldest: &str) -> Value {
    json!({
        "Platform": {"Name": ""},
        "Components": [
            {"Name": "Engine", "Version": SERVER, "Details": {
                "ApiVersion": newest, "Arch": "amd64", "BuildTime": "2026-05-07T21:09:36.000000000+00:00",
                "Experimental": "false", "GitCommit": "5d6db84", "GoVersion": "go1.19.8",
                "KernelVersion": "6.1.0", "MinAPIVersion": oldest, "Os": "linux"}},
            {"Name": "containerd", "Version": "1.6.20~ds1", "Details": {"GitCommit": "1.6.20~ds1-1+deb12u3"}},
            {"Name": "runc", "Version": "1.1.5+ds1", "Details": {"GitCommit": "1.1.5+ds1-1+deb12u1"}},
            {"Name": "docker-init", "Version": "0.19.0", "Details": {"GitCommit": ""}},
        ],
        "Version": SERVER, "ApiVersion": newest, "MinAPIVersion": oldest, "GitCommit": "5d6db84",
        "GoVersion": "go1.19.8", "Os": "linux", "Arch": "amd64", "KernelVersion": "6.1.0",
        "BuildTime": "2026-05-07T21:09:36.000000000+00:00",
    })
}

fn info(world: &World) -> Value {
    let count = |fits: fn(RunState) -> bool| world.containers.values().filter(|c| fits(c.state)).count();
    let paused = count(|state| state == RunState::Paused);
    let up = count(RunState::is_up);
    let mut info: Value =
        serde_json::from_str(include_str!("info.json")).expect("info.json beside this file is JSON");
    let said = json!({
        "Containers": world.containers.len(), "ContainersRunning": up - paused, "ContainersPaused": paused,
        "ContainersStopped": world.containers.len() - up, "Images": images(world).len(),
        "SystemTime": words::rfc3339(Some(world.now())), "NEventsListener": world.subscribers(),
        "NCPU": world.cpus, "MemTotal": world.memory, "Name": world.host, "ServerVersion": SERVER,
    });
    if let (Some(info), Value::Object(said)) = (info.as_object_mut(), said) {
        info.extend(said);
    }
    info
}

fn images(world: &World) -> BTreeMap<&str, usize> {
    let mut images = BTreeMap::new();
    for container in world.containers.values() {
        *images.entry(container.image.as_str()).or_default() += 1;
    }
    images
}

/// A row of the list, typed because a fleet has ten thousand of them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row<'a> {
    id: &'a str,
    names: [String; 1],
    image: &'a str,
    #[serde(rename = "ImageID")]
    image_id: String,
    command: String,
    created: i64,
    ports: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_root_fs: Option<u64>,
    labels: &'a BTreeMap<String, String>,
    state: &'static str,
    status: String,
    host_config: RowHostConfig<'a>,
    network_settings: Value,
    mounts: [(); 0],
    /// Since API 1.52.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RowHostConfig<'a> {
    network_mode: &'a str,
}

fn row(container: &Container, now: i64) -> Row<'_> {
    Row {
        id: &container.id,
        names: [format!("/{}", container.name)],
        image: &container.image,
        image_id: inspect::image_id(container),
        command: container.command.join(" "),
        created: container.created / 1_000_000_000,
        ports: inspect::row_ports(container),
        size_root_fs: None,
        labels: &container.labels,
        state: container.state.word(),
        status: words::status(container, now),
        host_config: RowHostConfig { network_mode: inspect::network_mode(container) },
        network_settings: json!({"Networks": inspect::networks(container)}),
        mounts: [],
        health: None,
    }
}

fn list(world: &World, query: &Query, with_health: bool) -> Result<Answer, Refusal> {
    const KNOWN: [&str; 17] = [
        "ancestor",
        "before",
        "exited",
        "expose",
        "health",
        "id",
        "is-task",
        "isolation",
        "label",
        "name",
        "network",
        "publish",
        "since",
        "status",
        "volume",
        "limit",
        "all",
    ];
    let filters = query.filters(&KNOWN)?;
    let limit = query.text("limit").and_then(|n| n.parse::<usize>().ok()).filter(|n| *n > 0);
    let all = query.yes("all") || limit.is_some() || filters.has("status");
    let now = world.now();
    let rows: Vec<Row<'_>> = world
        .containers
        .values()
        .rev()
        .filter(|c| (all || c.state.is_up()) && listed(c, &filters))
        .take(limit.unwrap_or(usize::MAX))
        .map(|c| {
            let health = with_health.then(|| {
                let status = c.health.as_ref().map_or("none", super::Health::word);
                json!({"Status": status, "FailingStreak": c.failing_streak})
            });
            Row { health, ..row(c, now) }
        })
        .collect();
    Ok(Answer::json(&rows))
}

fn listed(c: &Container, filters: &Filters) -> bool {
    filters.fits("id", |id| c.id.starts_with(id))
        && filters.fits("name", |name| c.name.contains(name.trim_start_matches('/')))
        && filters.fits("status", |status| c.state.word() == status)
        && filters.fits("health", |health| c.health.as_ref().map_or("none", super::Health::word) == health)
        && filters.fits("ancestor", |image| c.image == image)
        && filters.fits("exited", |code| c.state == RunState::Exited && c.exit_code.to_string() == code)
        && filters.fits("network", |network| c.network == network)
        && filters.labels_fit(&c.labels)
}

fn df(world: &World) -> Value {
    const IMAGE_SIZE: u64 = 120 << 20;
    let now = world.now();
    let images: Vec<Value> = images(world)
        .into_iter()
        .map(|(image, users)| {
            json!({"Containers": users, "Created": now / 1_000_000_000 - 86_400, "Id": format!("sha256:{}", id_of(image)),
                "Labels": null, "ParentId": "", "RepoDigests": null, "RepoTags": [image], "SharedSize": 0,
                "Size": IMAGE_SIZE, "VirtualSize": IMAGE_SIZE})
        })
        .collect();
    let volumes: Vec<Value> = world
        .volumes
        .iter()
        .map(|(name, size)| {
            json!({"CreatedAt": words::rfc3339(Some(now - 86_400_000_000_000)), "Driver": "local", "Labels": null,
                "Mountpoint": format!("/var/lib/docker/volumes/{name}/_data"), "Name": name, "Options": null,
                "Scope": "local", "UsageData": {"RefCount": 1, "Size": size}})
        })
        .collect();
    let containers: Vec<Row<'_>> = world
        .containers
        .values()
        .rev()
        .map(|c| Row { size_root_fs: Some(IMAGE_SIZE), ..row(c, now) })
        .collect();
    json!({"LayersSize": IMAGE_SIZE * images.len() as u64, "Images": images, "Containers": containers,
        "Volumes": volumes, "BuildCache": null, "BuilderSize": 0})
}

async fn stats(shared: &Arc<Shared>, name: &str, query: &Query) -> Result<Answer, Refusal> {
    let (key, delay, up) = {
        let world = shared.world();
        let container = named(&world, name)?;
        let key = world.find(&container.id).ok_or_else(|| Refusal::no_such(name))?;
        (key, world.stats_delay, container.state.is_up())
    };
    let once = !query.yes_unless_said("stream", true);
    if once {
        let one_shot = query.yes("one-shot");
        if up {
            tokio::time::sleep(if one_shot { delay } else { delay * 2 }).await;
        }
        let world = shared.world();
        let container = world.containers.get(&key).ok_or_else(|| Refusal::no_such(name))?;
        return Ok(Answer::json(&inspect::stats(&world, container, !one_shot)));
    }
    let shared = Arc::clone(shared);
    let frames = unfold((shared, false), move |(shared, precpu)| async move {
        tokio::time::sleep(delay).await;
        let frame = {
            let world = shared.world();
            let container = world.containers.get(&key)?;
            format!("{}\n", inspect::stats(&world, container, precpu))
        };
        Some((Bytes::from(frame), (shared, true)))
    });
    Ok(Answer::stream(Some("application/json"), frames.boxed()))
}
