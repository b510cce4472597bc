//! How each container of the scene is made, and when it is in its state.

use serde_json::{Value, json};

use super::Role;

pub(crate) const PROJECTS: [&str; 2] = ["media", "data"];

/// Its project and service.
pub(crate) fn place(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Running => ("media", "sonarr"),
        Role::Healthy => ("media", "plex"),
        Role::Unhealthy => ("media", "jellyfin"),
        Role::Stopped => ("media", "radarr"),
        Role::CrashLooping => ("data", "nextcloud"),
        Role::OomKilled => ("data", "paperless"),
        Role::Finished => ("data", "backup"),
        Role::Failed => ("data", "migrate"),
        Role::Paused => ("data", "redis"),
    }
}

fn script(role: Role) -> &'static str {
    match role {
        Role::CrashLooping => "echo 'fatal: cannot open the database' >&2; exit 3",
        // containerd misses the death of a container that dies before it watches for it
        Role::OomKilled => "echo loading; /bin/busybox sleep 1; exec /bin/busybox tail /dev/zero",
        Role::Finished => "echo 'backup done, 12 files'; exit 0",
        Role::Failed => "echo 'error: migration 7 failed' >&2; exit 1",
        _ => "echo ready; echo 'warning: no transcoder' >&2; exec /bin/busybox sleep 86400",
    }
}

fn check(role: Role) -> Option<Value> {
    const SECOND: i64 = 1_000_000_000;
    let test = match role {
        Role::Healthy => "/bin/busybox echo fine",
        Role::Unhealthy => "/bin/busybox echo 'connection refused on :8096'; exit 1",
        _ => return None,
    };
    Some(json!({"Test": ["CMD-SHELL", test], "Interval": SECOND, "Timeout": 30 * SECOND, "Retries": 1}))
}

/// The body of its creation.
pub(crate) fn container(role: Role, image: &str, labels: &Value) -> Value {
    const MIB: u64 = 1024 * 1024;
    let memory = if role == Role::OomKilled { 8 * MIB } else { 64 * MIB };
    let policy = match role {
        Role::CrashLooping => "always",
        Role::OomKilled | Role::Finished | Role::Failed => "no",
        _ => "unless-stopped",
    };
    // the empty lists are those that docker and compose send
    let mut container = json!({
        "Image": image, "Cmd": ["/bin/busybox", "sh", "-c", script(role)], "Labels": labels,
        "Env": [format!("STEWARD_CANARY={}", crate::CANARY)],
        "HostConfig": {"NetworkMode": "none", "Memory": memory, "MemorySwap": memory,
            "RestartPolicy": {"Name": policy}, "Dns": [], "DnsOptions": [], "DnsSearch": [], "Devices": [],
            "Ulimits": [], "BlkioWeightDevice": [], "BlkioDeviceReadBps": [], "BlkioDeviceWriteBps": [],
            "BlkioDeviceReadIOps": [], "BlkioDeviceWriteIOps": []},
    });
    if let (Some(check), Some(fields)) = (check(role), container.as_object_mut()) {
        fields.insert("Healthcheck".into(), check);
    }
    container
}

/// Whether what `inspect` says is the state of the role.
pub(crate) fn is_there(role: Role, container: &Value) -> bool {
    let state = &container["State"];
    let exited = |code: i64| state["Status"] == "exited" && state["ExitCode"] == code;
    match role {
        Role::Running => state["Status"] == "running",
        Role::Healthy => state["Health"]["Status"] == "healthy",
        Role::Unhealthy => state["Health"]["Status"] == "unhealthy",
        Role::Stopped => exited(137),
        Role::CrashLooping => {
            state["Status"] == "restarting" && container["RestartCount"].as_u64().is_some_and(|n| n >= 2)
        }
        Role::OomKilled => exited(137) && state["OOMKilled"] == true,
        Role::Finished => exited(0),
        Role::Failed => exited(1),
        Role::Paused => state["Status"] == "paused",
    }
}
