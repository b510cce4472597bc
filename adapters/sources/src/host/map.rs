//! From the words of the kernel to a [`HostReading`]'s.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use steward_core::fleet::{FileSystem, Memory, NetworkRate};

use super::{
    client::{Counters, Space},
    wire::{self, Interface, Mount, Ticks, ZfsCache},
};

/// Longer names are cut.
const MOST_CHARS: usize = 200;
/// Other mount points of one file system that are listed.
const MOST_ALSO: usize = 32;
const MOST_RATES: usize = 64;
/// File systems that are asked for their size.
const MOST_GROUPS: usize = 1024;

/// A name for people: one line, no control or direction characters, whatever the bytes.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().take(MOST_CHARS).map(|c| if bad(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

// --- processor, memory, network -------------------------------------------------------------------------------------

/// Of all cores. Time waiting for disks is idle time, as in `top`.
pub(super) fn cpu_percent(before: Ticks, after: Ticks) -> Option<f64> {
    let busy = after.busy.checked_sub(before.busy)?;
    // The time waiting for disks may be corrected downwards (proc(5)).
    let idle = after.idle.saturating_sub(before.idle);
    let total = busy.saturating_add(idle);
    (total > 0).then(|| busy as f64 * 100.0 / total as f64)
}

/// The kernel does not count the cache of ZFS as available, though it shrinks on demand to its minimum.
pub(super) fn memory(read: wire::Memory, zfs: Option<ZfsCache>) -> Memory {
    let shrinks = zfs.map_or(0, |cache| cache.size.saturating_sub(cache.least));
    Memory {
        total_bytes: read.total,
        available_bytes: read.available.saturating_add(shrinks).min(read.total),
        cache_bytes: read.cache,
        zfs_cache_bytes: zfs.map_or(0, |cache| cache.size),
        swap_total_bytes: read.swap_total,
        swap_used_bytes: read.swap_total.saturating_sub(read.swap_free),
    }
}

/// Cards, bonds, VLANs and bridges. Not: the loopback, one end of a pair (veth, taps of virtual machines), the bridges
/// that Docker makes for its networks and what firewalls and overlays add: their bytes are counted where they pass a
/// card, or never leave the machine. Told apart by name, as /sys shows a container only its own interfaces.
fn is_shown(name: &str) -> bool {
    const INNER: &[&str] = &[
        "lo",
        "veth",
        "docker",
        "cni",
        "flannel",
        "cali",
        "cilium",
        "lxc",
        "vnet",
        "tap",
        "tun",
        "fwbr",
        "fwpr",
        "fwln",
        "ifb",
        "dummy",
        "sit",
        "ip6tnl",
        "tunl",
        "gre",
        "erspan",
        "ip_vti",
        "ip6_vti",
        "nlmon",
        "kube-",
        "podman",
        "wg",
        "tailscale",
        "zt",
    ];
    let of_docker = name
        .strip_prefix("br-")
        .is_some_and(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let inner = INNER.iter().any(|inner| match *inner {
        "lo" => name == "lo",
        "lxc" => name.starts_with("lxc") && !name.starts_with("lxcbr"),
        _ => name.starts_with(inner),
    });
    !of_docker && !inner
}

/// An interface that is new, or whose counters began again, has no rate yet.
pub(super) fn rates(before: &Counters, after: &Counters, seconds: f64) -> Vec<NetworkRate> {
    if seconds <= 0.0 {
        return Vec::new();
    }
    let rate = |interface: &Interface| {
        let at = before.network.binary_search_by(|old| old.name.cmp(&interface.name)).ok()?;
        let old = before.network.get(at)?;
        Some(NetworkRate {
            interface: shown(Path::new(&interface.name)),
            received_bytes_per_s: interface.received_bytes.checked_sub(old.received_bytes)? as f64 / seconds,
            sent_bytes_per_s: interface.sent_bytes.checked_sub(old.sent_bytes)? as f64 / seconds,
        })
    };
    after
        .network
        .iter()
        .filter(|interface| is_shown(&interface.name))
        .filter_map(rate)
        .take(MOST_RATES)
        .collect()
}

// --- file systems ---------------------------------------------------------------------------------------------------

/// Kinds that keep nothing, or nothing that can fill up: kernel interfaces, memory, images that are always full.
const PSEUDO: &[&str] = &[
    "autofs",
    "bdev",
    "bpf",
    "binder",
    "binfmt_misc",
    "cgroup",
    "cgroup2",
    "configfs",
    "cramfs",
    "debugfs",
    "devfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nfsd",
    "none",
    "nsfs",
    "pipefs",
    "proc",
    "pstore",
    "ramfs",
    "resctrl",
    "rootfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smackfs",
    "sockfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "udf",
    "fuse.portal",
    "fuse.gvfsd-fuse",
    "fuse.lxcfs",
    "fuse.snapfuse",
    "fuse.squashfuse",
    "fuse.xdg-document-portal",
    "fuse.doc-portal",
    "fuse.vmware-vmblock",
    "fuse.rofiles-fuse",
];

/// Layers of a container: the space is that of a file system below.
const LAYERED: &[&str] = &["overlay", "overlayfs", "aufs", "fuse.fuse-overlayfs", "fuse-overlayfs"];

/// A server, or a program, answers for them.
fn is_remote(kind: &str) -> bool {
    const REMOTE: &[&str] = &[
        "nfs",
        "nfs3",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "coda",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "ocfs2",
        "orangefs",
        "gfs2",
        "vboxsf",
        "virtiofs",
    ];
    REMOTE.contains(&kind) || kind.starts_with("fuse.")
}

fn is_nobodys(mount: &Mount) -> bool {
    // Files that container engines put into every container.
    const FILES: &[&str] =
        &["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log", "/run/.containerenv"];
    let point = mount.point.to_string_lossy();
    FILES.contains(&point.as_ref())
        // The directory was removed while something was mounted on it.
        || point.ends_with("//deleted")
        || point.contains("/.zfs/snapshot/")
        || (mount.kind == "zfs" && point.contains("/docker/zfs/graph/"))
}

/// One file system with all its mounts: the best one, which is asked, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub mount: Mount,
    pub others: Vec<PathBuf>,
    pub layered: bool,
}

