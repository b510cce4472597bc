//! The tables: made where there are none, brought up to date where they are older, left alone where they are newer.

use sqlx::migrate::Migrator;
use sqlx::{Executor, SqliteConnection};
use steward_core::fleet::EventKind;
use steward_core::ports::{AuditLog, FactStore};
use steward_core::remember::{Chain, GENESIS};
use steward_store::sqlite::SqliteStore;

use super::support::{Place, asked, at, event, fill};

async fn version(raw: &mut SqliteConnection) -> i64 {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(raw).await.unwrap()
}

async fn tables(raw: &mut SqliteConnection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name";
    sqlx::query_scalar(sql).fetch_all(raw).await.unwrap()
}

#[tokio::test]
async fn an_empty_place_gets_every_table() {
    let place = Place::new();
    let store = place.open().await;
    assert_eq!(store.audit_verify().await.unwrap().records, 0);
    let mut raw = place.raw().await;
    assert_eq!(tables(&mut raw).await, ["audit", "event", "meta"]);
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut raw).await.unwrap();
    assert_eq!(journal, "wal");
    assert!(version(&mut raw).await > 0);
}

#[tokio::test]
async fn an_older_database_is_brought_up_to_date_and_keeps_its_records() {
    let place = Place::new();
    let old = place.dir.path().join("old");
    std::fs::create_dir(&old).unwrap();
    let first = "0001_audit.sql";
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/");
    std::fs::copy(format!("{source}{first}"), old.join(first)).unwrap();
    let mut raw = place.raw().await;
    Migrator::new(old.as_path()).await.unwrap().run(&mut raw).await.unwrap();
    raw.execute("PRAGMA user_version = 1").await.unwrap();
    let mut chain = Chain::after(0, GENESIS);
    for n in 1..=3 {
        let record = serde_json::to_string(&asked(&format!("old {n}"))).unwrap();
        let (seq, hash) = chain.push(record.as_bytes());
        let insert = sqlx::query("INSERT INTO audit VALUES (?, ?, ?)");
        insert.bind(seq.cast_signed()).bind(record).bind(&hash.0[..]).execute(&mut raw).await.unwrap();
    }
    assert_eq!(tables(&mut raw).await, ["audit"]);

    let store = place.open().await;
    assert_eq!(tables(&mut raw).await, ["audit", "event", "meta"]);
    assert_eq!(AuditLog::append(&store, asked("new")).await.unwrap().seq, 4);
    FactStore::append(&store, &[event(1, "plex", EventKind::Die)]).await.unwrap();
    let verified = store.audit_verify().await.unwrap();
    assert_eq!((verified.records, verified.broken), (4, None));
}

#[tokio::test]
async fn a_file_that_is_there_and_empty_is_filled() {
    let place = Place::new();
    std::fs::write(place.file(), "").unwrap();
    assert_eq!(AuditLog::append(&place.open().await, asked("q")).await.unwrap().seq, 1);
}

#[tokio::test]
async fn a_lost_version_mark_is_set_again_without_harm() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store, 1, 3).await;
    store.watching_began(at(1)).await.unwrap();
    store.close().await;
    let mut raw = place.raw().await;
    let newest = version(&mut raw).await;
    raw.execute("PRAGMA user_version = 0").await.unwrap();
    let store = place.open().await;
    assert_eq!(version(&mut raw).await, newest);
    assert_eq!(store.tail(9).await.unwrap().len(), 3);
    assert_eq!(store.watching_since().await.unwrap(), Some(at(1)));
}

#[tokio::test]
async fn the_database_of_a_newer_version_is_refused_in_words_and_left_alone() {
    let place = Place::new();
    place.open().await.close().await;
    let mut raw = place.raw().await;
    raw.execute("INSERT INTO _sqlx_migrations VALUES (99, 'later', '2027-01-01', 1, x'00', 1); PRAGMA user_version = 99")
        .await
        .unwrap();
    let error = SqliteStore::open(&place.file()).await.unwrap_err().to_string();
    assert!(error.contains("99") && error.contains("steward.db"), "{error}");
    assert_eq!(version(&mut raw).await, 99);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_open_an_empty_place_at_once() {
    let place = Place::new();
    let open = || {
        let file = place.file();
        tokio::spawn(async move { SqliteStore::open(&file).await })
    };
    let opened = futures_util::future::join_all((0..8).map(|_| open())).await;
    let opened: Vec<SqliteStore> = opened.into_iter().map(|joined| joined.unwrap().unwrap()).collect();
    for store in &opened {
        AuditLog::append(store, asked("q")).await.unwrap();
    }
    let verified = opened[0].audit_verify().await.unwrap();
    assert_eq!((verified.records, verified.broken), (8, None));
}
