//! Appending to the audit log. One task writes: it takes whatever waits (group commit), reads the head and adds the
//! records inside one immediate transaction, so that several programs can share the file.

use std::path::PathBuf;
use std::sync::LazyLock;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::{Row, SqlitePool};
use steward_core::ports::AuditLog;
use steward_core::remember::{AuditEntry, AuditError, AuditReceipt, AuditRecord, Chain, ChainHash, GENESIS};
use tokio::sync::{mpsc, oneshot};

use super::{SqliteStore, explain};

/// Records waiting at once; a caller beyond that waits too.
const QUEUE: usize = 4_096;
/// Records in one transaction.
const GROUP: usize = 1_024;
/// Records in one statement of a larger group.
const CHUNK: usize = 32;

const INSERT: &str = "INSERT INTO audit (seq, record, hash) VALUES (?, ?, ?)";
static INSERT_CHUNK: LazyLock<String> =
    LazyLock::new(|| format!("{INSERT}{}", ", (?, ?, ?)".repeat(CHUNK - 1)));

#[derive(Debug)]
pub(super) struct Job {
    record: String,
    done: oneshot::Sender<Result<AuditReceipt, AuditError>>,
}

pub(super) fn spawn(writer: SqlitePool, path: PathBuf) -> mpsc::Sender<Job> {
    let (sender, mut jobs) = mpsc::channel::<Job>(QUEUE);
    tokio::spawn(async move {
        let mut group = Vec::new();
        let mut head = None;
        while jobs.recv_many(&mut group, GROUP).await > 0 {
            let outcome = commit(&writer, &group, &mut head).await;
            for (index, job) in group.drain(..).enumerate() {
                let result = match &outcome {
                    Ok(receipts) => {
                        receipts.get(index).copied().ok_or_else(|| AuditError("a receipt is missing".into()))
                    }
                    Err(error) => Err(AuditError(explain(&path, error))),
                };
                // Nobody waits any more: the record stands all the same.
                drop(job.done.send(result));
            }
        }
    });
    sender
}

/// `head`: where the chain ended when this task wrote last, if it knows.
async fn commit(
    writer: &SqlitePool,
    group: &[Job],
    head: &mut Option<Chain>,
) -> Result<Vec<AuditReceipt>, sqlx::Error> {
    // Whatever happens, what was known before is no longer known.
    if let (Some(known), [job]) = (head.take(), group)
        && let Some((receipt, chain)) = add_to(writer, known, job).await?
    {
        *head = Some(chain);
        return Ok(vec![receipt]);
    }
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *transaction)
        .await?;
    let mut chain = match last {
        Some(row) => {
            let hash: &[u8] = row.try_get(1)?;
            Chain::after(
                row.try_get::<i64, _>(0)?.unsigned_abs(),
                ChainHash::from_slice(hash).unwrap_or(GENESIS),
            )
        }
        None => Chain::after(0, GENESIS),
    };
    let mut receipts = Vec::with_capacity(group.len());
    let (chunks, rest) = group.as_chunks::<CHUNK>();
    for jobs in chunks.iter().map(<[Job; CHUNK]>::as_slice).chain(rest.chunks(1)) {
        let statement = match jobs {
            [_] => sqlx::query(INSERT),
            _ => sqlx::query(sqlx::AssertSqlSafe(INSERT_CHUNK.as_str())),
        };
        let mut statement = statement;
        for job in jobs {
            let (seq, hash) = chain.push(job.record.as_bytes());
            statement = statement.bind(seq.cast_signed()).bind(job.record.as_str()).bind(hash.0.to_vec());
            receipts.push(AuditReceipt { seq, hash });
        }
        statement.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    *head = Some(chain);
    Ok(receipts)
}

/// One record after a head that is known, in one statement: every further one costs a way to the connection's
/// thread and back. `None`: another program has written since.
async fn add_to(
    writer: &SqlitePool,
    known: Chain,
    job: &Job,
) -> Result<Option<(AuditReceipt, Chain)>, sqlx::Error> {
    let mut chain = known.clone();
    let (seq, hash) = chain.push(job.record.as_bytes());
    let done = sqlx::query(
        "INSERT INTO audit (seq, record, hash) SELECT ?1, ?2, ?3 \
         FROM (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1) AS head WHERE head.seq = ?4 AND head.hash = ?5",
    )
    .bind(seq.cast_signed())
    .bind(&job.record)
    .bind(&hash.0[..])
    .bind(known.seq().cast_signed())
    .bind(&known.head().0[..])
    .execute(writer)
    .await?;
    Ok((done.rows_affected() == 1).then_some((AuditReceipt { seq, hash }, chain)))
}

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, record: AuditRecord) -> Result<AuditReceipt, AuditError> {
        let record = serde_json::to_string(&record)
            .map_err(|e| AuditError(format!("a record could not be written down: {e}")))?;
        let (done, receipt) = oneshot::channel();
        let gone = || AuditError("the audit log has been closed".into());
        self.audit.send(Job { record, done }).await.map_err(|_| gone())?;
        receipt.await.map_err(|_| gone())?
    }

    async fn tail(&self, count: u32) -> Result<Vec<AuditEntry>, AuditError> {
        let mut entries = self
            .entries("SELECT seq, record, hash FROM audit ORDER BY seq DESC LIMIT ?", i64::from(count))
            .await?;
        entries.reverse();
        Ok(entries)
    }
}

impl SqliteStore {
    /// Entries after `seq`, oldest first, at most `count`: for an export page by page.
    pub async fn audit_page(&self, seq: u64, count: u32) -> Result<Vec<AuditEntry>, AuditError> {
        let query = sqlx::query("SELECT seq, record, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
        self.collect(query.bind(seq.cast_signed()).bind(i64::from(count))).await
    }

    async fn entries(&self, sql: &'static str, count: i64) -> Result<Vec<AuditEntry>, AuditError> {
        self.collect(sqlx::query(sql).bind(count)).await
    }

    async fn collect(
        &self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<Vec<AuditEntry>, AuditError> {
        let failed = |error: sqlx::Error| AuditError(explain(&self.path, &error));
        let mut rows = query.fetch(&self.reader);
        let mut entries = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let seq = row.try_get::<i64, _>(0).map_err(failed)?.unsigned_abs();
            // Bytes: a forged record need not be text.
            let text: &[u8] = row.try_get(1).map_err(failed)?;
            let hash: &[u8] = row.try_get(2).map_err(failed)?;
            let record = serde_json::from_slice(text).map_err(|e| {
                AuditError(format!(
                    "record {seq} cannot be read ({e}); `audit verify` says whether it was changed"
                ))
            })?;
            let hash = ChainHash::from_slice(hash)
                .ok_or_else(|| AuditError(format!("record {seq} has no valid hash")))?;
            entries.push(AuditEntry { seq, record, hash });
        }
        Ok(entries)
    }
}
