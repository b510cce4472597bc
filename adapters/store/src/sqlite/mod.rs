//! SQLite: one file, WAL, `synchronous=FULL`. One connection writes, a few read.

mod audit;
mod events;
mod meta;
mod verify;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor, SqlitePool};
use steward_core::ports::StoreError;
use tokio::sync::mpsc;

pub use verify::Verified;

/// How long a write waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);
/// Cached pages per connection, in KiB: the tables are small or read in order.
const CACHE_KIB: u32 = 512;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// The state of one Steward, in one file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    path: PathBuf,
    writer: SqlitePool,
    reader: SqlitePool,
    audit: mpsc::Sender<audit::Job>,
}

impl SqliteStore {
    /// Opens the file, makes it where there is none, and brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: sqlx::Error| StoreError(explain(path, &error));
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("cache_size", format!("-{CACHE_KIB}"))
            .pragma("trusted_schema", "OFF");
        let pool = |most: u32| {
            // A file does not hang up: a test of the connection would cost each query a way to its thread and back.
            let options = SqlitePoolOptions::new().max_connections(most).min_connections(0);
            options.acquire_timeout(BUSY * 2).test_before_acquire(false)
        };
        let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
        migrate(&writer)
            .await
            .map_err(|e| StoreError(format!("{} could not be brought up to date: {e}", path.display())))?;
        let reader = pool(2).connect_lazy_with(options.read_only(true).create_if_missing(false));
        let audit = audit::spawn(writer.clone(), path.to_owned());
        Ok(Self { path: path.to_owned(), writer, reader, audit })
    }

    /// Waits for what is being written and closes the file.
    pub async fn close(self) {
        drop(self.audit);
        self.reader.close().await;
        self.writer.close().await;
    }

    fn failed(&self, error: &sqlx::Error) -> StoreError {
        StoreError(explain(&self.path, error))
    }
}

/// The migrator takes a dozen statements to find that there is nothing to do; `user_version` takes one. All in one
/// transaction, for two programs may find the same empty file.
async fn migrate(writer: &SqlitePool) -> Result<(), sqlx::migrate::MigrateError> {
    let newest = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(writer).await?;
    if version == newest {
        return Ok(());
    }
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await?;
    transaction.execute(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {newest}"))).await?;
    transaction.commit().await?;
    Ok(())
}

/// What failed, on which file, and what to do.
fn explain(path: &Path, error: &sqlx::Error) -> String {
    let text = error.to_string();
    let hint = if text.contains("locked") || text.contains("busy") {
        "another program holds it; is a second Steward running?"
    } else if text.contains("disk is full") {
        "the disk is full; make room"
    } else if text.contains("readonly") || text.contains("read-only") {
        "it is not writable for this user"
    } else if text.contains("unable to open") {
        "the directory must exist and belong to this user"
    } else if text.contains("malformed") || text.contains("not a database") {
        "the file is damaged; move it away and restore a backup"
    } else {
        "see the log"
    };
    format!("{}: {text} ({hint})", path.display())
}
