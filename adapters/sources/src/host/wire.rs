//! The formats of /proc: proc(5), proc_pid_mountinfo(5). The parsers of the crate `procfs` do the plain ones. Mounts and
//! memory are read here: paths need not be UTF-8, and what a container's /proc leaves out must not be an error.

use std::{
    ffi::OsString,
    io::Cursor,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
};

use procfs::{ExplicitSystemInfo, FromBufRead, FromBufReadSI, FromRead, ProcResult};

use super::error::HostError;

/// Lines of a file that are looked at, whatever they say.
const MOST_LINES: usize = 16 * 1024;
const MOST_INTERFACES: usize = 1024;
/// The parsers quote what they could not read.
const MOST_REASON: usize = 200;

fn parsed<T>(path: &Path, result: ProcResult<T>) -> Result<T, HostError> {
    let reason = |text: String| text.chars().take(MOST_REASON).collect();
    result.map_err(|error| HostError::Parse { path: path.to_owned(), reason: reason(error.to_string()) })
}

/// What is not UTF-8 must not make the rest unreadable.
fn text(bytes: &[u8]) -> Cursor<Vec<u8>> {
    Cursor::new(String::from_utf8_lossy(bytes).into_owned().into_bytes())
}

/// Time that all cores have spent, in ticks since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ticks {
    pub busy: u64,
    pub idle: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    pub cpu: Ticks,
    pub cores: u32,
    pub booted_s: Option<u64>,
}

pub(super) fn stat(path: &Path, bytes: &[u8]) -> Result<Stat, HostError> {
    // Ticks are only compared with each other.
    let system = ExplicitSystemInfo {
        boot_time_secs: 0,
        ticks_per_second: 100,
        page_size: 4096,
        is_little_endian: cfg!(target_endian = "little"),
    };
    let stat = parsed(path, procfs::KernelStats::from_buf_read(text(bytes), &system))?;
    let total = &stat.total;
    // Guests are counted in `user` already.
    let busy = [total.nice, total.system]
        .into_iter()
        .chain([total.irq, total.softirq, total.steal].into_iter().flatten())
        .fold(total.user, u64::saturating_add);
    let idle = total.idle.saturating_add(total.iowait.unwrap_or(0));
    Ok(Stat {
        cpu: Ticks { busy, idle },
        cores: u32::try_from(stat.cpu_time.len()).unwrap_or(u32::MAX),
        booted_s: Some(stat.btime).filter(|seconds| *seconds > 0),
    })
}

pub(super) fn uptime(path: &Path, bytes: &[u8]) -> Result<f64, HostError> {
    let uptime = parsed(path, procfs::Uptime::from_read(text(bytes)))?.uptime;
    Ok(if uptime.is_finite() { uptime.max(0.0) } else { 0.0 })
}

pub(super) fn load(path: &Path, bytes: &[u8]) -> Result<[f64; 3], HostError> {
    let load = parsed(path, procfs::LoadAverage::from_read(text(bytes)))?;
    // 32 bits of "0.1" are 0.10000000149 in 64.
    Ok([load.one, load.five, load.fifteen].map(|value| {
        let value = (f64::from(value) * 100.0).round() / 100.0;
        if value.is_finite() { value } else { 0.0 }
    }))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interface {
    pub name: String,
    pub received_bytes: u64,
    pub sent_bytes: u64,
}

pub(super) fn interfaces(path: &Path, bytes: &[u8]) -> Result<Vec<Interface>, HostError> {
    let all = parsed(path, procfs::net::InterfaceDeviceStatus::from_buf_read(text(bytes)))?;
    let mut interfaces: Vec<_> = all
        .0
        .into_values()
        .take(MOST_INTERFACES)
        .map(|device| Interface {
            name: device.name,
            received_bytes: device.recv_bytes,
            sent_bytes: device.sent_bytes,
        })
        .collect();
    interfaces.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(interfaces)
}

/// In bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Memory {
    pub total: u64,
    pub available: u64,
    pub cache: u64,
    pub swap_total: u64,
    pub swap_free: u64,
}

