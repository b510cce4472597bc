//! The machine itself: one reading. Sizes in bytes, rates in bytes per second, temperatures in degrees Celsius.

use jiff::Timestamp;
use serde::Serialize;

/// `available` is what programs can still get, as the kernel estimates it (`MemAvailable`), plus the ZFS cache that
/// shrinks on demand (ARC size above its minimum), which the kernel does not count.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Memory {
    pub total_bytes: u64,
    pub available_bytes: u64,
    /// Page cache and buffers.
    pub cache_bytes: u64,
    /// ZFS adaptive replacement cache; zero without ZFS.
    pub zfs_cache_bytes: u64,
    pub swap_total_bytes: u64,
    pub swap_used_bytes: u64,
}

impl Memory {
    pub const fn used_bytes(&self) -> u64 {
        self.total_bytes.saturating_sub(self.available_bytes)
    }
}

/// One real file system, once, whatever the number of its mounts.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FileSystem {
    pub mount: String,
    pub device: String,
    pub kind: String,
    pub total_bytes: u64,
    /// What an ordinary program can still write (`f_bavail`, the column "Avail" of `df`).
    pub free_bytes: u64,
    /// Blocks in use (`f_blocks - f_bfree`, the column "Used" of `df`).
    pub used_bytes: u64,
    pub inodes_total: u64,
    pub inodes_free: u64,
    pub read_only: bool,
    /// Other mount points of the same device (bind mounts, datasets seen twice).
    pub also_at: Vec<String>,
}

impl FileSystem {
    /// As `df` computes it: used / (used + available), rounded up.
    pub fn used_percent(&self) -> f64 {
        let reachable = self.used_bytes + self.free_bytes;
        if reachable == 0 { 0.0 } else { self.used_bytes as f64 * 100.0 / reachable as f64 }
    }

    pub fn inodes_used_percent(&self) -> Option<f64> {
        (self.inodes_total > 0).then(|| {
            (self.inodes_total - self.inodes_free.min(self.inodes_total)) as f64 * 100.0
                / self.inodes_total as f64
        })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Temperature {
    pub sensor: String,
    pub celsius: f64,
    /// The limit that the sensor itself declares critical.
    pub critical_celsius: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NetworkRate {
    pub interface: String,
    pub received_bytes_per_s: f64,
    pub sent_bytes_per_s: f64,
}

/// Everything about the machine at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HostReading {
    pub name: String,
    pub cores: u32,
    /// Of all cores, over the sampling window; `None` where two samples could not be had.
    pub cpu_percent: Option<f64>,
    /// Over 1, 5 and 15 minutes.
    pub load: [f64; 3],
    pub memory: Memory,
    pub file_systems: Vec<FileSystem>,
    /// File systems that did not answer in time (a hung NFS server), by mount point.
    pub silent_mounts: Vec<String>,
    pub temperatures: Vec<Temperature>,
    pub network: Vec<NetworkRate>,
    pub uptime_s: u64,
    pub booted: Option<Timestamp>,
    pub kernel: String,
    /// What could not be read, why, and what to do, in words; the rest of the reading holds without it.
    pub unreadable: Vec<String>,
}
