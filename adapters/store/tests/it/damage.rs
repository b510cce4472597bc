//! Files that are no database, disks that are full, locks that are held: words, no panic, and no lasting harm.

use std::os::unix::fs::PermissionsExt;

use sqlx::Executor;
use steward_core::fleet::EventKind;
use steward_core::ports::{AuditLog, FactStore};
use steward_store::sqlite::SqliteStore;

use super::support::{Place, asked, event, fill};

#[tokio::test]
async fn what_is_no_database_is_said_and_left_as_it_is() {
    let place = Place::new();
    let text = "this is a letter, not a database\n".repeat(100);
    std::fs::write(place.file(), &text).unwrap();
    let error = SqliteStore::open(&place.file()).await.unwrap_err().to_string();
    assert!(error.contains("not a database") && error.contains("steward.db"), "{error}");
    assert!(error.contains("restore a backup"), "{error}");
    assert_eq!(std::fs::read_to_string(place.file()).unwrap(), text);
}

#[tokio::test]
async fn a_missing_directory_and_a_directory_in_its_place_are_said() {
    let place = Place::new();
    for path in [place.dir.path().join("no/such/steward.db"), place.dir.path().to_owned()] {
        let error = SqliteStore::open(&path).await.unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()), "{error}");
        assert!(error.contains("must exist and belong to this user"), "{error}");
    }
}

/// For root no file is read-only; for everybody else this one is.
#[tokio::test]
async fn a_read_only_file_is_said_or_is_none() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 2).await;
    store.close().await;
    std::fs::set_permissions(place.file(), std::fs::Permissions::from_mode(0o444)).unwrap();
    let may_write = std::fs::OpenOptions::new().append(true).open(place.file()).is_ok();
    let appended = match SqliteStore::open(&place.file()).await {
        Ok(store) => AuditLog::append(&store, asked("q")).await.map(|r| r.seq).map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match appended {
        Ok(seq) => assert!(may_write && seq == 3),
        Err(error) => assert!(!may_write && error.contains("not writable for this user"), "{error}"),
    }
}

#[tokio::test]
async fn an_overwritten_page_is_an_error_and_no_panic() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 200).await;
    store.close().await;
    let mut bytes = std::fs::read(place.file()).unwrap();
    // Everything but the header: the tables' roots among it.
    for byte in bytes.iter_mut().skip(4_096) {
        *byte = 0xa5;
    }
    std::fs::write(place.file(), &bytes).unwrap();
    let said = match SqliteStore::open(&place.file()).await {
        Err(error) => error.to_string(),
        Ok(store) => {
            let read = store.tail(10).await.unwrap_err().to_string();
            let checked = store.audit_verify().await.unwrap_err().to_string();
            let written = AuditLog::append(&store, asked("q")).await.unwrap_err().to_string();
            for error in [&read, &checked, &written] {
                assert!(error.contains("the file is damaged"), "{error}");
            }
            read
        }
    };
    assert!(said.contains("steward.db"), "{said}");
}

#[tokio::test]
async fn a_cut_file_is_an_error_and_no_panic() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 200).await;
    store.close().await;
    let whole = std::fs::read(place.file()).unwrap();
    for length in [1, 99, 100, 512, 4_095, 4_096, 4_097, whole.len() / 2, whole.len() - 1] {
        std::fs::write(place.file(), &whole[..length]).unwrap();
        let outcome = match SqliteStore::open(&place.file()).await {
            Err(error) => Err(error.to_string()),
            Ok(store) => match store.audit_verify().await {
                Err(error) => Err(error.to_string()),
                Ok(verified) if verified.broken.is_some() => {
                    Err(format!("steward.db: {:?}", verified.broken))
                }
                Ok(verified) => Ok(verified.records),
            },
        };
        match outcome {
            Err(error) => assert!(error.contains("steward.db"), "{length}: {error}"),
            // To the engine a file shorter than its smallest page is one that was never written.
            Ok(records) => assert!(length < 512 && records == 0, "{length}: {records} records, intact"),
        }
        for beside in ["steward.db-wal", "steward.db-shm"] {
            drop(std::fs::remove_file(place.dir.path().join(beside)));
        }
    }
}

/// The engine's own words for a full disk, said by a trigger: deterministic on every file system.
#[tokio::test]
async fn a_full_disk_is_said_and_room_made_is_enough() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 2).await;
    let mut raw = place.raw().await;
    for table in ["audit", "event"] {
        let full = format!(
            "CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        );
        raw.execute(sqlx::AssertSqlSafe(full)).await.unwrap();
    }
    for _ in 0..3 {
        let error = AuditLog::append(&store, asked("lost")).await.unwrap_err().to_string();
        assert!(error.contains("the disk is full; make room") && error.contains("steward.db"), "{error}");
    }
    let error = FactStore::append(&store, &[event(1, "plex", EventKind::Die)]).await.unwrap_err().to_string();
    assert!(error.contains("the disk is full"), "{error}");
    assert_eq!(store.tail(9).await.unwrap().len(), 2, "it can still be read");

    raw.execute("DROP TRIGGER full_audit; DROP TRIGGER full_event").await.unwrap();
    assert_eq!(AuditLog::append(&store, asked("kept")).await.unwrap().seq, 3);
    FactStore::append(&store, &[event(1, "plex", EventKind::Die)]).await.unwrap();
    assert_eq!(store.audit_verify().await.unwrap().broken, None);
}

/// Takes the five seconds that a write waits for another program.
#[tokio::test]
async fn a_lock_that_is_held_is_said_and_its_end_is_enough() {
    let place = Place::new();
    let store = place.open().await;
    let mut raw = place.raw().await;
    raw.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = AuditLog::append(&store, asked("lost")).await.unwrap_err().to_string();
    assert!(error.contains("is a second Steward running?"), "{error}");
    assert_eq!(store.tail(9).await.unwrap(), [], "reading does not wait for writing");
    raw.execute("ROLLBACK").await.unwrap();
    assert_eq!(AuditLog::append(&store, asked("kept")).await.unwrap().seq, 1);
}

#[tokio::test]
async fn a_row_of_another_version_is_passed_over() {
    let place = Place::new();
    let store = place.open().await;
    FactStore::append(&store, &[event(1, "plex", EventKind::Die)]).await.unwrap();
    let mut raw = place.raw().await;
    raw.execute("INSERT INTO event VALUES (1790000002000000000, 'id', 'teleported', 'docker://a/-/b', 'b', NULL, NULL, '', NULL, NULL)")
        .await
        .unwrap();
    raw.execute("INSERT INTO meta VALUES ('watching_since', 'soon')").await.unwrap();
    let query = steward_core::ports::EventQuery {
        from: jiff::Timestamp::MIN,
        until: jiff::Timestamp::MAX,
        resource: None,
        limit: 9,
    };
    assert_eq!(store.events(&query).await.unwrap(), [event(1, "plex", EventKind::Die)]);
    assert_eq!(store.watching_since().await.unwrap(), None);
}
