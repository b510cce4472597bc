//! The six questions against a real engine, through a proxy that records every request: the answers are true, and
//! nothing but reads has reached the engine.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use steward_testkit::{RecordingProxy, Role, Scene, real_engine};

use crate::program::{Program, docker};

fn engine(test: &str) -> Option<PathBuf> {
    let engine = real_engine();
    if engine.is_none() {
        eprintln!("{test}: not run, no Docker engine answers here");
    }
    engine
}

fn row<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let rows = answer["data"]["containers"].as_array().unwrap();
    rows.iter().find(|r| r["name"] == name).unwrap_or_else(|| panic!("{name} is not among {rows:#?}"))
}

fn subjects(answer: &Value) -> Vec<(String, String)> {
    let problems = answer["data"]["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|p| (p["subject"].as_str().unwrap().to_owned(), p["severity"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn the_six_questions_are_answered_truly_and_only_reads_reach_the_engine() {
    let Some(socket) = engine("the_six_questions") else { return };
    let scene = Scene::start(&socket, "st-six-");
    let proxy = RecordingProxy::start(&socket);
    let program = Program::with_docker(&proxy.docker_host());
    let service = |role: Role| scene.get(role).service.clone();

    // 1. Is everything running correctly?
    let status = program.ask("Is everything running correctly?");
    assert_eq!(
        (status["verdict"].as_str(), status["exit"].as_i64()),
        (Some("critical"), Some(2)),
        "{status:#}"
    );
    let found = subjects(&status);
    for (role, severity) in [
        (Role::CrashLooping, "critical"),
        (Role::OomKilled, "critical"),
        (Role::Unhealthy, "warning"),
        (Role::Failed, "warning"),
        (Role::Paused, "warning"),
    ] {
        assert!(found.contains(&(service(role), severity.to_owned())), "{role:?} is not told: {found:?}");
    }
    for role in [Role::Running, Role::Healthy, Role::Finished, Role::Stopped] {
        assert!(
            !found.iter().any(|(subject, _)| *subject == service(role)),
            "{role:?} is no problem: {found:?}"
        );
    }

    // 2. What containers are currently running? Compared with `docker ps`.
    let listed = program.ask("What containers are currently running?");
    let ps = docker(&socket, &["ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}"]);
    let ps: Vec<Vec<&str>> = ps
        .lines()
        .map(|l| l.split(' ').collect())
        .filter(|l: &Vec<&str>| l[1].starts_with("st-six-"))
        .collect();
    assert_eq!(ps.len(), Role::ALL.len());
    for line in &ps {
        let ours = row(&listed, line[1]);
        assert_eq!(ours["id"], line[0]);
        // A crash loop is running and restarting in turn.
        if line[1] != scene.name(Role::CrashLooping) {
            assert_eq!(ours["state"], line[2], "{}", line[1]);
        }
    }
    assert_eq!(row(&listed, scene.name(Role::Unhealthy))["health"], "unhealthy");
    assert_eq!(row(&listed, scene.name(Role::Healthy))["health"], "healthy");

    // 3. Is any service unhealthy?
    let problems = program.ask("Is any service unhealthy?");
    assert!(matches!(problems["exit"].as_i64(), Some(1 | 2)), "{problems:#}");
    let names_it = problems["summary"].to_string() + &problems["data"].to_string();
    assert!(names_it.contains(&service(Role::Unhealthy)), "{problems:#}");

    // 4. How much disk space is left? Compared with `df`.
    let disk = program.ask("How much disk space is left?");
    let df = Command::new("df").args(["-B1", "--output=avail", "/"]).output().unwrap();
    let free: f64 = String::from_utf8_lossy(&df.stdout).lines().nth(1).unwrap().trim().parse().unwrap();
    let root = disk["data"]["file_systems"].as_array().unwrap().iter().find(|fs| fs["mount"] == "/").unwrap();
    let ours = root["free_bytes"].as_f64().unwrap();
    assert!((ours - free).abs() / free < 0.02, "df says {free}, we say {ours}");

    // 5. What is the current CPU and memory usage? Compared with the cgroup files.
    let usage = program.ask("What is the current CPU and memory usage?");
    let total = usage["data"]["host"]["memory"]["total_bytes"].as_u64().unwrap();
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap();
    let kib: u64 = meminfo.lines().next().unwrap().split_whitespace().nth(1).unwrap().parse().unwrap();
    assert_eq!(total, kib * 1024);
    let one = program.json(&["usage", scene.name(Role::Running)]);
    let (path, value) = cgroup_memory(scene.id(Role::Running));
    let memory = one["data"]["usage"]["memory_bytes"].as_f64().unwrap();
    assert!((memory - value).abs() <= 1_048_576.0, "{path} says {value}, we say {memory}");

    // 6. Did any service crash recently?
    let crashes = program.ask("Did any service crash recently?");
    assert_eq!(crashes["exit"], 2, "{crashes:#}");
    let rows = crashes["data"]["crashes"].as_array().unwrap();
    let crash = |role: Role| rows.iter().find(|c| c["label"] == service(role).as_str());
    assert_eq!(crash(Role::OomKilled).unwrap()["out_of_memory"], true);
    assert_eq!(crash(Role::OomKilled).unwrap()["exit_code"], 137);
    assert_eq!(crash(Role::CrashLooping).unwrap()["exit_code"], 3);
    assert_eq!(crash(Role::Failed).unwrap()["exit_code"], 1);
    assert!(crash(Role::Finished).is_none() && crash(Role::Stopped).is_none(), "{rows:#?}");

    // One thing in depth, compared with `docker inspect`.
    for role in Role::ALL {
        let detail = program.json(&["service", scene.name(role)]);
        let inspect = scene.inspect(role);
        let (ours, theirs) = (&detail["data"]["detail"], &inspect["State"]);
        assert_eq!(ours["oom_killed"], theirs["OOMKilled"], "{role:?}");
        if role != Role::CrashLooping {
            assert_eq!(ours["exit_code"], theirs["ExitCode"], "{role:?}");
            assert_eq!(ours["restart_count"], inspect["RestartCount"], "{role:?}");
        }
    }

    // A request is refused, recorded, and nothing is asked of the engine for it.
    let before = proxy.requests().len();
    let refused = program.run(&["ask", &format!("restart {}", scene.name(Role::Running))]);
    assert_eq!((refused.code, refused.out.as_str()), (4, ""));
    assert!(refused.err.contains("Nothing was executed"), "{}", refused.err);
    assert_eq!(proxy.requests().len(), before);

    // Every other command, then the proof.
    for spec in steward_core::ask::REGISTRY {
        let name = scene.name(Role::Unhealthy);
        let arguments: Vec<&str> = match spec.operand {
            steward_core::ask::Operand::Service | steward_core::ask::Operand::ServiceOrIncident => {
                vec![spec.name, name]
            }
            _ => vec![spec.name],
        };
        if spec.name != "help" && spec.operand != steward_core::ask::Operand::Incident {
            let ran = program.run(&arguments);
            assert!((0..=6).contains(&ran.code), "{arguments:?}: {} {}", ran.code, ran.err);
        }
    }
    assert_eq!(program.run(&["audit", "verify"]).code, 0);
    let asked = proxy.requests();
    assert!(asked.len() > 30, "the proxy saw only {} requests", asked.len());
    let writes: Vec<_> = asked.iter().filter(|r| !matches!(r.method.as_str(), "GET" | "HEAD")).collect();
    assert!(writes.is_empty(), "{writes:?}");
    let unlisted: Vec<_> = asked
        .iter()
        .filter(|r| !steward_sources::docker::is_allowed(&r.method.as_str().try_into().unwrap(), &r.path))
        .collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
}

/// What the kernel says of a container's memory, without the cache that can be given back.
fn cgroup_memory(id: &str) -> (String, f64) {
    let homes = [
        (format!("/sys/fs/cgroup/memory/docker/{id}"), "memory.usage_in_bytes", "total_inactive_file"),
        (
            format!("/sys/fs/cgroup/memory/system.slice/docker-{id}.scope"),
            "memory.usage_in_bytes",
            "total_inactive_file",
        ),
        (format!("/sys/fs/cgroup/docker/{id}"), "memory.current", "inactive_file"),
        (format!("/sys/fs/cgroup/system.slice/docker-{id}.scope"), "memory.current", "inactive_file"),
    ];
    let (home, file, key) =
        homes.into_iter().find(|(home, file, _)| std::path::Path::new(home).join(file).exists()).unwrap();
    let used: f64 = std::fs::read_to_string(format!("{home}/{file}")).unwrap().trim().parse().unwrap();
    let stat = std::fs::read_to_string(format!("{home}/memory.stat")).unwrap();
    let cache: f64 = stat.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(' ')?.parse().ok()).unwrap();
    (home, used - cache)
}

#[test]
fn what_happened_is_known_after_a_restart_of_steward() {
    let Some(socket) = engine("what_happened_is_known_after_a_restart") else { return };
    let scene = Scene::start(&socket, "st-past-");
    let program = Program::with_docker(&format!("unix://{}", socket.display()));
    let mut watching = crate::running::Running::start(&program);
    scene.act(Role::Healthy, "stop");
    scene.act(Role::Healthy, "start");
    watching.wait_until(|| {
        program.json(&["history", scene.name(Role::Healthy)])["data"]["events"].to_string().contains("stop")
    });
    watching.end();

    let history = program.json(&["history", scene.name(Role::Healthy)]);
    let events = history["data"]["events"].to_string();
    assert!(events.contains("\"stop\"") && events.contains("\"start\""), "{history:#}");
    assert!(!history["data"]["recorded_since"].is_null());
    // It was stopped on request: that is no crash.
    assert_eq!(history["data"]["crashes"], 0, "{history:#}");
}