pub(super) fn memory(path: &Path, bytes: &[u8]) -> Result<Memory, HostError> {
    let (mut memory, mut free, mut available) = (Memory::default(), 0_u64, None);
    for line in bytes.split(|byte| *byte == b'\n').take(MOST_LINES) {
        let line = String::from_utf8_lossy(line);
        let Some((key, value)) = line.split_once(':') else { continue };
        let Some(value) = value.split_ascii_whitespace().next().and_then(|value| value.parse::<u64>().ok())
        else {
            continue;
        };
        let value = value.saturating_mul(1024);
        match key.trim() {
            "MemTotal" => memory.total = value,
            "MemFree" => free = value,
            "MemAvailable" => available = Some(value),
            "Buffers" | "Cached" => memory.cache = memory.cache.saturating_add(value),
            "SwapTotal" => memory.swap_total = value,
            "SwapFree" => memory.swap_free = value,
            _ => {}
        }
    }
    if memory.total == 0 {
        return Err(HostError::Parse {
            path: path.to_owned(),
            reason: "there is no MemTotal in it".to_owned(),
        });
    }
    // Before Linux 3.14 there is no estimate of the kernel.
    memory.available = available.unwrap_or(free.saturating_add(memory.cache)).min(memory.total);
    Ok(memory)
}

/// The adaptive replacement cache, in bytes: its size, and the size it does not shrink below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ZfsCache {
    pub size: u64,
    pub least: u64,
}

/// Lines are `name type value` (kstat of OpenZFS).
pub(super) fn zfs(bytes: &[u8]) -> Option<ZfsCache> {
    let (mut size, mut least) = (None, 0);
    for line in String::from_utf8_lossy(bytes).lines().take(MOST_LINES) {
        let mut words = line.split_ascii_whitespace();
        let (name, value) = (words.next(), words.nth(1).and_then(|value| value.parse().ok()));
        match (name, value) {
            (Some("size"), Some(value)) => size = Some(value),
            (Some("c_min"), Some(value)) => least = value,
            _ => {}
        }
    }
    Some(ZfsCache { size: size?, least })
}

/// One line of mountinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// `major:minor` of the file system, the same for all its mounts.
    pub device: String,
    /// The directory of the file system that is seen at the mount point; `/` is all of it.
    pub root: PathBuf,
    pub point: PathBuf,
    pub read_only: bool,
    /// The file system itself is: after a disk error, the mount still says `rw`.
    pub read_only_below: bool,
    pub kind: String,
    pub source: String,
}

/// The mounts that can be seen: one that a later mount covers is not among them.
pub(super) fn mounts(bytes: &[u8]) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    let mut at = std::collections::HashMap::new();
    for mount in bytes.split(|byte| *byte == b'\n').take(MOST_LINES).filter_map(mount) {
        if let Some(&index) = at.get(&mount.point) {
            if let Some(covered) = mounts.get_mut::<usize>(index) {
                *covered = mount;
            }
        } else {
            at.insert(mount.point.clone(), mounts.len());
            mounts.push(mount);
        }
    }
    mounts
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let device = fields.nth(2)?;
    let (root, point, options) = (fields.next()?, fields.next()?, fields.next()?);
    // Any number of optional fields ends with a hyphen.
    fields.find(|field| *field == b"-")?;
    let (kind, source) = (fields.next()?, fields.next().unwrap_or_default());
    Some(Mount {
        device: String::from_utf8_lossy(device).into_owned(),
        root: path(root),
        point: path(point),
        read_only: is_read_only(options),
        read_only_below: is_read_only(fields.next().unwrap_or_default()),
        kind: String::from_utf8_lossy(kind).into_owned(),
        source: String::from_utf8_lossy(&unescaped(source)).into_owned(),
    })
}

