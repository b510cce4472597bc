//! Several programs and one file.

use steward_core::fleet::EventKind;
use steward_core::ports::{AuditLog, EventQuery, FactStore};

use super::support::{Place, asked, at, event, fill, text_of};

const EACH: u64 = 500;
/// Appended at once by one side: enough turns for the two to meet.
const TURN: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_file_keep_one_chain() {
    let place = Place::new();
    let (left, right) = (place.open().await, place.open().await);
    let side = |store: steward_store::sqlite::SqliteStore, name: &'static str| async move {
        let mut receipts = Vec::new();
        for turn in 0..EACH / TURN {
            let appends = (0..TURN).map(|n| {
                let log: &dyn AuditLog = &store;
                log.append(asked(&format!("{name} {}", turn * TURN + n)))
            });
            receipts.extend(futures_util::future::try_join_all(appends).await.unwrap());
        }
        receipts
    };
    let (ours, theirs) =
        tokio::join!(tokio::spawn(side(left.clone(), "left")), tokio::spawn(side(right.clone(), "right")));
    let (ours, theirs) = (ours.unwrap(), theirs.unwrap());

    let places: std::collections::BTreeSet<u64> = ours.iter().chain(&theirs).map(|r| r.seq).collect();
    assert_eq!(places, (1..=EACH * 2).collect());
    let verified = left.audit_verify().await.unwrap();
    assert_eq!((verified.records, verified.broken), (EACH * 2, None));
    let kept = right.tail(2_000).await.unwrap();
    for (name, receipts) in [("left", &ours), ("right", &theirs)] {
        let own: Vec<_> = kept.iter().filter(|e| text_of(&e.record).starts_with(name)).collect();
        let words: Vec<_> = own.iter().map(|e| text_of(&e.record).to_owned()).collect();
        assert_eq!(words, (0..EACH).map(|n| format!("{name} {n}")).collect::<Vec<_>>(), "in its order");
        assert!(own.iter().zip(receipts).all(|(entry, receipt)| entry.hash == receipt.hash));
    }
}

#[tokio::test]
async fn what_one_writes_the_other_reads_at_once() {
    let place = Place::new();
    let (one, other) = (place.open().await, place.open().await);
    for n in 1..=5 {
        AuditLog::append(&one, asked(&format!("q{n}"))).await.unwrap();
        assert_eq!(other.tail(9).await.unwrap().len(), n);
    }
    FactStore::append(&other, &[event(1, "plex", EventKind::Die)]).await.unwrap();
    assert_eq!(one.last_event().await.unwrap(), Some(at(1)));
}

#[tokio::test]
async fn everything_is_there_after_closing_and_opening_again() {
    let place = Place::new();
    let store = place.open().await;
    let receipts = fill(&store, 1, 20).await;
    FactStore::append(&store, &[event(1, "plex", EventKind::Die)]).await.unwrap();
    store.watching_began(at(0)).await.unwrap();
    store.set_meta("docker_seen", "1").await.unwrap();
    store.close().await;

    let store = place.open().await;
    let kept: Vec<_> = store.tail(99).await.unwrap().iter().map(|e| (e.seq, e.hash)).collect();
    assert_eq!(kept, receipts.iter().map(|r| (r.seq, r.hash)).collect::<Vec<_>>());
    let next = AuditLog::append(&store, asked("after")).await.unwrap();
    assert_eq!(next.seq, 21);
    assert_eq!(store.audit_verify().await.unwrap().broken, None);
    let query = EventQuery { from: at(0), until: at(9), resource: None, limit: 9 };
    assert_eq!(store.events(&query).await.unwrap(), [event(1, "plex", EventKind::Die)]);
    assert_eq!(store.watching_since().await.unwrap(), Some(at(0)));
    assert_eq!(store.meta("docker_seen").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn the_first_word_about_watching_stands() {
    let place = Place::new();
    let store = place.open().await;
    store.watching_began(at(5)).await.unwrap();
    store.watching_began(at(1)).await.unwrap();
    store.watching_began(at(9)).await.unwrap();
    assert_eq!(store.watching_since().await.unwrap(), Some(at(5)));
    store.set_meta("key", "one").await.unwrap();
    store.set_meta("key", "two").await.unwrap();
    assert_eq!(store.meta("key").await.unwrap().as_deref(), Some("two"));
    assert_eq!(store.meta("other").await.unwrap(), None);
}

#[tokio::test]
async fn old_events_are_forgotten_oldest_first_and_not_more_than_asked() {
    let place = Place::new();
    let store = place.open().await;
    let many: Vec<_> = (1..=10).map(|s| event(s, "plex", EventKind::Start)).collect();
    FactStore::append(&store, &many).await.unwrap();
    assert_eq!(store.forget_events(at(8), 3).await.unwrap(), 3);
    let query = EventQuery { from: at(0), until: at(99), resource: None, limit: 99 };
    assert_eq!(store.events(&query).await.unwrap(), many[3..]);
    assert_eq!(store.forget_events(at(8), 100).await.unwrap(), 4);
    assert_eq!(store.events(&query).await.unwrap(), many[7..]);
}
