//! One line per thing that must work, with the fix.

use serde_json::json;
use steward_core::ask::exit;
use steward_core::fleet::SourceError;
use steward_core::tell::{Severity, bytes};

use crate::config::Config;
use crate::console::Screen;

/// Less than this beside the database is too little, in bytes.
const ROOM: u64 = 512 * 1024 * 1024;

struct Finding {
    what: &'static str,
    severity: Severity,
    text: String,
    fix: &'static str,
}

pub async fn doctor(config: &Config, screen: &Screen) -> u8 {
    let mut found =
        vec![Finding { what: "configuration", severity: Severity::Ok, text: "valid".into(), fix: "" }];
    for warning in &config.warnings {
        found.push(Finding {
            what: "configuration",
            severity: Severity::Warning,
            text: warning.clone(),
            fix: "remove it, or leave it: it does nothing",
        });
    }
    found.push(data_dir(config));
    match crate::wiring::build(config).await {
        Ok(built) => {
            found.push(store(&built.store).await);
            found.push(room(config));
            found.push(engine(built.house.engine.info().await));
            found.push(usage(&built).await);
            found.push(host(&built).await);
            built.note_docker().await;
        }
        Err(error) => found.push(Finding {
            what: "start",
            severity: Severity::Critical,
            text: error.message,
            fix: "see the text",
        }),
    }
    let zone = config.zone.iana_name().unwrap_or("without a name");
    found.push(Finding { what: "time zone", severity: Severity::Ok, text: zone.to_owned(), fix: "" });

    let worst = found.iter().map(|f| f.severity).max().unwrap_or(Severity::Ok);
    let code = match worst {
        Severity::Ok => exit::OK,
        Severity::Warning | Severity::Unknown => exit::WARNING,
        Severity::Critical => exit::CRITICAL,
    };
    if screen.is_json() {
        let rows: Vec<_> = found
            .iter()
            .map(|f| json!({ "what": f.what, "state": f.severity, "text": f.text, "fix": f.fix }))
            .collect();
        let bad = found.iter().filter(|f| f.severity != Severity::Ok).count();
        let summary =
            if bad == 0 { "Everything that must work works".to_owned() } else { format!("{bad} to look at") };
        let verdict = match code {
            exit::OK => "ok",
            exit::WARNING => "warning",
            _ => "critical",
        };
        screen.object(Some("doctor"), verdict, code, &summary, &json!({ "checks": rows }), None);
        return code;
    }
    for finding in &found {
        let word = match finding.severity {
            Severity::Ok => "ok  ",
            Severity::Warning | Severity::Unknown => "WARN",
            Severity::Critical => "FAIL",
        };
        let fix = if finding.fix.is_empty() { String::new() } else { format!("  → {}", finding.fix) };
        screen.line(&format!(
            "{word}  {:<14} {}{fix}",
            finding.what,
            steward_core::tell::clean_line(&finding.text, 300)
        ));
    }
    code
}

fn data_dir(config: &Config) -> Finding {
    use std::os::unix::fs::PermissionsExt;
    let dir = &config.data_dir;
    let made = crate::wiring::make_private(dir).and_then(|()| std::fs::metadata(dir));
    match made {
        Err(error) => Finding {
            what: "data directory",
            severity: Severity::Critical,
            text: format!("{}: {error}", dir.display()),
            fix: "set STEWARD_DATA_DIR to a directory this user may write",
        },
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => Finding {
            what: "data directory",
            severity: Severity::Warning,
            text: format!("{} can be read by others", dir.display()),
            fix: "chmod 700 it",
        },
        Ok(_) => Finding {
            what: "data directory",
            severity: Severity::Ok,
            text: dir.display().to_string(),
            fix: "",
        },
    }
}

