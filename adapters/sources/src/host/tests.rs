use std::{
    collections::HashMap,
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    process::Command,
    sync::{Condvar, Mutex as Lock},
};

use tempfile::TempDir;

use super::*;

const GIB: u64 = 1 << 30;

/// A recorded machine: what is not said is a small plain one, without cgroups, sensors or ZFS.
struct Machine {
    directory: TempDir,
}

impl Machine {
    fn new(mountinfo: &[u8]) -> Self {
        let machine = Self { directory: tempfile::tempdir().unwrap() };
        machine.counters(1000.0, 1000, 9000, 0);
        machine.put("proc/meminfo", "MemTotal: 16777216 kB\nMemFree: 1048576 kB\nMemAvailable: 4194304 kB\nBuffers: 1024 kB\nCached: 2048 kB\nSwapTotal: 2097152 kB\nSwapFree: 1048576 kB\n");
        machine.put("proc/loadavg", "0.50 1.25 2.00 2/345 6789\n");
        machine.put("proc/1/mountinfo", mountinfo);
        machine.put("proc/sys/kernel/hostname", "nas\n");
        machine.put("proc/sys/kernel/osrelease", "6.8.12-4-pve\n");
        machine
    }

    fn put(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    fn counters(&self, uptime_s: f64, busy: u64, idle: u64, received: u64) {
        self.put("proc/uptime", format!("{uptime_s:.2} 4000.00\n"));
        self.put("proc/stat", format!("cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0 0 0\nctxt 1\nbtime 1700000000\nprocesses 1\n"));
        let line =
            |name: &str| format!("{name:>6}: {received} 1 0 0 0 0 0 0 {} 1 0 0 0 0 0 0\n", received / 2);
        let names = ["lo", "eth0", "vmbr0", "vethab12", "docker0", "br-0123456789ab", "br-lan", "tap104i0"];
        self.put("proc/1/net/dev", format!("a\nb\n{}", names.map(line).concat()));
    }

    fn config(&self) -> HostConfig {
        HostConfig {
            proc: self.directory.path().join("proc"),
            sys: self.directory.path().join("sys"),
            root: Some(PathBuf::from("/host/root")),
            deadline: Duration::from_secs(20),
            sample: Duration::from_millis(1),
        }
    }

    fn source(&self, spaces: &[(&str, Space)]) -> HostSource {
        HostSource::with_probe(self.config(), probe(spaces))
    }
}

/// Answers by path; others are not there.
fn probe(spaces: &[(&str, Space)]) -> Probe {
    let spaces: HashMap<PathBuf, Space> =
        spaces.iter().map(|(path, space)| (PathBuf::from(path), *space)).collect();
    Arc::new(move |path| spaces.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into()))
}

fn space(total: u64, free: u64) -> Space {
    Space {
        total_bytes: total * GIB,
        free_bytes: free * GIB,
        used_bytes: (total - free) * GIB,
        inodes_total: 1000,
        inodes_free: 900,
        ..Space::default()
    }
}

async fn read(source: &HostSource) -> HostReading {
    let now = Timestamp::from_second(1_700_001_000).unwrap();
    let observed = source.read(now).await.unwrap();
    assert_eq!(observed.at, now);
    observed.value
}

fn mounts(reading: &HostReading) -> Vec<&str> {
    reading.file_systems.iter().map(|row| row.mount.as_str()).collect()
}

