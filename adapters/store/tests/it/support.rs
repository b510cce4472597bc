//! Records and events to store, and a second way to the same file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};
use steward_core::ask::understand::{Arguments, Category, Tool, Verdict};
use steward_core::fleet::{ContainerEvent, ContainerId, EventKind, ResourceRef};
use steward_core::ports::AuditLog;
use steward_core::remember::{AuditEvent, AuditReceipt, AuditRecord};
use steward_store::sqlite::SqliteStore;
use tempfile::TempDir;

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub fn asked(text: &str) -> AuditRecord {
    AuditRecord {
        at: at(0),
        principal: "local:1000".into(),
        front_end: "terminal".into(),
        event: AuditEvent::Asked {
            text: text.into(),
            verdict: Verdict::Refuse,
            tool: Some(Tool::RecentCrashes),
            category: Some(Category::Restart),
            parameters: Box::new(Arguments {
                container: Some(text.into()),
                limit: Some(7),
                ..Arguments::default()
            }),
            result: format!("about {text}"),
            exit: 4,
        },
    }
}

pub fn text_of(record: &AuditRecord) -> &str {
    match &record.event {
        AuditEvent::Asked { text, .. } => text,
        AuditEvent::Started { version, .. } => version,
    }
}

pub fn event(second: i64, service: &str, kind: EventKind) -> ContainerEvent {
    ContainerEvent {
        at: at(second),
        id: ContainerId::parse(&format!("{:064x}", service.len())).unwrap(),
        resource: ResourceRef::container("atlas", Some("media"), service),
        name: format!("media-{service}-1"),
        project: Some("media".into()),
        service: Some(service.into()),
        image: "registry.local/app:1".into(),
        kind,
        exit_code: (kind == EventKind::Die).then_some(137),
        signal: (kind == EventKind::Kill).then(|| "15".into()),
    }
}

/// A directory with a database in it.
pub struct Place {
    pub dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("steward.db")
    }

    pub async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.file()).await.unwrap()
    }

    /// Another connection, as any program on the machine could have one.
    pub async fn raw(&self) -> SqliteConnection {
        raw(&self.file()).await
    }

    /// The same without the triggers: what somebody who may write the file can do.
    pub async fn forger(&self) -> SqliteConnection {
        let mut raw = self.raw().await;
        for trigger in ["audit_is_not_changed", "audit_is_not_deleted", "audit_grows_at_the_end"] {
            raw.execute(sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).await.unwrap();
        }
        raw
    }
}

pub async fn raw(file: &Path) -> SqliteConnection {
    let options =
        SqliteConnectOptions::new().filename(file).create_if_missing(true).pragma("synchronous", "OFF");
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Appends `first..=last` as "question n", many at once.
pub async fn fill(log: &dyn AuditLog, first: u64, last: u64) -> Vec<AuditReceipt> {
    let appends = (first..=last).map(|n| log.append(asked(&format!("question {n}"))));
    futures_util::future::try_join_all(appends).await.unwrap()
}
