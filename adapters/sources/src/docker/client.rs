//! Questions to one engine, each with a deadline.

use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bollard::Docker;
use bollard::models::EventMessageTypeEnum;
use bollard::query_parameters::{EventsOptionsBuilder, LogsOptionsBuilder};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use steward_core::fleet::{
    Container, ContainerDetail, ContainerId, ContainerUsage, EngineDisk, EngineInfo, LogLine, LogQuery,
    Observed, SourceError,
};
use steward_core::ports::{Engine, Remembered};

use super::cgroup::CgroupReader;
use super::error::CallError;
use super::inventory::Inventory;
use super::stats::{self, Samples};
use super::transport::{Reply, Transport};
use super::{Address, map, wire};

/// The newest API that this version knows (Docker 29).
const API_NEWEST: (u32, u32) = (1, 53);
const API_OLDEST: (u32, u32) = (1, 41);

/// How to reach one engine and what to expect of it.
#[derive(Debug, Clone)]
pub struct DockerConfig {
    pub address: Address,
    /// Set by hand, or seen before: its silence is *unknown*, never *absent*.
    pub expected: bool,
    /// The name of the host in resource names.
    pub host: String,
    /// The longest any call may take.
    pub deadline: Duration,
    /// Where the cgroup file system of the engine's host is seen; `None`: the engine is elsewhere.
    pub cgroup_root: Option<PathBuf>,
}

/// One engine.
#[derive(Debug)]
pub struct DockerSource {
    config: DockerConfig,
    transport: Transport,
    /// For the endpoints that stream: events, logs, stats.
    pub(super) bollard: Docker,
    /// The negotiated API as a path prefix: `/v1.41`.
    prefix: OnceLock<String>,
    seen: AtomicBool,
    pub(super) inventory: Mutex<Inventory>,
    cgroup: Option<CgroupReader>,
    by_files: Samples,
    by_api: Samples,
}

impl DockerSource {
    pub fn new(config: DockerConfig) -> Result<Self, SourceError> {
        let transport = Transport::new(config.address.clone());
        let sender = transport.clone();
        let bollard = Docker::connect_with_custom_transport(
            move |request| {
                let sender = sender.clone();
                async move { sender.send(request).await }
            },
            Some("http://docker"),
            config.deadline.as_secs().max(1),
            bollard::API_DEFAULT_VERSION,
        );
        let bollard =
            bollard.map_err(|error| CallError::from(error).explain(&config.address, config.expected))?;
        let cgroup = config.cgroup_root.clone().map(CgroupReader::new);
        Ok(Self {
            transport,
            bollard,
            prefix: OnceLock::new(),
            seen: AtomicBool::new(false),
            inventory: Mutex::new(Inventory::default()),
            cgroup,
            by_files: Samples::default(),
            by_api: Samples::default(),
            config,
        })
    }

    pub const fn config(&self) -> &DockerConfig {
        &self.config
    }

    /// Whether the engine has answered since the program started.
    pub fn seen(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }

    /// Of how many of these containers the cgroup files can be read here.
    pub fn readable_by_files(&self, ids: &[ContainerId]) -> usize {
        self.cgroup.as_ref().map_or(0, |reader| ids.iter().filter(|id| reader.read(id).is_some()).count())
    }

    /// One list call.
    pub(super) async fn list(&self) -> Result<Observed<Vec<Container>>, SourceError> {
        self.call(async {
            let rows: Vec<wire::Summary> = self.json("/containers/json?all=1").await?;
            Ok(map::containers(rows, &self.config.host, Timestamp::now()))
        })
        .await
    }

    /// A list call for some containers only; those that are gone are not in the answer.
    pub(super) async fn list_some(
        &self,
        ids: &[ContainerId],
    ) -> Result<Observed<Vec<Container>>, SourceError> {
        // The ids are hexadecimal, so nothing needs escaping but the JSON's own marks.
        let quoted: Vec<String> = ids.iter().map(|id| format!("%22{}%22", id.as_str())).collect();
        let path = format!("/containers/json?all=1&filters=%7B%22id%22:%5B{}%5D%7D", quoted.join(","));
        self.call(async {
            let rows: Vec<wire::Summary> = self.json(&path).await?;
            Ok(map::containers(rows, &self.config.host, Timestamp::now()))
        })
        .await
    }

    /// Whether the engine is alive.
    pub(super) async fn ping(&self) -> Result<Timestamp, SourceError> {
        let reply = self.call(async { Ok(self.transport.get("/_ping").await?) }).await?;
        Ok(reply.at)
    }

    pub(super) fn explain(&self, error: bollard::errors::Error) -> SourceError {
        CallError::from(error).explain(&self.config.address, self.config.expected || self.seen())
    }

    /// Runs one call under the deadline; remembers that the engine has been seen.
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, CallError>> + Send,
    ) -> Result<Observed<T>, SourceError> {
        let result = match tokio::time::timeout(self.config.deadline, call).await {
            Ok(result) => result,
            Err(_) => Err(CallError::Deadline(self.config.deadline.as_secs())),
        };
        match result {
            Ok(value) => {
                self.seen.store(true, Ordering::Relaxed);
                Ok(Observed::new(value, Timestamp::now()))
            }
            Err(error) => Err(error.explain(&self.config.address, self.config.expected || self.seen())),
        }
    }

    /// The parsed answer of a versioned endpoint. The first one is asked for without a version: the engine names its
    /// newest in a header of every answer, and no further call is needed to learn it.
    async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        if let Some(prefix) = self.prefix.get() {
            return self.json_at(&format!("{prefix}{path}")).await;
        }
        let reply = self.transport.get(path).await?;
        let version = match &reply.api_version {
            Some(version) => version.clone(),
            // A proxy in front may drop the header.
            None if reply.status == 200 => self.json_at::<wire::Version>("/version").await?.api_version,
            None => return parsed(&reply),
        };
        let (major, minor) = negotiated(&version)?;
        let prefix = format!("/v{major}.{minor}");
        // Another call may have been quicker, and found the same.
        drop(self.prefix.set(prefix));
        parsed(&reply)
    }

    async fn json_at<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        parsed(&self.transport.get(path).await?)
    }
}