#[tokio::test]
async fn a_zfs_machine() {
    let machine = Machine::new(
        b"20 1 0:20 / /proc rw - proc proc rw\n21 1 0:21 / /run rw - tmpfs tmpfs rw\n\
        30 1 0:30 / / rw - zfs rpool/ROOT/pve-1 rw,xattr\n31 30 0:31 / /rpool rw - zfs rpool rw\n\
        32 30 0:32 / /tank rw - zfs tank rw\n33 30 0:33 / /tank/media rw - zfs tank/media rw\n\
        34 30 0:34 / /tank/empty rw - zfs tank/empty rw\n35 30 0:33 / /srv/the-media rw - zfs tank/media rw\n\
        36 30 0:36 / /tank/.zfs/snapshot/daily ro - zfs tank@daily ro\n37 30 8:2 / /boot/efi rw - vfat /dev/sda2 rw\n",
    );
    machine.put(
        "proc/spl/kstat/zfs/arcstats",
        "9 1 0x01 147 39984 1 2\nname type data\nhits 4 12\nc_min 4 1073741824\nsize 4 5368709120\n",
    );
    let source = machine.source(&[
        ("/host/root/", space(100, 60)),
        ("/host/root/rpool", space(61, 60)),
        ("/host/root/tank", space(1000, 1000)),
        ("/host/root/tank/media", space(4000, 1000)),
        ("/host/root/tank/empty", space(1000, 1000)),
        ("/host/root/boot/efi", space(1, 1)),
    ]);
    let reading = read(&source).await;
    assert_eq!(mounts(&reading), ["/", "/boot/efi", "/rpool", "/tank", "/tank/media"]);
    assert_eq!(reading.file_systems[3].also_at, ["/tank/empty"]);
    assert_eq!(reading.file_systems[4].also_at, ["/srv/the-media"]);
    assert_eq!(reading.file_systems[4].used_bytes, 3000 * GIB);
    // 4 GiB by the kernel's estimate, and 5 GiB of cache that shrink to 1.
    assert_eq!(reading.memory.available_bytes, 8 * GIB);
    assert_eq!((reading.memory.zfs_cache_bytes, reading.memory.total_bytes), (5 * GIB, 16 * GIB));
    assert_eq!(reading.memory.swap_used_bytes, GIB);
    assert_eq!((reading.name.as_str(), reading.kernel.as_str(), reading.cores), ("nas", "6.8.12-4-pve", 2));
    assert_eq!((reading.load, reading.uptime_s), ([0.5, 1.25, 2.0], 1000));
    assert_eq!(reading.booted, Timestamp::from_second(1_700_000_000).ok());
    assert_eq!(reading.unreadable, Vec::<String>::new());
}

#[tokio::test]
async fn available_memory_is_never_more_than_there_is() {
    let machine = Machine::new(b"");
    machine.put("proc/spl/kstat/zfs/arcstats", "size 4 99999999999999\nc_min 4 1\n");
    let reading = read(&machine.source(&[])).await;
    assert_eq!(reading.memory.available_bytes, 16 * GIB);
}

#[tokio::test]
async fn rates_against_the_previous_reading() {
    let machine = Machine::new(b"");
    let source = machine.source(&[]);
    let first = read(&source).await;
    // Both samples of the first reading are the same file.
    assert_eq!(first.cpu_percent, None);
    machine.counters(1010.0, 1250, 9750, 20_000);
    let second = read(&source).await;
    assert_eq!(second.cpu_percent, Some(25.0));
    let names: Vec<_> = second.network.iter().map(|rate| rate.interface.as_str()).collect();
    assert_eq!(names, ["br-lan", "eth0", "vmbr0"]);
    assert!((second.network[1].received_bytes_per_s - 2000.0).abs() < 1e-6);
    assert!((second.network[1].sent_bytes_per_s - 1000.0).abs() < 1e-6);
    // Too long ago to be "now": two new samples of the same file.
    machine.counters(1100.0, 2000, 9750, 30_000);
    assert_eq!(read(&source).await.cpu_percent, None);
    // The machine was started again: counters are smaller, nothing is made up.
    machine.counters(1105.0, 10, 20, 5);
    let restarted = read(&source).await;
    assert_eq!((restarted.cpu_percent, restarted.network.len()), (None, 0));
}

#[tokio::test]
async fn bind_mounts_and_subvolumes_are_one_row() {
    let machine = Machine::new(
        b"27 1 8:1 /var/lib/docker /var/lib/docker rw - ext4 /dev/sda1 rw\n28 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
        29 1 8:1 / /mnt/again ro - ext4 /dev/sda1 rw\n\
        40 1 0:40 /@home /mnt/pool/home rw - btrfs /dev/sdb rw,subvol=/@home\n41 1 0:40 /@ /mnt/pool rw - btrfs /dev/sdb rw\n\
        50 1 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n51 1 7:0 / /snap/x ro - squashfs /dev/loop0 ro\n\
        52 1 0:52 / /run/user/1000/doc rw - fuse.portal portal rw\n53 1 0:4 net:[1] /run/docker/netns/x rw - nsfs nsfs rw\n",
    );
    let source = machine.source(&[("/host/root/", space(100, 10)), ("/host/root/mnt/pool", space(500, 400))]);
    let reading = read(&source).await;
    assert_eq!(mounts(&reading), ["/", "/mnt/pool"]);
    assert_eq!(reading.file_systems[0].also_at, ["/mnt/again", "/var/lib/docker"]);
    assert_eq!(reading.file_systems[1].also_at, ["/mnt/pool/home"]);
    assert_eq!(reading.unreadable, Vec::<String>::new());
}

#[derive(Default)]
struct Gate(Lock<bool>, Condvar);

