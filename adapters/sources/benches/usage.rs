//! CPU and memory of containers from cgroup files: recorded trees of both versions, and the live files where an
//! engine runs (`DOCKER_HOST`, or the usual socket). `cargo bench -p steward-sources`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark: a failure ends it, its figures are its output"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use steward_core::fleet::ContainerId;
use steward_core::ports::Engine;
use steward_sources::docker::{Address, DockerConfig, DockerSource};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const FLEET: usize = 200;
/// An earlier sample serves a question if it is this old; so long the benchmark pauses, off the clock.
const PAUSE: Duration = Duration::from_millis(160);

/// As a kernel 6.1 writes it; long, because every line is read.
const STAT: &str = "anon 9568256\nfile 8839168\nkernel 1437696\nkernel_stack 180224\npagetables 372736\nsec_pagetables 0\n\
percpu 3456\nsock 0\nvmalloc 0\nshmem 0\nzswap 0\nzswapped 0\nfile_mapped 6483968\nfile_dirty 0\nfile_writeback 0\n\
swapcached 0\nanon_thp 0\nfile_thp 0\nshmem_thp 0\ninactive_anon 9551872\nactive_anon 16384\ninactive_file 4780032\n\
active_file 4059136\nunevictable 0\nslab_reclaimable 529600\nslab_unreclaimable 265984\nslab 795584\n";

fn id(number: usize) -> ContainerId {
    ContainerId::parse(&format!("{number:064x}")).unwrap()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn version_2(count: usize) -> TempDir {
    let root = TempDir::new().unwrap();
    write(&root.path().join("cgroup.controllers"), "cpuset cpu io memory pids\n");
    for number in 0..count {
        let home = root.path().join(format!("system.slice/docker-{}.scope", id(number).as_str()));
        write(&home.join("memory.current"), "20713472\n");
        write(&home.join("memory.max"), "max\n");
        write(&home.join("memory.stat"), STAT);
        write(
            &home.join("cpu.stat"),
            "usage_usec 7268190\nuser_usec 5140772\nsystem_usec 2127418\nnr_periods 0\n",
        );
        write(&home.join("pids.current"), "11\n");
    }
    root
}

fn version_1(count: usize) -> TempDir {
    let root = TempDir::new().unwrap();
    for number in 0..count {
        let home = format!("docker/{}", id(number).as_str());
        let memory = root.path().join("memory").join(&home);
        write(&memory.join("memory.usage_in_bytes"), "901120\n");
        write(&memory.join("memory.limit_in_bytes"), "9223372036854771712\n");
        write(
            &memory.join("memory.stat"),
            &format!("cache 4096\nrss 811008\n{STAT}total_inactive_file 4096\n"),
        );
        write(&root.path().join("cpuacct").join(&home).join("cpuacct.usage"), "36152543\n");
        write(&root.path().join("pids").join(&home).join("pids.current"), "2\n");
    }
    root
}

fn source(address: Address, cgroup_root: PathBuf) -> DockerSource {
    let deadline = Duration::from_secs(10);
    DockerSource::new(DockerConfig {
        address,
        expected: true,
        host: "bench".into(),
        deadline,
        cgroup_root: Some(cgroup_root),
    })
    .unwrap()
}

/// The first question takes two samples; later ones find an earlier sample and take one.
fn measure(criterion: &mut Criterion, name: &str, docker: &DockerSource, ids: &[ContainerId]) {
    let runtime = Runtime::new().unwrap();
    let ask = || {
        let began = Instant::now();
        let read = runtime.block_on(docker.usage(ids)).unwrap();
        assert_eq!(read.value.len(), ids.len());
        began.elapsed()
    };
    println!("usage, {name}: the first question takes {:?}, with the 200 ms between its two samples", ask());
    criterion.bench_function(&format!("usage, {name}"), |b| {
        b.iter_custom(|rounds| {
            (0..rounds)
                .map(|_| {
                    std::thread::sleep(PAUSE);
                    ask()
                })
                .sum()
        });
    });
}

fn usage(criterion: &mut Criterion) {
    let nobody = || Address::Unix("/nonexistent/docker.sock".into());
    let ids: Vec<_> = (0..FLEET).map(id).collect();
    let (two, one) = (version_2(FLEET), version_1(FLEET));
    measure(criterion, &format!("cgroup v2, {FLEET} recorded"), &source(nobody(), two.path().into()), &ids);
    measure(criterion, &format!("cgroup v1, {FLEET} recorded"), &source(nobody(), one.path().into()), &ids);

    let address = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let live = source(address.parse().unwrap(), "/sys/fs/cgroup".into());
    let listed = Runtime::new().unwrap().block_on(live.containers());
    let running: Vec<_> = match &listed {
        Ok(listed) => listed.value.iter().filter(|c| c.is_running()).map(|c| c.id.clone()).collect(),
        Err(error) => return println!("usage, live files: not measured: {error}"),
    };
    if running.is_empty() || live.readable_by_files(&running) < running.len() {
        return println!(
            "usage, live files: not measured: no containers run, or their files are not to be seen here"
        );
    }
    measure(criterion, &format!("live files, {} containers", running.len()), &live, &running);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(4));
    targets = usage
}
criterion_main!(benches);