async fn store(
    store: &Result<steward_store::sqlite::SqliteStore, steward_core::ports::StoreError>,
) -> Finding {
    let what = "database";
    let store = match store {
        Ok(store) => store,
        Err(error) => {
            return Finding {
                what,
                severity: Severity::Critical,
                text: error.to_string(),
                fix: "questions are answered but not recorded",
            };
        }
    };
    match store.audit_verify().await {
        Ok(verified) => match verified.broken {
            None => Finding {
                what,
                severity: Severity::Ok,
                text: format!("opens; audit log intact, {} records", verified.records),
                fix: "",
            },
            Some(broken) => Finding {
                what,
                severity: Severity::Critical,
                text: broken.to_string(),
                fix: "somebody or something changed the audit log: compare with a backup",
            },
        },
        Err(error) => {
            Finding { what, severity: Severity::Critical, text: error.to_string(), fix: "see the text" }
        }
    }
}

fn room(config: &Config) -> Finding {
    let what = "room";
    match rustix::fs::statvfs(&config.data_dir) {
        Ok(fs) => {
            let free = fs.f_bavail.saturating_mul(fs.f_frsize);
            let severity = if free < ROOM { Severity::Warning } else { Severity::Ok };
            Finding {
                what,
                severity,
                text: format!("{} free beside the database", bytes(free)),
                fix: if free < ROOM { "make room" } else { "" },
            }
        }
        Err(error) => Finding { what, severity: Severity::Warning, text: error.to_string(), fix: "" },
    }
}

fn engine(
    info: Result<steward_core::fleet::Observed<steward_core::fleet::EngineInfo>, SourceError>,
) -> Finding {
    let what = "docker";
    match info {
        Ok(info) => {
            let text = format!(
                "{} answers (API {}), {} of {} containers run",
                info.value.version, info.value.api_version, info.value.running, info.value.containers
            );
            Finding { what, severity: Severity::Ok, text, fix: "" }
        }
        Err(SourceError::Absent(text)) => Finding {
            what,
            severity: Severity::Warning,
            text,
            fix: "install Docker, or set DOCKER_HOST; without it only the host is watched",
        },
        Err(error) => Finding {
            what,
            severity: Severity::Critical,
            text: error.to_string(),
            fix: "start the engine, or let this user read its socket",
        },
    }
}

/// Whether the cheap way to CPU and memory works.
async fn usage(built: &crate::wiring::House) -> Finding {
    let what = "container usage";
    let Ok(listed) = built.house.engine.containers().await else {
        return Finding { what, severity: Severity::Ok, text: "no containers to measure".into(), fix: "" };
    };
    let running: Vec<_> = listed.value.iter().filter(|c| c.is_running()).map(|c| c.id.clone()).collect();
    if running.is_empty() {
        return Finding { what, severity: Severity::Ok, text: "no containers to measure".into(), fix: "" };
    }
    let readable = built.docker.readable_by_files(&running);
    if readable == running.len() {
        Finding {
            what,
            severity: Severity::Ok,
            text: format!("cgroup files of {readable} containers can be read"),
            fix: "",
        }
    } else {
        let text = format!(
            "cgroup files of {readable} of {} containers can be read; the others are asked of Docker, which takes seconds",
            running.len()
        );
        Finding {
            what,
            severity: Severity::Warning,
            text,
            fix: "in a container: mount /sys/fs/cgroup of the host at /host/sys/fs/cgroup, read-only",
        }
    }
}

async fn host(built: &crate::wiring::House) -> Finding {
    let what = "host";
    match built.house.host.reading().await {
        Ok(reading) => {
            let host = reading.value;
            let silent = if host.silent_mounts.is_empty() {
                String::new()
            } else {
                format!(", {} do not answer", host.silent_mounts.len())
            };
            let severity = if host.silent_mounts.is_empty() { Severity::Ok } else { Severity::Warning };
            let text = format!(
                "{}: {} cores, {}, {} file systems{silent}",
                host.name,
                host.cores,
                bytes(host.memory.total_bytes),
                host.file_systems.len()
            );
            Finding { what, severity, text, fix: "" }
        }
        Err(error) => Finding {
            what,
            severity: Severity::Critical,
            text: error.to_string(),
            fix: "in a container: mount /proc of the host at /host/proc, read-only",
        },
    }
}
