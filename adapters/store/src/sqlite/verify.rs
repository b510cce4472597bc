//! Checks the whole chain. Pages are read and hashed on several connections at once: each begins with the hash
//! stored before it, which the page before proves.

use futures_util::{StreamExt, TryStreamExt, stream};
use sqlx::Row;
use steward_core::remember::{AuditError, Chain, ChainBreak, ChainHash, GENESIS};

use super::{SqliteStore, explain};

/// Records per page: one row of the query, about 2 MiB.
const PAGE: u64 = 4_096;
const PARALLEL: usize = 2;
/// Between fields and records. Neither stands raw in JSON, so no record can hold one.
const FIELD: u8 = 0x1f;
const RECORD: u8 = 0x1e;

/// What a check of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub records: u64,
    /// The hash of the last record: what a mail or a note outside can be compared with.
    pub head: ChainHash,
    /// The first record that does not fit.
    pub broken: Option<ChainBreak>,
}

impl SqliteStore {
    pub async fn audit_verify(&self) -> Result<Verified, AuditError> {
        let failed = |error: sqlx::Error| AuditError(explain(&self.path, &error));
        let extent = sqlx::query_as("SELECT min(seq), max(seq), count(*) FROM audit");
        let (first, last, count): (Option<i64>, Option<i64>, i64) =
            extent.fetch_one(&self.reader).await.map_err(failed)?;
        let last = last.unwrap_or(0).max(0).unsigned_abs();
        let pages = stream::iter(
            (0..last.div_ceil(PAGE)).map(|page| self.page(page * PAGE, last.min((page + 1) * PAGE))),
        );
        let mut pages = pages.buffered(PARALLEL);
        let mut head = GENESIS;
        // The first record is 1: one before it was slipped in.
        let mut broken = first.filter(|seq| *seq < 1).map(|_| ChainBreak::Missing { seq: 1, found: 0 });
        while let Some((end, page_broken)) = pages.try_next().await.map_err(failed)? {
            if broken.is_none() {
                broken = page_broken;
                head = end;
            }
        }
        Ok(Verified { records: count.unsigned_abs(), head, broken })
    }

    /// Checks the records after `from` up to `to`.
    async fn page(&self, from: u64, to: u64) -> Result<(ChainHash, Option<ChainBreak>), sqlx::Error> {
        let before: Option<Vec<u8>> = match from {
            0 => Some(GENESIS.0.to_vec()),
            seq => {
                sqlx::query_scalar("SELECT hash FROM audit WHERE seq = ?")
                    .bind(seq.cast_signed())
                    .fetch_optional(&self.reader)
                    .await?
            }
        };
        let Some(before) = before.as_deref().and_then(ChainHash::from_slice) else {
            return Ok((GENESIS, Some(ChainBreak::Missing { seq: from, found: from + 1 })));
        };
        let row = sqlx::query(
            "SELECT group_concat(seq || char(31) || hex(hash) || char(31) || record, char(30) ORDER BY seq) \
             FROM audit WHERE seq > ? AND seq <= ?",
        )
        .bind(from.cast_signed())
        .bind(to.cast_signed())
        .fetch_one(&self.reader)
        .await?;
        // Hashing a page takes a few milliseconds of processor: not on the threads that serve others.
        // Bytes, for a forged record need not be text.
        let rows: Option<Vec<u8>> = row.try_get(0)?;
        let checked = tokio::task::spawn_blocking(move || {
            check(Chain::after(from, before), &rows.unwrap_or_default(), to)
        })
        .await;
        checked.map_err(|error| sqlx::Error::Protocol(error.to_string()))
    }
}

fn check(mut chain: Chain, rows: &[u8], to: u64) -> (ChainHash, Option<ChainBreak>) {
    for row in rows.split(|b| *b == RECORD).filter(|row| !row.is_empty()) {
        let mut fields = row.splitn(3, |b| *b == FIELD);
        let seq = fields.next().and_then(|f| std::str::from_utf8(f).ok()?.parse().ok());
        let hash = fields.next().and_then(from_hex);
        let (Some(seq), Some(hash), Some(record)) = (seq, hash, fields.next()) else {
            return (chain.head(), Some(ChainBreak::Changed { seq: chain.seq() + 1 }));
        };
        let head = chain.head();
        if let Err(broken) = chain.check(seq, record, &hash) {
            return (head, Some(broken));
        }
    }
    let missing = (chain.seq() < to).then(|| ChainBreak::Missing { seq: chain.seq() + 1, found: to + 1 });
    (chain.head(), missing)
}

fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digit = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}