impl Gate {
    fn wait(&self) {
        let open = self.0.lock().unwrap();
        drop(self.1.wait_while(open, |open| !*open).unwrap());
    }

    fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }
}

#[tokio::test]
async fn a_hung_server_is_named_and_not_asked_again() {
    let machine = Machine::new(
        b"28 1 8:1 / / rw - ext4 /dev/sda1 rw\n29 1 0:60 / /mnt/nas rw - nfs4 nas:/export rw\n\
        30 1 0:61 / /mnt/alive rw - cifs //box/share rw\n31 1 0:62 / /mnt/stale rw - nfs nas:/old rw\n",
    );
    let (gate, asked) = (Arc::new(Gate::default()), Arc::new(Lock::new(0)));
    let (inner, count) = (Arc::clone(&gate), Arc::clone(&asked));
    let probe: Probe = Arc::new(move |path| match path.to_str() {
        Some("/host/root/mnt/nas") => {
            *count.lock().unwrap() += 1;
            inner.wait();
            Ok(space(8, 2))
        }
        Some("/host/root/mnt/stale") => Err(io::ErrorKind::StaleNetworkFileHandle.into()),
        _ => Ok(space(4, 1)),
    });
    let config = HostConfig { deadline: Duration::from_millis(400), ..machine.config() };
    let source = HostSource::with_probe(config, probe);
    for _ in 0..3 {
        let reading = read(&source).await;
        assert_eq!(reading.silent_mounts, ["/mnt/nas"]);
        assert_eq!(mounts(&reading), ["/", "/mnt/alive"]);
        assert_eq!(reading.unreadable.len(), 1);
        assert!(
            reading.unreadable[0].starts_with("The size of /mnt/stale (nfs on nas:/old) could not be read: ")
        );
        assert!(reading.unreadable[0].ends_with(". Mount it again"));
    }
    assert_eq!(*asked.lock().unwrap(), 1);
    gate.open();
    let mut reading = read(&source).await;
    while !reading.silent_mounts.is_empty() {
        reading = read(&source).await;
    }
    assert_eq!(mounts(&reading), ["/", "/mnt/alive", "/mnt/nas"]);
}

#[tokio::test]
async fn read_only_after_a_disk_error_and_removed_mounts() {
    let machine = Machine::new(
        b"28 1 8:1 / / rw - ext4 /dev/sda1 ro,errors=remount-ro\n29 1 8:2 / /a ro - ext4 /dev/sda2 rw\n\
        30 1 8:3 / /b rw shared:1 master:2 - ext4 /dev/sda3 rw,ro_not\n31 1 8:4 / /gone//deleted rw - ext4 /dev/sda4 rw\n",
    );
    let source = machine.source(&[
        ("/host/root/", space(9, 1)),
        ("/host/root/a", space(9, 1)),
        ("/host/root/b", space(9, 1)),
    ]);
    let reading = read(&source).await;
    let rows: Vec<_> = reading.file_systems.iter().map(|row| (row.mount.as_str(), row.read_only)).collect();
    assert_eq!(rows, [("/", true), ("/a", true), ("/b", false)]);
    assert_eq!(reading.unreadable, Vec::<String>::new());
}

#[tokio::test]
async fn thousands_of_mounts() {
    let line = |n: u32| {
        let kind = if n.is_multiple_of(3) { "ext4" } else { "overlay" };
        format!("{n} 1 9:{n} / /m/{n} rw - {kind} /dev/x{n} rw\n")
    };
    let lines: String = (0..9000).map(line).collect();
    let machine = Machine::new(lines.as_bytes());
    let probe: Probe = Arc::new(|_| Ok(space(4, 1)));
    let reading = read(&HostSource::with_probe(machine.config(), probe)).await;
    assert_eq!(reading.file_systems.len(), 1024);
    assert_eq!(reading.unreadable.len(), 1);
    assert!(reading.unreadable[0].starts_with("1976 more file systems were not asked for their size"));
}

