//! The audit log against the disk beneath it. `cargo bench -p steward-store`; `STEWARD_BENCH_DIR` says on which
//! disk (the default is the directory for temporary files), `STEWARD_BENCH_RECORDS` how many records are verified.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark: a failure ends it, its figures are its output"
)]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use steward_core::ask::understand::{Arguments, Tool, Verdict};
use steward_core::ports::AuditLog;
use steward_core::remember::{AuditEvent, AuditRecord};
use steward_store::sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Appends of the paired measurement, in rounds that alternate with the bare writes.
const ROUNDS: usize = 10;
const PER_ROUND: usize = 100;
const APPENDERS: usize = 64;
const RECORDS: u64 = 1_000_000;

fn record(number: u64) -> AuditRecord {
    AuditRecord {
        at: jiff::Timestamp::from_second(1_800_000_000 + number.cast_signed()).unwrap(),
        principal: "local:1000".into(),
        front_end: "console".into(),
        event: AuditEvent::Asked {
            text: format!("did anything restart last night? ({number})"),
            verdict: Verdict::Answer,
            tool: Some(Tool::RecentCrashes),
            category: None,
            parameters: Box::new(Arguments { since: Some("12h".into()), ..Arguments::default() }),
            result: "3 containers crashed in the last 12 hours: nextcloud (6 times), paperless, radarr"
                .into(),
            exit: 1,
        },
    }
}

fn folder() -> TempDir {
    match std::env::var_os("STEWARD_BENCH_DIR") {
        Some(dir) => TempDir::new_in(dir).unwrap(),
        None => TempDir::new().unwrap(),
    }
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}

/// What a question waits for: one record at a time, against a bare write of the same size and `fdatasync`.
async fn one_by_one(store: &SqliteStore, dir: &Path) {
    let line = serde_json::to_vec(&record(0)).unwrap();
    let mut bare = File::create(dir.join("bare")).unwrap();
    let (mut appends, mut writes) = (Vec::new(), Vec::new());
    for number in 0..PER_ROUND as u64 {
        store.append(record(number)).await.unwrap();
    }
    for _ in 0..ROUNDS {
        for number in 0..PER_ROUND as u64 {
            // Made before the clock starts: the bare write has its bytes ready too.
            let record = record(number);
            let began = Instant::now();
            store.append(record).await.unwrap();
            appends.push(began.elapsed());
        }
        for _ in 0..PER_ROUND {
            let began = Instant::now();
            bare.write_all(&line).unwrap();
            bare.sync_data().unwrap();
            writes.push(began.elapsed());
        }
    }
    for share in [0.5, 0.95, 0.99] {
        let (append, write) = (percentile(&mut appends, share), percentile(&mut writes, share));
        println!(
            "append one by one, p{:.0}: {append:?}; bare write + fdatasync of {} bytes: {write:?}; {:.2} x",
            share * 100.0,
            line.len(),
            append.as_secs_f64() / write.as_secs_f64()
        );
    }
}

/// `count` records by that many appenders at once.
async fn storm(store: &SqliteStore, appenders: usize, count: u64) -> Duration {
    let each = count / appenders as u64;
    let began = Instant::now();
    let tasks: Vec<_> = (0..appenders)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    store.append(record(number)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    began.elapsed()
}

fn audit(criterion: &mut Criterion) {
    let runtime = Arc::new(Runtime::new().unwrap());
    let dir = folder();
    let store = runtime.block_on(SqliteStore::open(&dir.path().join("steward.db"))).unwrap();
    runtime.block_on(one_by_one(&store, dir.path()));

    let mut group = criterion.benchmark_group("audit");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.throughput(Throughput::Elements(6_400));
    group.bench_function("append, 64 at once, 6,400 records", |b| {
        b.iter(|| runtime.block_on(storm(&store, APPENDERS, 6_400)));
    });

    let verified = folder();
    let full = runtime.block_on(SqliteStore::open(&verified.path().join("steward.db"))).unwrap();
    let records = std::env::var("STEWARD_BENCH_RECORDS").ok().and_then(|n| n.parse().ok()).unwrap_or(RECORDS);
    let took = runtime.block_on(storm(&full, 1_024, records));
    let found = runtime.block_on(full.audit_verify()).unwrap();
    assert!(found.broken.is_none() && found.records == records / 1_024 * 1_024, "{found:?}");
    println!("{} records appended by 1,024 at once in {took:?}", found.records);
    group.throughput(Throughput::Elements(found.records));
    group.measurement_time(Duration::from_secs(10));
    group.bench_function(format!("verify, {} records", found.records), |b| {
        b.iter(|| runtime.block_on(full.audit_verify()).unwrap());
    });
    group.finish();
}

criterion_group!(benches, audit);
criterion_main!(benches);