/// The real file systems, once each. All mounts of one device are one row: bind mounts, and the subvolumes of btrfs,
/// which share all space. The row is named after the mount that shows the whole of it, the one with the shortest path if
/// several do or none does. Local ones come first. Also says how many there are beyond [`MOST_GROUPS`].
pub(super) fn groups(mounts: Vec<Mount>) -> (Vec<Group>, usize) {
    let mut devices: BTreeMap<String, Vec<Mount>> = BTreeMap::new();
    for mount in mounts {
        let layered = LAYERED.contains(&mount.kind.as_str());
        let wanted =
            if layered { mount.point == Path::new("/") } else { !PSEUDO.contains(&mount.kind.as_str()) };
        if wanted && !is_nobodys(&mount) {
            devices.entry(mount.device.clone()).or_default().push(mount);
        }
    }
    let mut groups: Vec<Group> = devices.into_values().filter_map(group).collect();
    groups.sort_by_cached_key(|group| (is_remote(&group.mount.kind), group.mount.point.clone()));
    let unasked = groups.len().saturating_sub(MOST_GROUPS);
    groups.truncate(MOST_GROUPS);
    (groups, unasked)
}

fn group(mut mounts: Vec<Mount>) -> Option<Group> {
    mounts.sort_by_cached_key(|mount| {
        (mount.root != Path::new("/"), mount.point.as_os_str().len(), mount.point.clone())
    });
    let mut mounts = mounts.into_iter();
    let mount = mounts.next()?;
    let layered = LAYERED.contains(&mount.kind.as_str());
    Some(Group { mount, others: mounts.map(|mount| mount.point).collect(), layered })
}

/// What came of asking the file systems.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Spaces {
    pub rows: Vec<FileSystem>,
    pub silent: Vec<String>,
    pub unreadable: Vec<String>,
}

