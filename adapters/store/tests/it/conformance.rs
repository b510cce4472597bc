//! What every store must do, asked through the ports alone. A second database runs this very suite.

use std::sync::Arc;

use jiff::Timestamp;
use steward_core::fleet::{ContainerEvent, EventKind, ResourceRef};
use steward_core::ports::{AuditLog, EventQuery, FactStore};
use steward_core::remember::{AuditEvent, AuditRecord, GENESIS};

use super::support::{Place, asked, at, event, fill, text_of};

/// Runs each test of the suite over a fresh store.
macro_rules! conforms {
    ($($test:ident: $port:ident,)*) => {
        $(#[tokio::test]
        async fn $test() {
            let place = Place::new();
            let store: Arc<dyn $port> = Arc::new(place.open().await);
            suite::$test(store.as_ref()).await;
        })*
    };
}

conforms! {
    an_empty_log_has_no_tail: AuditLog,
    appends_are_numbered_and_read_back_in_order: AuditLog,
    a_receipt_names_the_record: AuditLog,
    many_at_once_each_get_their_own_place: AuditLog,
    every_kind_of_record_comes_back_equal: AuditLog,
    an_event_read_twice_is_one_fact: FactStore,
    events_come_oldest_first_within_the_bounds: FactStore,
    only_the_resource_asked_for: FactStore,
    a_limit_keeps_the_newest: FactStore,
    every_field_of_an_event_comes_back: FactStore,
    nothing_appended_is_nothing_kept: FactStore,
}

mod suite {
    use super::*;

    pub async fn an_empty_log_has_no_tail(log: &dyn AuditLog) {
        assert_eq!(log.tail(10).await.unwrap(), []);
    }

    pub async fn appends_are_numbered_and_read_back_in_order(log: &dyn AuditLog) {
        for n in 1..=5 {
            let receipt = log.append(asked(&format!("q{n}"))).await.unwrap();
            assert_eq!(receipt.seq, n);
        }
        let tail = log.tail(3).await.unwrap();
        let seen: Vec<_> = tail.iter().map(|e| (e.seq, text_of(&e.record))).collect();
        assert_eq!(seen, [(3, "q3"), (4, "q4"), (5, "q5")]);
        assert_eq!(log.tail(100).await.unwrap().len(), 5);
        assert_eq!(log.tail(0).await.unwrap(), []);
    }

    pub async fn a_receipt_names_the_record(log: &dyn AuditLog) {
        let first = log.append(asked("one")).await.unwrap();
        let second = log.append(asked("one")).await.unwrap();
        assert_ne!(first.hash, GENESIS);
        assert_ne!(first.hash, second.hash, "the same words in another place are another link");
        let tail = log.tail(2).await.unwrap();
        assert_eq!([tail[0].hash, tail[1].hash], [first.hash, second.hash]);
    }

    pub async fn many_at_once_each_get_their_own_place(log: &dyn AuditLog) {
        let receipts = fill(log, 1, 300).await;
        for entry in log.tail(300).await.unwrap() {
            let n: usize = text_of(&entry.record).strip_prefix("question ").unwrap().parse().unwrap();
            assert_eq!((receipts[n - 1].seq, receipts[n - 1].hash), (entry.seq, entry.hash));
        }
        let places: std::collections::BTreeSet<u64> = receipts.iter().map(|r| r.seq).collect();
        assert_eq!(places, (1..=300).collect());
    }

    pub async fn every_kind_of_record_comes_back_equal(log: &dyn AuditLog) {
        let started = AuditRecord {
            at: Timestamp::from_nanosecond(1_790_000_000_123_456_789).unwrap(),
            principal: "steward".into(),
            front_end: "run".into(),
            event: AuditEvent::Started { version: "0.1.0".into(), mode: "observe".into() },
        };
        let question = asked("\0\u{1e}\u{1f}\r\n\"'\\ ; DROP TABLE audit; -- \u{202e}é𝄞");
        log.append(started.clone()).await.unwrap();
        log.append(question.clone()).await.unwrap();
        let kept: Vec<AuditRecord> = log.tail(2).await.unwrap().into_iter().map(|e| e.record).collect();
        assert_eq!(kept, [started, question]);
    }