#[tokio::test]
async fn hostile_mount_names() {
    let long = "x".repeat(3000);
    let mut lines =
        b"28 1 8:1 / /mnt/a\\012\x1b[31mred\x7f\xe2\x80\xae rw - ext4 /dev/\x1b]0;x\x07 rw\n".to_vec();
    lines.extend(b"29 1 8:2 / /mnt/\xff\xfe\\040b rw - ext4 /dev/sdb rw\n");
    lines.extend(format!("30 1 8:3 / /mnt/{long} rw - ext4 /dev/sdc rw\n").bytes());
    let machine = Machine::new(&lines);
    let seen = Arc::new(Lock::new(Vec::new()));
    let inner = Arc::clone(&seen);
    let probe: Probe = Arc::new(move |path| {
        inner.lock().unwrap().push(path.to_owned());
        Ok(space(4, 1))
    });
    let reading = read(&HostSource::with_probe(machine.config(), probe)).await;
    assert_eq!(reading.file_systems.len(), 3);
    for row in &reading.file_systems {
        assert!(
            !row.mount.chars().any(char::is_control) && !row.mount.contains('\u{202e}'),
            "{:?}",
            row.mount
        );
        assert!(!row.device.chars().any(char::is_control), "{:?}", row.device);
        assert!(row.mount.chars().count() <= 200);
    }
    // The kernel is asked with the bytes as they are.
    let raw = PathBuf::from(OsStr::from_bytes(b"/host/root/mnt/\xff\xfe b"));
    assert!(seen.lock().unwrap().contains(&raw));
}

#[tokio::test]
async fn in_a_container_with_the_host_mounted() {
    let machine =
        Machine::new(b"28 1 8:1 / / rw - ext4 /dev/sda1 rw\n29 28 8:2 / /data rw - xfs /dev/sdb rw\n");
    machine.put("root/etc/hostname", "attic\n");
    let root = machine.directory.path().join("root");
    let (whole, data) = (root.join(""), root.join("data"));
    let spaces = [(whole.to_str().unwrap(), space(10, 5)), (data.to_str().unwrap(), space(20, 5))];
    let config = HostConfig { root: Some(root.clone()), ..machine.config() };
    let reading = read(&HostSource::with_probe(config, probe(&spaces))).await;
    assert_eq!((reading.name.as_str(), mounts(&reading)), ("attic", vec!["/", "/data"]));
}

#[tokio::test]
async fn in_a_container_that_sees_only_proc() {
    let machine =
        Machine::new(b"28 1 8:1 / / rw - ext4 /dev/sda1 rw\n29 28 8:2 / /data rw - xfs /dev/sdb rw\n");
    let config = HostConfig { root: None, ..machine.config() };
    let overlay = Space { overlay: true, ..space(10, 5) };
    let reading = read(&HostSource::with_probe(config, probe(&[("/", overlay)]))).await;
    // The disk below the container is better than none.
    assert_eq!((mounts(&reading), reading.file_systems[0].kind.as_str()), (vec!["/"], "overlay"));
    assert_eq!(reading.unreadable.len(), 1);
    let reason =
        "File systems of the host that cannot be seen from this container: 2. Mount the host's / read-only";
    assert!(reading.unreadable[0].starts_with(reason));
}

#[tokio::test]
async fn in_a_container_without_the_host() {
    let own = b"28 1 0:28 / / rw - overlay overlay rw,lowerdir=x\n29 28 8:1 /c/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n\
        30 28 0:30 / /dev rw - tmpfs tmpfs rw\n";
    let machine = Machine::new(own);
    let config = HostConfig { root: None, ..machine.config() };
    let overlay = Space { overlay: true, ..space(10, 5) };
    let reading = read(&HostSource::with_probe(config.clone(), probe(&[("/", overlay)]))).await;
    assert_eq!((mounts(&reading), reading.file_systems[0].kind.as_str()), (vec!["/"], "overlay"));
    let with_volume = [own.as_slice(), b"31 28 8:1 /v /data rw - ext4 /dev/sda1 rw\n"].concat();
    machine.put("proc/1/mountinfo", with_volume);
    let reading =
        read(&HostSource::with_probe(config, probe(&[("/", overlay), ("/data", space(9, 3))]))).await;
    assert_eq!(mounts(&reading), ["/data"]);
}

#[tokio::test]
async fn own_mounts_where_process_1_hides_its_own() {
    let machine = Machine::new(b"");
    fs::remove_file(machine.directory.path().join("proc/1/mountinfo")).unwrap();
    machine.put(
        "proc/self/mountinfo",
        "28 1 0:28 / / rw - overlay overlay rw\n29 28 8:1 / /host/root ro - ext4 /dev/sda1 rw\n\
        30 29 8:2 / /host/root/boot ro - ext4 /dev/sda2 rw\n",
    );
    let source = machine.source(&[("/host/root/", space(10, 5)), ("/host/root/boot", space(1, 1))]);
    let reading = read(&source).await;
    assert_eq!(mounts(&reading), ["/", "/boot"]);
    assert!(reading.unreadable.iter().any(|text| text.contains("proc/1/mountinfo could not be read")));
}

