//! Checks the whole chain. Pages are read and hashed on several connections at once: each begins with the hash
//! stored before it, which the page before proves.

use futures_util::{StreamExt, TryStreamExt, stream};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use steward_core::remember::{AuditError, Chain, ChainBreak, ChainHash, GENESIS};

use super::{SqliteStore, explain};

/// Records per page: one row of the query, about 2 MiB.
const PAGE: u64 = 4_096;
const PARALLEL: usize = 2;
/// Bytes of a stored hash.
const HASH: usize = 32;

/// A page as one row, its columns laid end to end: a row of its own for every record would cost more than the
/// hashing. The hash is no text, but a cast changes no byte, and nothing here reads the bytes as text.
const PAGE_SQL: &str = "SELECT group_concat(seq || ' ' || octet_length(record)), \
     CAST(group_concat(CAST(hash AS TEXT), '') AS BLOB), CAST(group_concat(record, '') AS BLOB) \
     FROM (SELECT seq, record, hash FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq)";

/// What a check of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub records: u64,
    /// The hash of the last record: what a mail or a note outside can be compared with.
    pub head: ChainHash,
    /// The first record that does not fit.
    pub broken: Option<ChainBreak>,
}

/// What a check of one page found.
struct Checked {
    records: u64,
    end: ChainHash,
    broken: Option<ChainBreak>,
}

impl SqliteStore {
    pub async fn audit_verify(&self) -> Result<Verified, AuditError> {
        let failed = |error: sqlx::Error| AuditError(explain(&self.path, &error));
        // Two lookups at the ends; `count(*)` would read every page of the file once more.
        let (first, last): (Option<i64>, Option<i64>) =
            sqlx::query_as("SELECT (SELECT min(seq) FROM audit), (SELECT max(seq) FROM audit)")
                .fetch_one(&self.reader)
                .await
                .map_err(failed)?;
        let last = u64::try_from(last.unwrap_or(0)).unwrap_or(0);
        // The log begins with 1: no program of ours wrote what stands before it.
        let mut broken = first.filter(|first| *first < 1).map(|_| ChainBreak::Missing { seq: 1, found: 0 });
        let pages = stream::iter(
            (0..last.div_ceil(PAGE)).map(|page| self.page(page * PAGE, last.min((page + 1) * PAGE))),
        );
        let mut pages = pages.buffered(PARALLEL);
        let (mut records, mut head) = (0, GENESIS);
        while let Some(page) = pages.try_next().await.map_err(failed)? {
            records += page.records;
            if broken.is_none() {
                broken = page.broken;
                head = page.end;
            }
        }
        Ok(Verified { records, head, broken })
    }

    /// Checks the records after `from` up to `to`.
    async fn page(&self, from: u64, to: u64) -> Result<Checked, sqlx::Error> {
        let before: Option<Vec<u8>> = match from {
            0 => Some(GENESIS.0.to_vec()),
            seq => {
                sqlx::query_scalar("SELECT hash FROM audit WHERE seq = ?")
                    .bind(seq.cast_signed())
                    .fetch_optional(&self.reader)
                    .await?
            }
        };
        let before = before.as_deref().and_then(ChainHash::from_slice);
        let row = sqlx::query(PAGE_SQL)
            .bind(from.cast_signed())
            .bind(to.cast_signed())
            .fetch_one(&self.reader)
            .await?;
        // Hashing a page takes a millisecond of processor: not on the threads that serve others.
        let checked = tokio::task::spawn_blocking(move || check(from, before, &row, to)).await;
        checked.map_err(|error| sqlx::Error::Protocol(error.to_string()))?
    }
}

fn check(from: u64, before: Option<ChainHash>, row: &SqliteRow, to: u64) -> Result<Checked, sqlx::Error> {
    let places: Option<&str> = row.try_get(0)?;
    let hashes: Option<&[u8]> = row.try_get(1)?;
    let records: Option<&[u8]> = row.try_get(2)?;
    let places = places.unwrap_or_default().split(',').filter(|place| !place.is_empty());
    let count = places.clone().count() as u64;
    let mut chain = Chain::after(from, before.unwrap_or(GENESIS));
    let broken = if before.is_none() {
        Some(ChainBreak::Missing { seq: from, found: from + 1 })
    } else {
        let found = walk(&mut chain, places, hashes.unwrap_or_default(), records.unwrap_or_default());
        let cut = || (chain.seq() < to).then(|| ChainBreak::Missing { seq: chain.seq() + 1, found: to + 1 });
        found.err().or_else(cut)
    };
    Ok(Checked { records: count, end: chain.head(), broken })
}

/// `places`: `<seq> <bytes of the record>` for each record.
fn walk<'a>(
    chain: &mut Chain,
    places: impl Iterator<Item = &'a str>,
    mut hashes: &[u8],
    mut records: &[u8],
) -> Result<(), ChainBreak> {
    for place in places {
        let changed = ChainBreak::Changed { seq: chain.seq() + 1 };
        let numbers =
            place.split_once(' ').and_then(|(seq, len)| Some((seq.parse().ok()?, len.parse().ok()?)));
        let Some((seq, length)) = numbers else { return Err(changed) };
        // A hash of another length, which the table does not allow, shifts all that follow and fits nowhere.
        let parts = hashes.split_at_checked(HASH).zip(records.split_at_checked(length));
        let Some(((hash, more_hashes), (record, more_records))) = parts else { return Err(changed) };
        (hashes, records) = (more_hashes, more_records);
        let before = chain.clone();
        if let Err(broken) = chain.check(seq, record, hash) {
            *chain = before;
            return Err(broken);
        }
    }
    Ok(())
}
