use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use steward_core::ports::AuditLog;
use steward_core::remember::{AuditEvent, AuditRecord, ChainBreak};

use super::*;

fn record(number: u64) -> AuditRecord {
    AuditRecord {
        at: jiff::Timestamp::UNIX_EPOCH,
        principal: format!("local:{number}"),
        front_end: "console".into(),
        event: AuditEvent::Started { version: "é\u{0}🚢 1 2,3".into(), mode: "observe".into() },
    }
}

/// A store with so many records, and its file.
async fn filled(count: u64) -> (SqliteStore, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&dir.path().join("steward.db")).await.unwrap();
    let all = (0..count).map(|number| store.append(record(number)));
    futures_util::future::join_all(all).await.into_iter().for_each(|done| drop(done.unwrap()));
    (store, dir)
}

/// Does what the triggers refuse, as somebody with the file in their hands.
async fn forge(dir: &tempfile::TempDir, sql: &'static str) {
    let url = format!("sqlite://{}", dir.path().join("steward.db").display());
    let mut file = SqliteConnection::connect(&url).await.unwrap();
    for trigger in ["audit_is_not_changed", "audit_is_not_deleted", "audit_grows_at_the_end"] {
        file.execute(sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).await.unwrap();
    }
    file.execute(sql).await.unwrap();
    file.close().await.unwrap();
}

async fn broken_by(count: u64, sql: &'static str) -> Option<ChainBreak> {
    let (store, dir) = filled(count).await;
    forge(&dir, sql).await;
    store.audit_verify().await.unwrap().broken
}

#[tokio::test]
async fn an_honest_log_holds_however_long() {
    for count in [0, 1, 31, 2_048, 2_049, 5_000] {
        let (store, _dir) = filled(count).await;
        let found = store.audit_verify().await.unwrap();
        assert_eq!((found.records, &found.broken), (count, &None));
        let head = store.tail(1).await.unwrap().last().map_or(steward_core::remember::GENESIS, |e| e.hash);
        assert_eq!(found.head, head);
    }
}

#[tokio::test]
async fn each_forgery_is_named() {
    let changed = |seq| Some(ChainBreak::Changed { seq });
    assert_eq!(broken_by(9, "UPDATE audit SET record = record || ' ' WHERE seq = 4").await, changed(4));
    assert_eq!(broken_by(9, "UPDATE audit SET hash = randomblob(32) WHERE seq = 4").await, changed(4));
    assert_eq!(broken_by(9, "UPDATE audit SET record = '' WHERE seq = 1").await, changed(1));
    let swap = "UPDATE audit SET record = (SELECT record FROM audit WHERE seq = 5) WHERE seq = 4";
    assert_eq!(broken_by(9, swap).await, changed(4));
    let gone = Some(ChainBreak::Missing { seq: 4, found: 5 });
    assert_eq!(broken_by(9, "DELETE FROM audit WHERE seq = 4").await, gone);
    let first = Some(ChainBreak::Missing { seq: 1, found: 3 });
    assert_eq!(broken_by(9, "DELETE FROM audit WHERE seq < 3").await, first);
    let before = Some(ChainBreak::Missing { seq: 1, found: 0 });
    assert_eq!(broken_by(9, "INSERT INTO audit VALUES (0, 'x', randomblob(32))").await, before);
    // In the second page, and the record that the second page begins from.
    assert_eq!(broken_by(3_000, "UPDATE audit SET record = 'x' WHERE seq = 2500").await, changed(2_500));
    assert_eq!(
        broken_by(3_000, "UPDATE audit SET hash = zeroblob(32) WHERE seq = 2048").await,
        changed(2_048)
    );
    assert!(broken_by(3_000, "DELETE FROM audit WHERE seq BETWEEN 2000 AND 2100").await.is_some());
}

#[tokio::test]
async fn two_programs_share_one_chain() {
    let (first, dir) = filled(3).await;
    let second = SqliteStore::open(&dir.path().join("steward.db")).await.unwrap();
    let mut seqs = Vec::new();
    for round in 0..20 {
        // One of them twice in a row: then it knows the head, and then it no longer does.
        for store in [&first, &first, &second] {
            seqs.push(store.append(record(round)).await.unwrap().seq);
        }
    }
    assert_eq!(seqs, (4..=63).collect::<Vec<u64>>());
    let found = second.audit_verify().await.unwrap();
    assert_eq!((found.records, found.broken), (63, None));
}
