//! Files of /proc and /sys, with limits, and the sizes of file systems.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    error::HostError,
    wire::{self, Ticks, ZfsCache},
};

/// The longest of these files, mountinfo on a machine with thousands of mounts, has some hundred kilobytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// At most [`MOST_BYTES`] of a file; a last line that was cut is dropped.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, HostError> {
    let fault = |source| HostError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(fault)?.take(MOST_BYTES).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 == MOST_BYTES {
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        bytes.truncate(end);
    }
    Ok(bytes)
}

/// One line of text without its end; `None` if it cannot be read or is empty.
pub(super) fn line(path: &Path) -> Option<String> {
    let bytes = read(path).ok()?;
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    let text = String::from_utf8_lossy(first).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The counters that need two samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counters {
    pub cpu: Ticks,
    pub network: Vec<wire::Interface>,
    pub uptime_s: f64,
    pub taken: Instant,
}

/// One look at the files of /proc.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub counters: Counters,
    pub cores: u32,
    pub booted_s: Option<u64>,
    pub load: [f64; 3],
    pub memory: wire::Memory,
    pub zfs: Option<ZfsCache>,
    pub mounts: Mounts,
    pub name: String,
    pub kernel: String,
    /// What could not be read, in words.
    pub unreadable: Vec<String>,
}

/// Mounts, and how to reach them from here.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    pub all: Vec<wire::Mount>,
    /// Their mount points are below this directory.
    pub seen_under: Option<PathBuf>,
    /// They are of another name space, and there is no way to reach them.
    pub elsewhere: bool,
}

impl Mounts {
    pub(super) fn seen_at(&self, point: &Path) -> PathBuf {
        match &self.seen_under {
            Some(root) => root.join(point.strip_prefix("/").unwrap_or(point)),
            None => point.to_owned(),
        }
    }
}

/// Where things are.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub proc: PathBuf,
    pub root: Option<PathBuf>,
}

impl Tree {
    fn is_own(&self) -> bool {
        self.proc == Path::new("/proc")
    }

    /// Process 1 of a foreign /proc lives in the name spaces of the host; `self` would be this container.
    fn process(&self) -> PathBuf {
        self.proc.join(if self.is_own() { "self" } else { "1" })
    }

    pub(super) fn counters(&self) -> Result<(Counters, wire::Stat, Option<HostError>), HostError> {
        let stat_path = self.proc.join("stat");
        let stat = wire::stat(&stat_path, &read(&stat_path)?)?;
        let uptime_path = self.proc.join("uptime");
        let uptime_s = wire::uptime(&uptime_path, &read(&uptime_path)?)?;
        // A machine whose network cannot be seen is still a machine.
        let path = self.process().join("net/dev");
        let (network, fault) = match read(&path).and_then(|bytes| wire::interfaces(&path, &bytes)) {
            Ok(network) => (network, None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        Ok((Counters { cpu: stat.cpu, network, uptime_s, taken: Instant::now() }, stat, fault))
    }

    /// The mounts of the host. Where process 1 does not show them, those that this process sees, which is better than
    /// nothing: what is mounted from the host is among them.
    fn mounts(&self, unreadable: &mut Vec<String>) -> Mounts {
        let path = self.process().join("mountinfo");
        let (own, bytes) = match read(&path) {
            Ok(bytes) => (self.is_own(), bytes),
            Err(fault) => {
                unreadable.push(fault.to_string());
                let own = if self.is_own() {
                    Vec::new()
                } else {
                    read(&self.proc.join("self/mountinfo")).unwrap_or_default()
                };
                (true, own)
            }
        };
        let all = wire::mounts(&bytes);
        if !own {
            return Mounts { all, seen_under: self.root.clone(), elsewhere: self.root.is_none() };
        }
        let Some(root) = &self.root else { return Mounts { all, seen_under: None, elsewhere: false } };
        // The mounts of the host, as this process sees them below the root.
        let below = |mount: &wire::Mount| {
            let inner = mount.point.strip_prefix(root).ok()?;
            // Mounted read-only into this container is not read-only on the host.
            Some(wire::Mount { point: Path::new("/").join(inner), read_only: false, ..mount.clone() })
        };
        let of_host: Vec<_> = all.iter().filter_map(below).collect();
        if of_host.is_empty() {
            return Mounts { all, seen_under: None, elsewhere: false };
        }
        Mounts { all: of_host, seen_under: Some(root.clone()), elsewhere: false }
    }

    pub(super) fn snapshot(&self) -> Result<Snapshot, HostError> {
        let (counters, stat, fault) = self.counters()?;
        let mut unreadable: Vec<String> = fault.iter().map(HostError::to_string).collect();
        let memory_path = self.proc.join("meminfo");
        let memory = wire::memory(&memory_path, &read(&memory_path)?)?;
        let load_path = self.proc.join("loadavg");
        let load =
            read(&load_path).and_then(|bytes| wire::load(&load_path, &bytes)).unwrap_or_else(|fault| {
                unreadable.push(fault.to_string());
                [0.0; 3]
            });
        let mounts = self.mounts(&mut unreadable);
        // There is no such file without ZFS.
        let zfs = read(&self.proc.join("spl/kstat/zfs/arcstats")).ok().and_then(|bytes| wire::zfs(&bytes));
        let kernel_file = |name: &str| line(&self.proc.join("sys/kernel").join(name)).unwrap_or_default();
        // The kernel answers with the name of the reader's own name space, so a mounted root knows better.
        let name = self.root.as_deref().and_then(|root| line(&root.join("etc/hostname")));
        Ok(Snapshot {
            counters,
            cores: stat.cores,
            booted_s: stat.booted_s,
            load,
            memory,
            zfs,
            mounts,
            name: name.unwrap_or_else(|| kernel_file("hostname")),
            kernel: kernel_file("osrelease"),
            unreadable,
        })
    }
}

/// What a file system says about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Space {
    pub total_bytes: u64,
    pub free_bytes: u64,
    pub used_bytes: u64,
    pub inodes_total: u64,
    pub inodes_free: u64,
    /// It is an overlay, the root of a container.
    pub overlay: bool,
}

/// `OVERLAYFS_SUPER_MAGIC` of linux/magic.h.
const OVERLAY: u64 = 0x794c_7630;

/// Asks the kernel; does not return while a file server is silent.
pub(super) fn space(path: &Path) -> io::Result<Space> {
    let answer = rustix::fs::statvfs(path)?;
    let kind = rustix::fs::statfs(path)?.f_type;
    let bytes = |blocks: u64| blocks.saturating_mul(answer.f_frsize);
    Ok(Space {
        total_bytes: bytes(answer.f_blocks),
        free_bytes: bytes(answer.f_bavail),
        used_bytes: bytes(answer.f_blocks.saturating_sub(answer.f_bfree)),
        inodes_total: answer.f_files,
        inodes_free: answer.f_ffree,
        overlay: u64::try_from(kind).is_ok_and(|kind| kind == OVERLAY),
    })
}
