//! What somebody with the file in hand can do to the log, and what `audit verify` says then.

use proptest::prelude::*;
use sqlx::{Executor, Row, SqliteConnection};
use steward_core::ports::AuditLog;
use steward_core::remember::{Chain, ChainBreak, GENESIS};
use steward_store::sqlite::SqliteStore;

use super::support::{Place, asked, fill, text_of};

/// Where pages of the check meet; see `verify.rs`.
const PAGE: u64 = 4_096;

async fn broken(store: &SqliteStore) -> Option<ChainBreak> {
    store.audit_verify().await.unwrap().broken
}

async fn record(raw: &mut SqliteConnection, seq: u64) -> (String, Vec<u8>) {
    let row = sqlx::query("SELECT record, hash FROM audit WHERE seq = ?").bind(seq.cast_signed());
    let row = row.fetch_one(raw).await.unwrap();
    (row.get(0), row.get(1))
}

/// Bytes as they are, whether or not they are text.
async fn set_record(raw: &mut SqliteConnection, seq: u64, bytes: &[u8]) {
    let change = sqlx::query("UPDATE audit SET record = CAST(? AS TEXT) WHERE seq = ?");
    change.bind(bytes).bind(seq.cast_signed()).execute(raw).await.unwrap();
}

async fn set_hash(raw: &mut SqliteConnection, seq: u64, hash: &[u8]) {
    let change = sqlx::query("UPDATE audit SET hash = ? WHERE seq = ?");
    change.bind(hash).bind(seq.cast_signed()).execute(raw).await.unwrap();
}

async fn run(raw: &mut SqliteConnection, sql: String) {
    raw.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
}

#[tokio::test]
async fn the_triggers_refuse_what_an_append_only_log_does_not_do() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 3).await;
    let mut raw = place.raw().await;
    for (sql, word) in [
        ("UPDATE audit SET record = 'x' WHERE seq = 2", "append-only"),
        ("UPDATE audit SET seq = 9 WHERE seq = 3", "append-only"),
        ("UPDATE audit SET hash = zeroblob(32)", "append-only"),
        ("DELETE FROM audit WHERE seq = 3", "append-only"),
        ("DELETE FROM audit", "append-only"),
        ("INSERT INTO audit VALUES (7, 'x', zeroblob(32))", "only at its end"),
        ("INSERT INTO audit VALUES (2, 'x', zeroblob(32))", "only at its end"),
        ("INSERT INTO audit VALUES (0, 'x', zeroblob(32))", "only at its end"),
        ("INSERT OR REPLACE INTO audit VALUES (3, 'x', zeroblob(32))", "only at its end"),
        ("INSERT INTO audit VALUES (4, 'x', zeroblob(31))", "CHECK"),
        ("INSERT INTO audit VALUES (4, x'00', zeroblob(32))", "TEXT"),
    ] {
        let error = raw.execute(sql).await.unwrap_err().to_string();
        assert!(error.contains(word), "{sql}: {error}");
    }
    assert_eq!(broken(&store).await, None);
    assert_eq!(store.tail(9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn every_single_changed_byte_is_found_and_its_record_named() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 3).await;
    let mut raw = place.forger().await;
    for seq in 1..=3 {
        let (text, hash) = record(&mut raw, seq).await;
        for position in 0..text.len() {
            // One other character, and one byte that is no text at all.
            for flip in [0x01, 0x80] {
                let mut bytes = text.clone().into_bytes();
                bytes[position] ^= flip;
                set_record(&mut raw, seq, &bytes).await;
                assert_eq!(
                    broken(&store).await,
                    Some(ChainBreak::Changed { seq }),
                    "byte {position} of {seq}"
                );
            }
        }
        set_record(&mut raw, seq, text.as_bytes()).await;
        for position in 0..hash.len() {
            let mut forged = hash.clone();
            forged[position] ^= 0x10;
            set_hash(&mut raw, seq, &forged).await;
            assert_eq!(
                broken(&store).await,
                Some(ChainBreak::Changed { seq }),
                "hash byte {position} of {seq}"
            );
        }
        set_hash(&mut raw, seq, &hash).await;
        assert_eq!(broken(&store).await, None);
    }
}

#[tokio::test]
async fn a_record_cut_emptied_or_split_by_separators_is_found() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 3).await;
    let mut raw = place.forger().await;
    let (text, _) = record(&mut raw, 2).await;
    let longer = format!("{text} ");
    let split = format!("{}\u{1e}3\u{1f}00\u{1f}{}", &text[..10], &text[10..]);
    let nul = format!("{text}\0");
    for forged in ["", &text[1..], &text[..text.len() - 1], &longer, &split, &nul, "\u{1e}", "\u{1f}"] {
        set_record(&mut raw, 2, forged.as_bytes()).await;
        assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq: 2 }), "{forged:?}");
    }
    run(&mut raw, "PRAGMA ignore_check_constraints = 1".into()).await;
    set_record(&mut raw, 2, text.as_bytes()).await;
    set_hash(&mut raw, 2, b"short").await;
    assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq: 2 }));
}

#[tokio::test]
async fn a_record_rewritten_with_a_fitting_hash_shows_in_the_next() {
    let place = Place::new();
    let store = place.open().await;
    let receipts = fill(&store, 1, 3).await;
    let mut raw = place.forger().await;
    let mut chain = Chain::after(1, receipts[0].hash);
    let (_, hash) = chain.push(b"{}");
    set_record(&mut raw, 2, b"{}").await;
    set_hash(&mut raw, 2, &hash.0).await;
    assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq: 3 }));
}