fn is_read_only(options: &[u8]) -> bool {
    options.split(|byte| *byte == b',').any(|option| option == b"ro")
}

fn path(field: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(unescaped(field)))
}

/// The kernel writes space, tab, line feed, backslash and # as three octal digits.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, tail)) = rest.split_first() {
        if let (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) = (first, tail) {
            bytes.push(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'));
            rest = after;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mounts_with_strange_names() {
        let lines = b"36 35 98:0 /a\\040b /mnt/my\\040disk\\134x\\012y rw,noatime master:1 shared:2 - ext3 /dev/root rw\n\
            37 35 98:1 / /mnt/\xff\xfe ro,relatime - xfs /dev/sdb1 rw\n\
            38 35 0:50 / /mnt/none rw - nfs4 nas:/export\\040one rw,vers=4.2\n\
            short line\n39 35 0:51 / /mnt/x rw shared:1 no hyphen\n40 35 8:1 / /mnt/none rw - ext4 /dev/sda1 rw\n";
        let mounts = mounts(lines);
        assert_eq!(mounts.len(), 3);
        assert_eq!(mounts[0].point, Path::new("/mnt/my disk\\x\ny"));
        assert_eq!((mounts[0].root.as_path(), mounts[0].read_only), (Path::new("/a b"), false));
        assert_eq!(mounts[1].point.as_os_str(), OsStr::from_bytes(b"/mnt/\xff\xfe"));
        assert!(mounts[1].read_only);
        // The later mount covers the earlier one.
        assert_eq!((mounts[2].kind.as_str(), mounts[2].source.as_str()), ("ext4", "/dev/sda1"));
    }

    #[test]
    fn escapes() {
        for (from, to) in [
            ("a\\040b", "a b"),
            ("\\134040", "\\040"),
            ("a\\04", "a\\04"),
            ("\\888", "\\888"),
            ("\\400", "\\400"),
            ("\\", "\\"),
        ] {
            assert_eq!(unescaped(from.as_bytes()), to.as_bytes(), "{from}");
        }
    }

    #[test]
    fn memory_of_old_and_odd_kernels() {
        let path = Path::new("/proc/meminfo");
        let old =
            memory(path, b"MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\n").unwrap();
        assert_eq!((old.available, old.cache), (400 * 1024, 300 * 1024));
        let odd = memory(
            path,
            "MemTotal: 10 kB\n\u{fffd}: 1\nMemAvailable: 99999999999999999999 kB\nMemFree:\n".as_bytes(),
        );
        assert_eq!(odd.unwrap().available, 0);
        assert_eq!(
            memory(path, b"").unwrap_err().to_string(),
            "/proc/meminfo could not be understood: there is no MemTotal in it. Is it a file of the Linux kernel?"
        );
    }

    #[test]
    fn cores_and_ticks() {
        let file =
            b"cpu  10 20 30 400 5 6 7 8 9 0\ncpu0 5 10 15 200 2 3 3 4 0 0\ncpu1 5 10 15 200 3 3 4 4 9 0\n\
            intr 5\nctxt 1\nbtime 1700000000\nprocesses 3\nprocs_running 1\nprocs_blocked 0\n";
        let stat = stat(Path::new("stat"), file).unwrap();
        assert_eq!(stat.cpu, Ticks { busy: 81, idle: 405 });
        assert_eq!((stat.cores, stat.booted_s), (2, Some(1_700_000_000)));
        let load = load(Path::new("loadavg"), b"0.10 2.05 3.99 2/345 6789\n").unwrap();
        assert_eq!(format!("{load:?}"), "[0.1, 2.05, 3.99]");
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), lines in "[ -~\\n]{0,400}") {
            for bytes in [bytes.as_slice(), lines.as_bytes()] {
                let path = Path::new("x");
                drop((stat(path, bytes), uptime(path, bytes), load(path, bytes), interfaces(path, bytes)));
                drop((memory(path, bytes), zfs(bytes), mounts(bytes)));
            }
        }
    }
}