    pub async fn an_event_read_twice_is_one_fact(facts: &dyn FactStore) {
        let die = event(1, "plex", EventKind::Die);
        facts.append(&[die.clone(), die.clone()]).await.unwrap();
        facts.append(std::slice::from_ref(&die)).await.unwrap();
        assert_eq!(all(facts).await, std::slice::from_ref(&die));
        // The same moment, another thing that happened: two facts.
        let oom = ContainerEvent { kind: EventKind::Oom, exit_code: None, ..die };
        facts.append(&[oom]).await.unwrap();
        assert_eq!(all(facts).await.len(), 2);
    }

    pub async fn events_come_oldest_first_within_the_bounds(facts: &dyn FactStore) {
        let kept = [3, 1, 2, 5, 4].map(|s| event(s, "plex", EventKind::Start));
        facts.append(&kept).await.unwrap();
        let query = EventQuery { from: at(2), until: at(4), resource: None, limit: 100 };
        let seconds: Vec<_> = facts.events(&query).await.unwrap().iter().map(|e| e.at).collect();
        assert_eq!(seconds, [at(2), at(3), at(4)]);
        let backwards = EventQuery { from: at(4), until: at(2), resource: None, limit: 100 };
        assert_eq!(facts.events(&backwards).await.unwrap(), []);
    }

    pub async fn only_the_resource_asked_for(facts: &dyn FactStore) {
        facts.append(&[event(1, "plex", EventKind::Die), event(2, "sonarr", EventKind::Die)]).await.unwrap();
        let of = async |service: &str| {
            let resource = Some(ResourceRef::container("atlas", Some("media"), service));
            let query = EventQuery { from: at(0), until: at(9), resource, limit: 100 };
            facts.events(&query).await.unwrap()
        };
        assert_eq!(of("sonarr").await, [event(2, "sonarr", EventKind::Die)]);
        assert_eq!(of("plexx").await, []);
        assert_eq!(of("%").await, []);
    }

    pub async fn a_limit_keeps_the_newest(facts: &dyn FactStore) {
        let many: Vec<_> = (1..=20).map(|s| event(s, "plex", EventKind::Start)).collect();
        facts.append(&many).await.unwrap();
        let query = EventQuery { from: at(0), until: at(99), resource: None, limit: 3 };
        assert_eq!(facts.events(&query).await.unwrap(), many[17..]);
        assert_eq!(facts.events(&EventQuery { limit: 0, ..query }).await.unwrap(), []);
    }

    pub async fn every_field_of_an_event_comes_back(facts: &dyn FactStore) {
        let mut kept: Vec<ContainerEvent> = Vec::new();
        for (second, kind) in (0..).zip(EventKind::ALL) {
            kept.push(event(second, "plex", *kind));
        }
        kept.push(ContainerEvent {
            at: Timestamp::from_nanosecond(1_790_000_100_000_000_001).unwrap(),
            name: "\u{1b}[2J'; --\0é".into(),
            project: None,
            service: None,
            image: String::new(),
            exit_code: Some(i64::MIN),
            signal: Some("RTMIN+3".into()),
            ..event(0, "plex", EventKind::Kill)
        });
        facts.append(&kept).await.unwrap();
        assert_eq!(all(facts).await, kept);
    }

    pub async fn nothing_appended_is_nothing_kept(facts: &dyn FactStore) {
        facts.append(&[]).await.unwrap();
        assert_eq!(all(facts).await, []);
        assert_eq!(facts.watching_since().await.unwrap(), None);
    }

    async fn all(facts: &dyn FactStore) -> Vec<ContainerEvent> {
        let query =
            EventQuery { from: Timestamp::MIN, until: Timestamp::MAX, resource: None, limit: u32::MAX };
        facts.events(&query).await.unwrap()
    }
}
