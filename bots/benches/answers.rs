//! `containers` answered from the inventory that one list call and then events keep fresh, in pairs with the bare
//! list call of the same simulated engine. `cargo bench -p steward --bench answers`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark: a failure ends it, its figures are its output"
)]

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::Zoned;
use steward::console::{Measure, render};
use steward::{config, wiring};
use steward_core::ask::understand::Arguments;
use steward_core::ask::{Answer, House, spec};
use steward_core::policy::{Inbound, Principal, authorise};
use steward_core::ports::AuditLog;
use steward_core::remember::{AuditEntry, AuditError, AuditReceipt, AuditRecord, GENESIS};
use steward_sources::docker::Seen;
use steward_testkit::FakeEngine;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

const SIZES: [usize; 4] = [5, 50, 200, 5_000];
/// Of each kind, in turns, for the table of pairs.
const ROUNDS: usize = 300;

/// An engine with so many containers, and a house that watches it.
struct Scene {
    runtime: Runtime,
    house: Arc<House>,
    /// The same house with an audit log that keeps nothing: what the disk costs is the difference.
    unaudited: House,
    who: Principal,
    engine: FakeEngine,
    _seen: mpsc::Receiver<Seen>,
    _data: TempDir,
}

#[derive(Debug)]
struct Forgetful;

#[async_trait]
impl AuditLog for Forgetful {
    async fn append(&self, record: AuditRecord) -> Result<AuditReceipt, AuditError> {
        black_box(record);
        Ok(AuditReceipt { seq: 1, hash: GENESIS })
    }

    async fn tail(&self, _: u32) -> Result<Vec<AuditEntry>, AuditError> {
        Ok(Vec::new())
    }
}

impl Scene {
    fn new(count: usize) -> Self {
        let engine = FakeEngine::fleet(count);
        let data = TempDir::new().unwrap();
        let environment = [
            ("STEWARD_DATA_DIR", data.path().join("state").display().to_string()),
            ("DOCKER_HOST", engine.docker_host()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let config = config::load(&environment.into(), 1_000).unwrap();
        let runtime = Runtime::new().unwrap();
        let built = runtime.block_on(wiring::build(&config)).unwrap();
        let (sender, mut seen) = mpsc::channel(64);
        let docker = Arc::clone(&built.docker);
        runtime.spawn(async move { docker.watch(None, sender).await });
        assert!(matches!(runtime.block_on(seen.recv()), Some(Seen::Connected(_))));
        let house = built.house;
        let unaudited = House {
            engine: Arc::clone(&house.engine),
            host: Arc::clone(&house.host),
            facts: Arc::clone(&house.facts),
            audit: Arc::new(Forgetful),
            redactor: house.redactor.clone(),
            settings: house.settings.clone(),
        };
        let who = authorise(&Inbound::Local { uid: 1_000 }).unwrap();
        Self { runtime, house, unaudited, who, engine, _seen: seen, _data: data }
    }

    fn answer(&self, house: &House, now: &Zoned) -> Answer {
        let spec = spec("containers").unwrap();
        self.runtime.block_on(house.command(&self.who, spec, Arguments::default(), "containers", now))
    }

    fn text(&self, now: &Zoned) -> String {
        let measure = Measure { width: 120, colour: false, drawing: true };
        render(&self.answer(&self.unaudited, now).document, &measure)
    }

    fn json(&self, now: &Zoned) -> String {
        self.answer(&self.unaudited, now).json("bench", now).to_string()
    }
}

/// One connection, kept open; the answer is read whole and not looked at.
struct Bare(BufReader<UnixStream>);

impl Bare {
    fn connect(socket: &Path) -> Self {
        Self(BufReader::new(UnixStream::connect(socket).unwrap()))
    }

    fn list(&mut self) -> usize {
        self.0
            .get_mut()
            .write_all(b"GET /v1.41/containers/json?all=1 HTTP/1.1\r\nHost: docker\r\n\r\n")
            .unwrap();
        let (mut length, mut line) = (None, String::new());
        while self.0.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse::<usize>().ok();
            }
            line.clear();
        }
        let mut total = 0;
        if let Some(length) = length {
            std::io::copy(&mut Read::by_ref(&mut self.0).take(length as u64), &mut std::io::sink()).unwrap();
            return length;
        }
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            let size = usize::from_str_radix(line.trim(), 16).unwrap();
            std::io::copy(&mut Read::by_ref(&mut self.0).take(size as u64 + 2), &mut std::io::sink())
                .unwrap();
            total += size;
            if size == 0 {
                return total;
            }
        }
    }
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) {
    let began = Instant::now();
    black_box(work());
    times.push(began.elapsed());
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// Every size and kind in turn, so that whatever else the machine does falls on all alike.
fn pairs(scenes: &[(usize, Scene)], now: &Zoned) {
    let mut engines: Vec<Bare> =
        scenes.iter().map(|(_, scene)| Bare::connect(scene.engine.socket())).collect();
    let before: Vec<usize> = scenes.iter().map(|(_, scene)| scene.engine.count("list")).collect();
    let mut times = vec![[const { Vec::new() }; 3]; scenes.len()];
    for _ in 0..ROUNDS {
        for (((_, scene), bare), [audited, unaudited, listed]) in
            scenes.iter().zip(&mut engines).zip(&mut times)
        {
            timed(audited, || scene.answer(&scene.house, now));
            timed(unaudited, || scene.answer(&scene.unaudited, now));
            timed(listed, || bare.list());
        }
    }
    println!(
        "containers, ms (median of {ROUNDS} in turns): with audit | without | bare list call of the engine"
    );
    let mut base = None;
    for (((count, scene), times), before) in scenes.iter().zip(times).zip(before) {
        assert_eq!(scene.engine.count("list") - before, ROUNDS, "only the bare calls may reach the engine");
        let [audited, unaudited, listed] = times.map(median);
        let (first_audited, first_unaudited) = *base.get_or_insert((audited, unaudited));
        println!(
            "{count:>6}: {audited:.3} ({:.2} x of 5) | {unaudited:.4} ({:.2} x of 5) | {listed:.3}",
            audited / first_audited,
            unaudited / first_unaudited
        );
    }
}

fn answers(criterion: &mut Criterion) {
    let now = Zoned::now();
    let scenes: Vec<(usize, Scene)> = SIZES.iter().map(|&count| (count, Scene::new(count))).collect();
    pairs(&scenes, &now);
    let mut group = criterion.benchmark_group("containers");
    for (count, scene) in &scenes {
        let mut bench = |name: &str, work: &mut dyn FnMut()| {
            group.bench_function(BenchmarkId::new(name, count), |b| b.iter(&mut *work));
        };
        bench("with audit", &mut || drop(black_box(scene.answer(&scene.house, &now))));
        bench("without audit", &mut || drop(black_box(scene.answer(&scene.unaudited, &now))));
        bench("without audit, as text", &mut || drop(black_box(scene.text(&now))));
        bench("without audit, as JSON", &mut || drop(black_box(scene.json(&now))));
        let mut bare = Bare::connect(scene.engine.socket());
        bench("bare list call", &mut || {
            black_box(bare.list());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = answers
}
criterion_main!(benches);
