//! One container in full, and its statistics.

use serde_json::{Map, Value, json};

use super::container::{Container, Port, RunState};
use super::words::rfc3339;
use super::world::{World, id_of};

pub(crate) fn image_id(container: &Container) -> String {
    format!("sha256:{}", id_of(&container.image))
}

/// A number below `limit` that stays the same for one container.
fn number_of(container: &Container, limit: u64) -> u64 {
    container.id.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % limit
}

pub(crate) fn network_mode(container: &Container) -> &str {
    if container.network == "bridge" { "default" } else { &container.network }
}

fn connected(container: &Container) -> bool {
    matches!(container.state, RunState::Running | RunState::Paused)
}

fn addresses(container: &Container) -> (String, String, String) {
    if !connected(container) || container.network == "none" {
        return Default::default();
    }
    let host = 2 + number_of(container, 65_000);
    let (high, low) = (host / 256, host % 256);
    ("172.17.0.1".into(), format!("172.17.{high}.{low}"), format!("02:42:ac:11:{high:02x}:{low:02x}"))
}

pub(crate) fn networks(container: &Container) -> Value {
    let (gateway, address, mac) = addresses(container);
    let prefix = if address.is_empty() { 0 } else { 16 };
    let endpoint =
        if connected(container) { id_of(&format!("endpoint {}", container.id)) } else { String::new() };
    json!({&container.network: {
        "IPAMConfig": null, "Links": null, "Aliases": null, "NetworkID": id_of(&format!("network {}", container.network)),
        "EndpointID": endpoint, "Gateway": gateway, "IPAddress": address, "IPPrefixLen": prefix, "IPv6Gateway": "",
        "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "MacAddress": mac, "DriverOpts": null}})
}

pub(crate) fn row_ports(container: &Container) -> Vec<Value> {
    if !connected(container) {
        return Vec::new();
    }
    let one = |port: &Port| {
        match port.public {
        None => vec![json!({"PrivatePort": port.container, "Type": port.protocol})],
        Some(public) => ["0.0.0.0", "::"]
            .iter()
            .map(|ip| {
                json!({"IP": ip, "PrivatePort": port.container, "PublicPort": public, "Type": port.protocol})
            })
            .collect(),
    }
    };
    container.ports.iter().flat_map(one).collect()
}

fn state(c: &Container) -> Value {
    let mut state = json!({
        "Status": c.state.word(), "Running": c.state.is_up(), "Paused": c.state == RunState::Paused,
        "Restarting": c.state == RunState::Restarting, "OOMKilled": c.oom_killed, "Dead": c.state == RunState::Dead,
        "Pid": if connected(c) { 1_000 + number_of(c, 30_000) } else { 0 },
        "ExitCode": c.exit_code, "Error": c.error, "StartedAt": rfc3339(c.started), "FinishedAt": rfc3339(c.finished),
    });
    if let (Some(health), Some(state)) = (&c.health, state.as_object_mut()) {
        let log: Vec<Value> = c
            .probes
            .iter()
            .map(|p| {
                json!({"Start": rfc3339(Some(p.start)), "End": rfc3339(Some(p.end)), "ExitCode": p.exit_code,
                    "Output": p.output})
            })
            .collect();
        let said = json!({"Status": health.word(), "FailingStreak": c.failing_streak, "Log": log});
        state.insert("Health".into(), said);
    }
    state
}

fn host_config(c: &Container) -> Value {
    let mut config: Map<String, Value> = serde_json::from_str(include_str!("host_config.json"))
        .expect("host_config.json beside this file is JSON");
    let bindings: Map<String, Value> = c
        .ports
        .iter()
        .filter_map(|p| {
            let public = p.public?.to_string();
            Some((format!("{}/{}", p.container, p.protocol), json!([{"HostIp": "", "HostPort": public}])))
        })
        .collect();
    config.insert("PortBindings".into(), bindings.into());
    config.insert("NetworkMode".into(), network_mode(c).into());
    config.insert("RestartPolicy".into(), json!({"Name": c.restart_policy, "MaximumRetryCount": 0}));
    config.insert("Memory".into(), c.memory_limit.into());
    config.insert("MemorySwap".into(), (c.memory_limit * 2).into());
    config.into()
}

fn config(c: &Container) -> Value {
    let mut config = json!({
        "Hostname": c.id.get(..12), "Domainname": "", "User": "", "AttachStdin": false, "AttachStdout": false,
        "AttachStderr": false, "Tty": c.tty, "OpenStdin": false, "StdinOnce": false, "Env": c.env, "Cmd": c.command,
        "Image": c.image, "Volumes": null, "WorkingDir": "", "Entrypoint": null, "OnBuild": null, "Labels": c.labels,
    });
    if let Some(fields) = config.as_object_mut() {
        if !c.ports.is_empty() {
            let exposed: Map<String, Value> =
                c.ports.iter().map(|p| (format!("{}/{}", p.container, p.protocol), json!({}))).collect();
            fields.insert("ExposedPorts".into(), exposed.into());
        }
        if c.health.is_some() {
            let check = json!({"Test": ["CMD-SHELL", "check"], "Interval": 30_000_000_000_i64, "Timeout": 10_000_000_000_i64, "Retries": 3});
            fields.insert("Healthcheck".into(), check);
        }
    }
    config
}

fn network_settings(c: &Container) -> Value {
    let (gateway, address, mac) = addresses(c);
    let ports: Map<String, Value> = if connected(c) {
        c.ports
            .iter()
            .map(|p| {
                let open = p.public.map(|public| {
                    json!([{"HostIp": "0.0.0.0", "HostPort": public.to_string()}, {"HostIp": "::", "HostPort": public.to_string()}])
                });
                (format!("{}/{}", p.container, p.protocol), open.unwrap_or(Value::Null))
            })
            .collect()
    } else {
        Map::new()
    };
    let sandbox = id_of(&format!("sandbox {}", c.id));
    json!({
        "Bridge": "", "SandboxID": sandbox, "HairpinMode": false, "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0, "Ports": ports, "SandboxKey": format!("/var/run/docker/netns/{}", &sandbox[..12]),
        "SecondaryIPAddresses": null, "SecondaryIPv6Addresses": null, "EndpointID": "", "Gateway": gateway,
        "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "IPAddress": address,
        "IPPrefixLen": if address.is_empty() { 0 } else { 16 }, "IPv6Gateway": "", "MacAddress": mac,
        "Networks": networks(c),
    })
}

pub(crate) fn inspect(_world: &World, c: &Container) -> Value {
    let home = format!("/var/lib/docker/containers/{}", c.id);
    let layer = |part: &str| format!("/var/lib/docker/overlay2/{}/{part}", id_of(&format!("layer {}", c.id)));
    json!({
        "Id": c.id, "Created": rfc3339(Some(c.created)), "Path": c.command.first().map_or("", String::as_str),
        "Args": c.command.get(1..).unwrap_or_default(), "State": state(c), "Image": image_id(c),
        "ResolvConfPath": format!("{home}/resolv.conf"), "HostnamePath": format!("{home}/hostname"),
        "HostsPath": format!("{home}/hosts"), "LogPath": format!("{home}/{}-json.log", c.id),
        "Name": format!("/{}", c.name), "RestartCount": c.restarts, "Driver": "overlay2", "Platform": "linux",
        "MountLabel": "", "ProcessLabel": "", "AppArmorProfile": "", "ExecIDs": null, "HostConfig": host_config(c),
        "GraphDriver": {"Data": {"LowerDir": layer("lower"), "MergedDir": layer("merged"), "UpperDir": layer("diff"),
            "WorkDir": layer("work")}, "Name": "overlay2"},
        "Mounts": [], "Config": config(c), "NetworkSettings": network_settings(c),
    })
}

fn cpu(world: &World, c: &Container, at: i64) -> Value {
    let up = (at - c.started.unwrap_or(at)).max(0) as u64;
    let used = (up as f64 * c.cpu_percent / 100.0) as u64;
    let share = used / u64::from(world.cpus.max(1));
    // the host has been up for thirty days when the container started
    let host = (up + 30 * 86_400 * 1_000_000_000) * u64::from(world.cpus);
    json!({
        "cpu_usage": {"total_usage": used, "percpu_usage": vec![share; world.cpus as usize],
            "usage_in_kernelmode": used / 4, "usage_in_usermode": used - used / 4},
        "system_cpu_usage": host, "online_cpus": world.cpus,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    })
}

/// One reading, as on a host with cgroup v1. Without `precpu` the earlier reading is empty (`one-shot`), and a
/// container that does not run has nothing to read.
pub(crate) fn stats(world: &World, c: &Container, precpu: bool) -> Value {
    const CACHE: u64 = 8 << 20;
    let nothing = json!({
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    });
    if !connected(c) {
        return json!({
            "read": rfc3339(None), "preread": rfc3339(None), "pids_stats": {}, "num_procs": 0, "storage_stats": {},
            "blkio_stats": {"io_service_bytes_recursive": null, "io_serviced_recursive": null,
                "io_queue_recursive": null, "io_service_time_recursive": null, "io_wait_time_recursive": null,
                "io_merged_recursive": null, "io_time_recursive": null, "sectors_recursive": null},
            "cpu_stats": nothing, "precpu_stats": nothing, "memory_stats": {}, "name": format!("/{}", c.name), "id": c.id,
        });
    }
    let now = world.now();
    let before = now - 1_000_000_000;
    let usage = c.memory_used + CACHE;
    let limit = if c.memory_limit == 0 { world.memory } else { c.memory_limit };
    let mut stats = json!({
        "read": rfc3339(Some(now)), "preread": rfc3339(precpu.then_some(before)), "pids_stats": {"current": 3},
        "blkio_stats": {
            "io_service_bytes_recursive": [
                {"major": 8, "minor": 0, "op": "Read", "value": 40 << 20},
                {"major": 8, "minor": 0, "op": "Write", "value": 4 << 20}],
            "io_serviced_recursive": [], "io_queue_recursive": [], "io_service_time_recursive": [],
            "io_wait_time_recursive": [], "io_merged_recursive": [], "io_time_recursive": [], "sectors_recursive": []},
        "num_procs": 0, "storage_stats": {}, "cpu_stats": cpu(world, c, now),
        "precpu_stats": if precpu { cpu(world, c, before) } else { nothing },
        "memory_stats": {"usage": usage, "max_usage": usage + CACHE, "limit": limit, "stats": {
            "active_anon": c.memory_used, "active_file": 0, "cache": CACHE, "inactive_anon": 0,
            "inactive_file": CACHE, "rss": c.memory_used, "total_active_anon": c.memory_used,
            "total_active_file": 0, "total_cache": CACHE, "total_inactive_anon": 0, "total_inactive_file": CACHE,
            "total_rss": c.memory_used, "hierarchical_memory_limit": limit, "pgfault": 4353, "pgmajfault": 0}},
        "name": format!("/{}", c.name), "id": c.id,
    });
    if let Some(fields) = stats.as_object_mut().filter(|_| c.network != "none") {
        let traffic = json!({"rx_bytes": 1 << 20, "rx_packets": 1_000, "rx_errors": 0, "rx_dropped": 0,
            "tx_bytes": 1 << 19, "tx_packets": 800, "tx_errors": 0, "tx_dropped": 0});
        fields.insert("networks".into(), json!({"eth0": traffic}));
    }
    stats
}
