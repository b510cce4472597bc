//! The composition root: the only place that knows every adapter.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use steward_core::ask::understand::{Phrase, Understander};
use steward_core::ask::{self, AnswerError, Settings};
use steward_core::fleet::{ContainerEvent, HostReading, Observed, SourceError};
use steward_core::policy::Redactor;
use steward_core::ports::{AuditLog, EventQuery, FactStore, Host, StoreError};
use steward_core::remember::{AuditEntry, AuditError, AuditReceipt, AuditRecord};
use steward_sources::docker::{Address, DockerConfig, DockerSource};
use steward_sources::host::{HostConfig, HostSource};
use steward_store::sqlite::SqliteStore;

use crate::config::{Config, Secret};

/// The longest an engine may take to answer.
const ENGINE_DEADLINE: Duration = Duration::from_secs(5);
/// The longest the host's files may take.
const HOST_DEADLINE: Duration = Duration::from_secs(3);
/// Between two samples of the host's counters.
const HOST_SAMPLE: Duration = Duration::from_millis(200);
/// Set once an engine has answered: from then on its silence is a failure.
const DOCKER_SEEN: &str = "docker_seen";

/// The house, and the parts that have a life of their own.
#[derive(Debug)]
pub struct House {
    pub house: Arc<ask::House>,
    pub docker: Arc<DockerSource>,
    /// `Err`: why the store cannot be used; questions are answered all the same, and say so.
    pub store: Result<SqliteStore, StoreError>,
    docker_was_seen: bool,
}

impl House {
    /// Remembers that there is an engine here, if that is news.
    pub async fn note_docker(&self) {
        if let (true, false, Ok(store)) = (self.docker.seen(), self.docker_was_seen, &self.store)
            && let Err(error) = store.set_meta_once(DOCKER_SEEN, "1").await
        {
            tracing::warn!(%error, "cannot remember that Docker was seen");
        }
    }
}

pub async fn build(config: &Config) -> Result<House, AnswerError> {
    let store = match make_private(&config.data_dir) {
        Ok(()) => SqliteStore::open(&config.database).await,
        Err(error) => Err(StoreError(format!(
            "the data directory {} cannot be used: {error}",
            config.data_dir.display()
        ))),
    };
    let docker_was_seen = match &store {
        Ok(store) => store.meta(DOCKER_SEEN).await.ok().flatten().is_some(),
        Err(_) => false,
    };
    let host_config = host_config();
    let name = host_name(&host_config.proc);
    let docker = docker(config, &name, docker_was_seen)?;
    let (facts, audit): (Arc<dyn FactStore>, Arc<dyn AuditLog>) = match &store {
        Ok(store) => (Arc::new(store.clone()), Arc::new(store.clone())),
        Err(error) => (Arc::new(NoStore(error.clone())), Arc::new(NoStore(error.clone()))),
    };
    let house = ask::House {
        engine: Arc::clone(&docker) as _,
        host: Arc::new(HostPort(HostSource::new(host_config))),
        facts,
        audit,
        redactor: Redactor::new(config.secrets.iter().map(Secret::expose).map(str::to_owned)),
        settings: Settings {
            host: name,
            version: env!("CARGO_PKG_VERSION").into(),
            mode: config.mode,
            shown: config.shown.clone(),
        },
    };
    Ok(House { house: Arc::new(house), docker, store, docker_was_seen })
}

/// The understanding alone: for `explain`, which looks at no machine.
pub fn understander(config: &Config) -> Result<Understander, AnswerError> {
    let extra = match &config.policies {
        Some(dir) => user_phrases(&dir.join("phrases"))?,
        None => Vec::new(),
    };
    let broken = |e: &dyn std::fmt::Display| AnswerError {
        code: "model",
        message: format!("the intent model in this program cannot be read: {e}"),
        help: "build it again".into(),
    };
    Understander::new(steward_policies::model(), &extra).map_err(|e| broken(&e))
}

/// A user's own phrases: every `*.phrases` file of the directory.
fn user_phrases(dir: &Path) -> Result<Vec<Phrase>, AnswerError> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| AnswerError {
        code: "phrases",
        message: format!("{}: {error}", path.display()),
        help: "see CONTRIBUTING.md, “Add a phrase”".into(),
    };
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .map_err(|e| failed(dir, &e))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "phrases"))
        .collect();
    files.sort();
    let mut phrases = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|e| failed(&path, &e))?;
        phrases.extend(Phrase::parse(&text).map_err(|e| failed(&path, &e))?);
    }
    Ok(phrases)
}

fn docker(config: &Config, host: &str, seen: bool) -> Result<Arc<DockerSource>, AnswerError> {
    let local = matches!(config.docker, Address::Unix(_));
    let host_cgroup = Path::new("/host/sys/fs/cgroup");
    let cgroup_root = if host_cgroup.is_dir() { host_cgroup } else { Path::new("/sys/fs/cgroup") };
    let docker = DockerConfig {
        address: config.docker.clone(),
        expected: config.docker_is_set || seen,
        host: host.to_owned(),
        deadline: ENGINE_DEADLINE,
        cgroup_root: local.then(|| cgroup_root.to_owned()),
    };
    let source = DockerSource::new(docker);
    source.map(Arc::new).map_err(|e| AnswerError {
        code: "docker",
        message: e.to_string(),
        help: "check DOCKER_HOST".into(),
    })
}

/// In a container the host's own trees are mounted below `/host`.
fn host_config() -> HostConfig {
    let mounted =
        |inside: &str, outside: &str| if Path::new(inside).is_dir() { inside.into() } else { outside.into() };
    HostConfig {
        proc: mounted("/host/proc", "/proc"),
        sys: mounted("/host/sys", "/sys"),
        root: Path::new("/host/root").is_dir().then(|| "/host/root".into()),
        deadline: HOST_DEADLINE,
        sample: HOST_SAMPLE,
    }
}

fn host_name(proc: &Path) -> String {
    // In a container the kernel names the container; the host's own name stands in its file.
    let files = ["/host/root/etc/hostname".into(), proc.join("sys/kernel/hostname")];
    let names = files.iter().filter_map(|file: &PathBuf| std::fs::read_to_string(file).ok());
    names.map(|n| n.trim().to_owned()).find(|n| !n.is_empty()).unwrap_or_else(|| "localhost".into())
}

/// 0700: what is in there is nobody else's business. A directory that exists keeps its owner's choice.
pub(crate) fn make_private(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// The clock meets the host source here.
#[derive(Debug)]
struct HostPort(HostSource);

#[async_trait]
impl Host for HostPort {
    async fn reading(&self) -> Result<Observed<HostReading>, SourceError> {
        self.0.read(Timestamp::now()).await
    }
}

/// Stands in for a store that cannot be used: every call says why.
#[derive(Debug)]
struct NoStore(StoreError);

#[async_trait]
impl FactStore for NoStore {
    async fn append(&self, _: &[ContainerEvent]) -> Result<(), StoreError> {
        Err(self.0.clone())
    }

    async fn events(&self, _: &EventQuery) -> Result<Vec<ContainerEvent>, StoreError> {
        Err(self.0.clone())
    }

    async fn watching_since(&self) -> Result<Option<Timestamp>, StoreError> {
        Err(self.0.clone())
    }
}

#[async_trait]
impl AuditLog for NoStore {
    async fn append(&self, _: AuditRecord) -> Result<AuditReceipt, AuditError> {
        Err(AuditError(self.0.to_string()))
    }

    async fn tail(&self, _: u32) -> Result<Vec<AuditEntry>, AuditError> {
        Err(AuditError(self.0.to_string()))
    }
}