fn parsed<T: DeserializeOwned>(reply: &Reply) -> Result<T, CallError> {
    match reply.status {
        200 => serde_json::from_slice(&reply.body).map_err(|e| CallError::Garbage(e.to_string())),
        status => {
            let body: wire::ErrorBody = serde_json::from_slice(&reply.body).unwrap_or_default();
            let message = steward_core::tell::clean_line(&body.message, 200);
            Err(if status == 404 { CallError::NotFound(message) } else { CallError::Status(status, message) })
        }
    }
}

/// The newest version both sides know.
fn negotiated(version: &str) -> Result<(u32, u32), CallError> {
    let parsed = version.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let theirs: (u32, u32) =
        parsed.ok_or_else(|| CallError::Garbage(format!("`{version}` is no API version")))?;
    if theirs < API_OLDEST { Err(CallError::TooOld(version.to_owned())) } else { Ok(theirs.min(API_NEWEST)) }
}

#[async_trait]
impl Engine for DockerSource {
    async fn containers(&self) -> Result<Observed<Arc<[Container]>>, SourceError> {
        let kept = self.inventory.lock().unwrap_or_else(PoisonError::into_inner).current(Timestamp::now());
        if let Some(fresh) = kept {
            return Ok(fresh);
        }
        let listed = self.list().await?;
        Ok(Observed::new(listed.value.into(), listed.at))
    }

    async fn inspect(&self, id: &ContainerId) -> Result<Observed<ContainerDetail>, SourceError> {
        self.call(async {
            let row: wire::Inspect = self.json(&format!("/containers/{}/json", id.as_str())).await?;
            map::detail(row).ok_or_else(|| CallError::Garbage("an inspect without a container id".into()))
        })
        .await
    }

    async fn usage(&self, ids: &[ContainerId]) -> Result<Observed<Vec<ContainerUsage>>, SourceError> {
        let mut rows = Vec::new();
        if let Some(reader) = &self.cgroup {
            rows = self.call(self.by_files.measure(ids, || stats::by_files(reader, ids))).await?.value;
        }
        let rest: Vec<ContainerId> =
            ids.iter().filter(|id| !rows.iter().any(|row| row.id == **id)).cloned().collect();
        if !rest.is_empty() {
            let asked = self.by_api.measure(&rest, || stats::by_api(&self.bollard, &rest));
            rows.extend(self.call(asked).await?.value);
        }
        Ok(Observed::new(rows, Timestamp::now()))
    }

    async fn logs(&self, id: &ContainerId, query: &LogQuery) -> Result<Observed<Vec<LogLine>>, SourceError> {
        let second = |at: Timestamp| i32::try_from(at.as_second()).unwrap_or(i32::MAX);
        let mut options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .tail(&query.last.min(5_000).to_string());
        if let Some(since) = query.since {
            options = options.since(second(since));
        }
        if let Some(until) = query.until {
            options = options.until(second(until).saturating_add(1));
        }
        self.call(async {
            let mut lines = super::logs::Lines::new(query);
            let mut stream = std::pin::pin!(self.bollard.logs(id.as_str(), Some(options.build())));
            while let Some(frame) = stream.next().await {
                lines.push(frame?);
            }
            Ok(lines.finish())
        })
        .await
    }

    async fn remembered(&self) -> Result<Remembered, SourceError> {
        // The engine ends the stream at `until`; a moment that is not past yet would make it wait.
        let now = Timestamp::now();
        let until = format!("{}.{:09}", now.as_second(), now.subsec_nanosecond());
        let options = EventsOptionsBuilder::new().since("0").until(&until).build();
        let remembered = self
            .call(async {
                let mut remembered = Remembered::default();
                let mut stream = std::pin::pin!(self.bollard.events(Some(options)));
                while let Some(message) = stream.next().await {
                    let message = message?;
                    let at = map::time_of(&message);
                    remembered.oldest = remembered.oldest.min(at).or(remembered.oldest).or(at);
                    // Events of networks and volumes only say how far back the memory reaches.
                    if message.typ == Some(EventMessageTypeEnum::CONTAINER) {
                        remembered.events.extend(map::event(message, &self.config.host));
                    }
                }
                Ok(remembered)
            })
            .await?;
        Ok(remembered.value)
    }

    async fn disk(&self) -> Result<Observed<EngineDisk>, SourceError> {
        self.call(async { Ok(map::disk(&self.json::<wire::Usage>("/system/df").await?)) }).await
    }

    async fn info(&self) -> Result<Observed<EngineInfo>, SourceError> {
        self.call(async {
            let row: wire::Info = self.json("/info").await?;
            let version = self.prefix.get().map_or("", |p| p.trim_start_matches("/v"));
            Ok(map::info(&row, version.to_owned()))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_negotiated_down_and_an_old_engine_is_named() {
        assert!(matches!(negotiated("1.41"), Ok((1, 41))));
        assert!(matches!(negotiated("1.56"), Ok((1, 53))));
        assert!(matches!(negotiated("1.9"), Err(CallError::TooOld(_))));
        assert!(matches!(negotiated("nonsense"), Err(CallError::Garbage(_))));
    }
}