#[tokio::test]
async fn temperatures() {
    let machine = Machine::new(b"");
    let chip = |path: &str, text: &str| machine.put(&format!("sys/class/hwmon/{path}"), text);
    chip("hwmon0/name", "coretemp\n");
    chip("hwmon0/temp1_input", "51000\n");
    chip("hwmon0/temp1_label", "Package id 0\n");
    chip("hwmon0/temp1_crit", "100000\n");
    chip("hwmon0/temp2_input", "-128000\n");
    chip("hwmon0/temp3_input", "255000\n");
    chip("hwmon0/temp4_input", "0\n");
    chip("hwmon0/temp5_input", "hot\n");
    for (number, disk) in [(1, "nvme0"), (2, "nvme1")] {
        chip(&format!("hwmon{number}/name"), "nvme\n");
        chip(&format!("hwmon{number}/temp1_input"), "40850\n");
        chip(&format!("hwmon{number}/temp1_label"), "Compo\u{1b}site\n");
        chip(&format!("hwmon{number}/temp1_crit"), "0\n");
        let link = machine.directory.path().join(format!("sys/class/hwmon/hwmon{number}/device"));
        symlink(format!("../../{disk}"), link).unwrap();
    }
    let reading = read(&machine.source(&[])).await;
    let found: Vec<_> =
        reading.temperatures.iter().map(|t| (t.sensor.as_str(), t.celsius, t.critical_celsius)).collect();
    assert_eq!(
        found,
        [
            ("coretemp: Package id 0", 51.0, Some(100.0)),
            ("nvme: Compo\u{fffd}site (nvme0)", 40.85, None),
            ("nvme: Compo\u{fffd}site (nvme1)", 40.85, None),
        ]
    );
}

#[tokio::test]
async fn thermal_zones_where_no_chip_reports() {
    let machine = Machine::new(b"");
    machine.put("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
    machine.put("sys/class/thermal/thermal_zone0/temp", "48312\n");
    machine.put("sys/class/thermal/thermal_zone0/trip_point_0_type", "passive\n");
    machine.put("sys/class/thermal/thermal_zone0/trip_point_1_type", "critical\n");
    machine.put("sys/class/thermal/thermal_zone0/trip_point_1_temp", "110000\n");
    let reading = read(&machine.source(&[])).await;
    assert_eq!(reading.temperatures.len(), 1);
    assert_eq!(reading.temperatures[0].sensor, "cpu-thermal");
    assert_eq!(reading.temperatures[0].critical_celsius, Some(110.0));
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let machine = Machine::new(b"");
    machine.put("proc/loadavg", "busy\n");
    fs::remove_file(machine.directory.path().join("proc/1/net/dev")).unwrap();
    let source = machine.source(&[]);
    let reading = read(&source).await;
    assert_eq!(reading.unreadable.len(), 2);
    assert!(reading.unreadable[1].contains("loadavg could not be understood"));
    // Without processor or memory there is no reading. Never seen, nobody misses it; seen, something is wrong.
    fs::remove_file(machine.directory.path().join("proc/stat")).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let fault = source.read(now).await.unwrap_err();
    assert!(matches!(&fault, SourceError::Unknown(text) if text.contains("proc/stat could not be read")));
    let fault = machine.source(&[]).read(now).await.unwrap_err();
    assert!(matches!(&fault, SourceError::Absent(text) if text.contains("mount the host's /proc")));
}

/// This machine, against `df`.
#[tokio::test]
async fn free_space_is_what_df_says() {
    let source = HostSource::new(HostConfig::default());
    let reading = read(&source).await;
    assert!(reading.cores > 0 && reading.memory.total_bytes > 0 && reading.uptime_s > 0);
    let Some(row) = reading.file_systems.iter().min_by_key(|row| row.mount.len()) else {
        assert!(!reading.unreadable.is_empty(), "no file system, and no reason: {reading:?}");
        return;
    };
    let output =
        Command::new("df").args(["-B1", "--output=avail,used,size"]).arg(&row.mount).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<u64> =
        text.lines().nth(1).unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect();
    assert!(figures[0].abs_diff(row.free_bytes) < GIB / 4, "df {} and {}", figures[0], row.free_bytes);
    assert!(figures[1].abs_diff(row.used_bytes) < GIB / 4, "df {} and {}", figures[1], row.used_bytes);
    assert_eq!(figures[2], row.total_bytes);
    if row.mount == "/" {
        let again = read(&source).await;
        assert!(again.cpu_percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)));
    }
}