/// `elsewhere`: these are the mounts of another name space, and no root of it is known.
pub(super) fn spaces(groups: Vec<Group>, answers: Vec<Option<io::Result<Space>>>, elsewhere: bool) -> Spaces {
    let mut result = Spaces::default();
    let mut layered = None;
    let mut unseen = 0_usize;
    for (group, answer) in groups.into_iter().zip(answers) {
        let name = shown(&group.mount.point);
        match answer {
            None => result.silent.push(name),
            // What answers is the container's own root, not the file system of the host.
            Some(Ok(space)) if space.overlay && !group.layered => {
                unseen += 1;
                if group.mount.point == Path::new("/") {
                    let (kind, source) = ("overlay".to_owned(), "overlay".to_owned());
                    let mount = Mount { kind, source, ..group.mount };
                    layered = Some(row(&Group { mount, others: Vec::new(), layered: true }, space));
                }
            }
            // A kind of pseudo file system that is not in the list.
            Some(Ok(space)) if space.total_bytes == 0 => {}
            Some(Ok(space)) if group.layered => layered = Some(row(&group, space)),
            Some(Ok(space)) => result.rows.push(row(&group, space)),
            Some(Err(error)) if elsewhere && error.kind() == io::ErrorKind::NotFound => unseen += 1,
            Some(Err(error)) => result.unreadable.push(format!(
                "The size of {name} ({} on {}) could not be read: {error}. {}",
                shown(Path::new(&group.mount.kind)),
                shown(Path::new(&group.mount.source)),
                advice(&error)
            )),
        }
    }
    if unseen > 0 {
        result.unreadable.push(format!(
            "File systems of the host that cannot be seen from this container: {unseen}. Mount the host's / read-only into \
             it (-v /:/host/root:ro) and name that place as the root of the host"
        ));
    }
    result.rows = datasets_folded(result.rows);
    if result.rows.is_empty() {
        result.rows.extend(layered);
    }
    result
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "Allow this user to enter the directories above it",
        io::ErrorKind::StaleNetworkFileHandle | io::ErrorKind::NotConnected => "Mount it again",
        io::ErrorKind::NotFound => {
            "It was unmounted meanwhile, or the root of the host is not where it is said to be"
        }
        _ => "Look into the kernel log (dmesg)",
    }
}

fn row(group: &Group, space: Space) -> FileSystem {
    FileSystem {
        mount: shown(&group.mount.point),
        device: shown(Path::new(&group.mount.source)),
        kind: shown(Path::new(&group.mount.kind)),
        total_bytes: space.total_bytes,
        free_bytes: space.free_bytes,
        used_bytes: space.used_bytes,
        inodes_total: space.inodes_total,
        inodes_free: space.inodes_free.min(space.inodes_total),
        read_only: group.mount.read_only || group.mount.read_only_below,
        also_at: group.others.iter().take(MOST_ALSO).map(|path| shown(path)).collect(),
    }
}

/// The datasets of a ZFS pool share its free space, and the total of each is what it holds plus that. Datasets stay rows
/// of their own, as people ask for them by name, except those of one pool with the same figures: they hold nothing of
/// their own, and are listed with the one that has the shortest path.
fn datasets_folded(rows: Vec<FileSystem>) -> Vec<FileSystem> {
    let mut kept: Vec<FileSystem> = Vec::new();
    let mut first: BTreeMap<(String, u64, u64), usize> = BTreeMap::new();
    let mut rows = rows;
    rows.sort_by(|a, b| (a.mount.len(), &a.mount).cmp(&(b.mount.len(), &b.mount)));
    for row in rows {
        let pool = row.device.split('/').next().unwrap_or_default().to_owned();
        let key = (pool, row.total_bytes, row.free_bytes);
        if row.kind == "zfs"
            && let Some(same) = first.get(&key).and_then(|at| kept.get_mut(*at))
        {
            let room = MOST_ALSO.saturating_sub(same.also_at.len());
            same.also_at.extend(std::iter::once(row.mount).chain(row.also_at).take(room));
            continue;
        }
        if row.kind == "zfs" {
            first.insert(key, kept.len());
        }
        kept.push(row);
    }
    kept.sort_by(|a, b| a.mount.cmp(&b.mount));
    kept
}