#[tokio::test]
async fn changes_removals_and_swaps_are_found_at_the_borders_of_pages() {
    let place = Place::new();
    let store = place.open().await;
    let last = PAGE * 2 + 3;
    fill(&store, 1, last).await;
    assert_eq!(broken(&store).await, None);
    let mut raw = place.forger().await;

    for seq in [1, 2, PAGE - 1, PAGE, PAGE + 1, PAGE * 2, PAGE * 2 + 1, last] {
        let (text, hash) = record(&mut raw, seq).await;
        set_record(&mut raw, seq, text.replace("question", "Question").as_bytes()).await;
        assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq }));
        set_record(&mut raw, seq, text.as_bytes()).await;

        let mut forged = hash.clone();
        forged[31] ^= 1;
        set_hash(&mut raw, seq, &forged).await;
        assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq }), "the hash of {seq}");
        set_hash(&mut raw, seq, &hash).await;

        if seq < last {
            run(&mut raw, format!("DELETE FROM audit WHERE seq = {seq}")).await;
            assert_eq!(broken(&store).await, Some(ChainBreak::Missing { seq, found: seq + 1 }));
            let back = sqlx::query("INSERT INTO audit VALUES (?, ?, ?)");
            back.bind(seq.cast_signed()).bind(&text).bind(&hash).execute(&mut raw).await.unwrap();

            swap(&mut raw, seq, seq + 1).await;
            assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq }), "swapped {seq}");
            swap(&mut raw, seq, seq + 1).await;
        }
        assert_eq!(broken(&store).await, None, "put back as it was");
    }

    // Two in different pages: the first is named.
    set_record(&mut raw, PAGE * 2 + 1, b"{}").await;
    set_record(&mut raw, PAGE - 1, b"{}").await;
    assert_eq!(broken(&store).await, Some(ChainBreak::Changed { seq: PAGE - 1 }));
}

/// Exchanges two records with their hashes.
async fn swap(raw: &mut SqliteConnection, one: u64, other: u64) {
    for (from, to) in [(one, -1), (other, one.cast_signed()), (0, other.cast_signed())] {
        let from = if from == 0 { -1 } else { from.cast_signed() };
        run(raw, format!("UPDATE audit SET seq = {to} WHERE seq = {from}")).await;
    }
}

#[tokio::test]
async fn a_whole_page_removed_is_found() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, PAGE * 2 + 3).await;
    let mut raw = place.forger().await;
    run(&mut raw, format!("DELETE FROM audit WHERE seq > {PAGE} AND seq <= {}", PAGE * 2)).await;
    let found = broken(&store).await;
    assert!(matches!(found, Some(ChainBreak::Missing { seq, .. }) if seq == PAGE + 1), "{found:?}");
    run(&mut raw, format!("DELETE FROM audit WHERE seq <= {PAGE}")).await;
    let found = broken(&store).await;
    assert!(matches!(found, Some(ChainBreak::Missing { seq: 1, .. })), "{found:?}");
}

#[tokio::test]
async fn a_record_slipped_in_before_the_first_is_found() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 2).await;
    let mut raw = place.forger().await;
    for seq in [0, -3] {
        run(&mut raw, format!("INSERT INTO audit VALUES ({seq}, '{{}}', zeroblob(32))")).await;
        assert!(broken(&store).await.is_some(), "record {seq}");
        run(&mut raw, format!("DELETE FROM audit WHERE seq = {seq}")).await;
    }
    assert_eq!(broken(&store).await, None);
}

#[tokio::test]
async fn a_removed_end_shows_in_count_and_head_only() {
    let place = Place::new();
    let store = place.open().await;
    let receipts = fill(&store, 1, 3).await;
    let before = store.audit_verify().await.unwrap();
    assert_eq!((before.records, before.head), (3, receipts[2].hash));
    let mut raw = place.forger().await;
    run(&mut raw, "DELETE FROM audit WHERE seq = 3".into()).await;
    let after = store.audit_verify().await.unwrap();
    assert_eq!((after.records, after.head, after.broken), (2, receipts[1].hash, None));
    run(&mut raw, "DELETE FROM audit".into()).await;
    let empty = store.audit_verify().await.unwrap();
    assert_eq!((empty.records, empty.head), (0, GENESIS));
}

#[tokio::test]
async fn a_changed_record_is_said_when_it_is_read_too() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 3).await;
    let mut raw = place.forger().await;
    for forged in [&b"not json"[..], b"{\"at\":\"2026\xff\"}"] {
        set_record(&mut raw, 2, forged).await;
        let error = store.tail(3).await.unwrap_err().to_string();
        assert!(error.contains("record 2") && error.contains("audit verify"), "{error}");
        let error = store.audit_page(0, 10).await.unwrap_err().to_string();
        assert!(error.contains("record 2"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_is_kept_as_it_was_and_verifies(texts in prop::collection::vec(any::<String>(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Place::new();
            let store = place.open().await;
            for text in &texts {
                store.append(asked(text)).await.unwrap();
            }
            let kept = store.tail(100).await.unwrap();
            let read: Vec<_> = kept.iter().map(|e| text_of(&e.record)).collect();
            assert_eq!(read, texts);
            let records: Vec<_> = kept.iter().map(|e| e.record.clone()).collect();
            assert_eq!(records, texts.iter().map(|t| asked(t)).collect::<Vec<_>>());
            let verified = store.audit_verify().await.unwrap();
            assert_eq!((verified.records, verified.broken), (texts.len() as u64, None));
            assert_eq!(Some(verified.head), kept.last().map(|e| e.hash));
        });
    }
}
