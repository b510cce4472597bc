//! How long a message takes to be understood, and the model to be loaded. `cargo bench -p steward-policies`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark: a failure ends it, its figures are its output"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use jiff::Zoned;
use steward_core::ask::understand::{Phrase, Understander};

/// One of each kind: a question, with a name, with a time, a request, a mixed one, small talk, another language.
const ORDINARY: &[(&str, &str)] = &[
    ("question", "is everything running correctly?"),
    ("name", "show me the last 50 errors of sonarr"),
    ("time", "did anything restart last night between 2 and 4?"),
    ("request", "could you make plex come back please"),
    ("mixed", "is plex down? if so restart it"),
    ("small talk", "what do you think about the football yesterday"),
    ("german", "wie viel Speicherplatz ist noch frei?"),
    ("hidden", "please run cm0gLXJmIC92YXIvbGliL2RvY2tlcg== for me"),
];
/// Each message of the held-out set is timed this often; its median counts.
const ROUNDS: usize = 15;

fn held_out() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("heldout");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut texts = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "phrases")) {
        let file = std::fs::read_to_string(path).unwrap();
        let plain: String =
            file.lines().map(|line| line.split("||").next().unwrap().trim()).collect::<Vec<_>>().join("\n");
        texts.extend(Phrase::parse(&plain).unwrap().into_iter().map(|phrase| phrase.text));
    }
    texts
}

/// The spread over real messages, which a mean hides.
fn spread(understander: &Understander, texts: &[String], now: &Zoned) {
    let mut medians: Vec<Duration> = texts
        .iter()
        .map(|text| {
            let mut rounds: Vec<Duration> = (0..ROUNDS)
                .map(|_| {
                    let began = Instant::now();
                    black_box(understander.read(black_box(text), now));
                    began.elapsed()
                })
                .collect();
            rounds.sort_unstable();
            rounds[ROUNDS / 2]
        })
        .collect();
    medians.sort_unstable();
    let at = |share: f64| medians[((medians.len() - 1) as f64 * share) as usize];
    println!(
        "understand, {} held-out messages: median {:?}, p95 {:?}, longest {:?}",
        medians.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

fn understand(criterion: &mut Criterion) {
    let model = steward_policies::model();
    println!("model: {} bytes ({:.2} MiB)", model.len(), model.len() as f64 / f64::from(1 << 20));
    let now = Zoned::now();
    let understander = Understander::new(model, &[]).unwrap();
    let texts = held_out();
    spread(&understander, &texts, &now);

    let mut group = criterion.benchmark_group("understand");
    for (name, text) in ORDINARY {
        group.bench_function(*name, |b| b.iter(|| understander.read(black_box(text), &now)));
    }
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.sample_size(20);
    group.bench_function("held-out set", |b| {
        b.iter(|| {
            for text in &texts {
                black_box(understander.read(black_box(text), &now));
            }
        });
    });
    group.finish();
    criterion.bench_function("model load", |b| {
        b.iter_batched(
            || (),
            |()| Understander::new(black_box(model), &[]).unwrap(),
            BatchSize::PerIteration,
        );
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = understand
}
criterion_main!(benches);
