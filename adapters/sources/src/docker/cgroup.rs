//! CPU and memory of containers from the kernel's own files, cgroup v1 and v2. A stats call of the engine takes a
//! second per sample on many engines; these files take a few hundredths of a millisecond.
//!
//! Sources: Linux `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/`; the paths are runc's for its two
//! drivers, `cgroupfs` (`docker/<id>`) and `systemd` (`system.slice/docker-<id>.scope`).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use steward_core::fleet::ContainerId;

/// No file read here is longer; `memory.stat` has about 40 lines.
const FILE_MAX: u64 = 64 * 1024;
/// v1 writes "no limit" as the largest page-aligned number.
const NO_LIMIT: u64 = 1 << 60;

/// What times of reading are counted from.
static ZERO: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What the files say at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counters {
    /// On a clock that only goes forward; the zero is anybody's guess.
    pub read_at: Duration,
    /// CPU time used since the container started.
    pub cpu_ns: u64,
    /// Without the page cache that can be dropped, as `docker stats` shows it.
    pub memory_bytes: u64,
    pub limit_bytes: Option<u64>,
    pub processes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hierarchy {
    V1,
    V2,
}

/// Reads below one cgroup mount (`/sys/fs/cgroup`, or where the host's is mounted in a container).
#[derive(Debug, Clone)]
pub struct CgroupReader {
    root: PathBuf,
    hierarchy: Hierarchy,
}

impl CgroupReader {
    pub fn new(root: PathBuf) -> Self {
        let unified = root.join("cgroup.controllers").exists();
        Self { root, hierarchy: if unified { Hierarchy::V2 } else { Hierarchy::V1 } }
    }

    /// `None`: no such cgroup here; the container ended, or it lives elsewhere.
    pub(super) fn read(&self, id: &ContainerId) -> Option<Counters> {
        let id = id.as_str();
        let homes = [format!("docker/{id}"), format!("system.slice/docker-{id}.scope")];
        homes.iter().find_map(|home| match self.hierarchy {
            Hierarchy::V2 => self.read_v2(home),
            Hierarchy::V1 => self.read_v1(home),
        })
    }

    fn read_v2(&self, home: &str) -> Option<Counters> {
        let home = self.root.join(home);
        let current = number(&home.join("memory.current"))?;
        let usage_us = keyed(&home.join("cpu.stat"), "usage_usec")?;
        let inactive = keyed(&home.join("memory.stat"), "inactive_file").unwrap_or(0);
        Some(Counters {
            read_at: ZERO.elapsed(),
            cpu_ns: usage_us.saturating_mul(1_000),
            memory_bytes: without_cache(current, inactive),
            // The word `max` is no number: unlimited.
            limit_bytes: number(&home.join("memory.max")),
            processes: number(&home.join("pids.current")),
        })
    }

    fn read_v1(&self, home: &str) -> Option<Counters> {
        let memory = self.root.join("memory").join(home);
        let used = number(&memory.join("memory.usage_in_bytes"))?;
        let cpu = number(&self.root.join("cpuacct").join(home).join("cpuacct.usage"))
            .or_else(|| number(&self.root.join("cpu,cpuacct").join(home).join("cpuacct.usage")))?;
        let inactive = keyed(&memory.join("memory.stat"), "total_inactive_file").unwrap_or(0);
        Some(Counters {
            read_at: ZERO.elapsed(),
            cpu_ns: cpu,
            memory_bytes: without_cache(used, inactive),
            limit_bytes: number(&memory.join("memory.limit_in_bytes")).filter(|limit| *limit < NO_LIMIT),
            processes: number(&self.root.join("pids").join(home).join("pids.current")),
        })
    }
}

/// As the docker command computes it (docker/cli `calculateMemUsageUnixNoCache`).
const fn without_cache(used: u64, inactive: u64) -> u64 {
    if inactive < used { used - inactive } else { used }
}

fn content(path: &Path) -> Option<String> {
    let mut text = String::with_capacity(1_024);
    File::open(path).ok()?.take(FILE_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

fn number(path: &Path) -> Option<u64> {
    content(path)?.trim().parse().ok()
}

fn keyed(path: &Path, key: &str) -> Option<u64> {
    let text = content(path)?;
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ID: &str = "3f5a9c0e1b2d4f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8";

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path.replace("ID", ID));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn read(root: &tempfile::TempDir) -> Option<Counters> {
        CgroupReader::new(root.path().into()).read(&ContainerId::parse(ID).unwrap())
    }

    /// Recorded on Debian 12 with systemd (cgroup v2, systemd driver).
    #[test]
    fn version_2_under_systemd() {
        let root = tree(&[
            ("cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc\n"),
            ("system.slice/docker-ID.scope/memory.current", "20713472\n"),
            ("system.slice/docker-ID.scope/memory.max", "max\n"),
            (
                "system.slice/docker-ID.scope/memory.stat",
                "anon 9568256\nfile 8839168\ninactive_file 4780032\n",
            ),
            (
                "system.slice/docker-ID.scope/cpu.stat",
                "usage_usec 7268190\nuser_usec 5140772\nsystem_usec 2127418\n",
            ),
            ("system.slice/docker-ID.scope/pids.current", "11\n"),
        ]);
        let got = read(&root).unwrap();
        assert_eq!((got.cpu_ns, got.memory_bytes), (7_268_190_000, 20_713_472 - 4_780_032));
        assert_eq!((got.limit_bytes, got.processes), (None, Some(11)));
    }

    #[test]
    fn version_2_with_a_limit_under_cgroupfs() {
        let root = tree(&[
            ("cgroup.controllers", "cpu memory pids\n"),
            ("docker/ID/memory.current", "1048576\n"),
            ("docker/ID/memory.max", "8388608\n"),
            ("docker/ID/memory.stat", "anon 1\nnot_inactive_file 7\n"),
            ("docker/ID/cpu.stat", "usage_usec 5\n"),
        ]);
        let got = read(&root).unwrap();
        assert_eq!((got.memory_bytes, got.limit_bytes, got.processes), (1_048_576, Some(8_388_608), None));
    }

    #[test]
    fn version_1_with_joined_controllers() {
        let root = tree(&[
            ("memory/docker/ID/memory.usage_in_bytes", "901120\n"),
            ("memory/docker/ID/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/docker/ID/memory.stat", "cache 4096\ntotal_inactive_file 4096\n"),
            ("cpu,cpuacct/docker/ID/cpuacct.usage", "36152543\n"),
            ("pids/docker/ID/pids.current", "2\n"),
        ]);
        let got = read(&root).unwrap();
        assert_eq!((got.cpu_ns, got.memory_bytes, got.limit_bytes), (36_152_543, 897_024, None));
    }

    #[test]
    fn no_cgroup_and_garbage_are_no_reading() {
        assert_eq!(read(&tree(&[("cgroup.controllers", "cpu\n")])), None);
        let garbage = tree(&[
            ("cgroup.controllers", ""),
            ("docker/ID/memory.current", "-5\n"),
            ("docker/ID/cpu.stat", "usage_usec many\n"),
        ]);
        assert_eq!(read(&garbage), None);
    }
}
