//! `steward run` beside the commands: heartbeat, lock, end, memory.

use steward_testkit::{Container, FakeEngine, World};

use crate::program::Program;
use crate::running::Running;

fn world() -> World {
    World::new().containers([
        Container::new("plex").project("media").service("plex").running(),
        Container::new("sonarr").project("media").service("sonarr").healthy(),
    ])
}

#[test]
fn healthcheck_knows_whether_it_runs() {
    let engine = FakeEngine::start(world());
    let program = Program::with_docker(&engine.docker_host());
    let ran = program.run(&["healthcheck"]);
    assert_eq!((ran.code, ran.out.contains("no heartbeat")), (1, true), "{}", ran.out);
    assert_eq!(program.json(&["healthcheck"])["data"]["alive"], false);
    let mut running = Running::start(&program);
    running.wait_until(|| program.run(&["healthcheck"]).code == 0);
    let object = program.json(&["healthcheck"]);
    assert_eq!((object["data"]["alive"].as_bool(), object["exit"].as_i64()), (Some(true), Some(0)));
    assert_eq!(running.end(), 0, "{:#?}", running.log);
    let file = program.data.path().join("data/heartbeat");
    for stale in ["1000000000", "99999999999", "soon", ""] {
        std::fs::write(&file, stale).unwrap();
        assert_eq!(program.run(&["healthcheck"]).code, 1, "{stale:?}");
    }
}

#[test]
fn one_run_per_data_directory() {
    let engine = FakeEngine::start(world());
    let program = Program::with_docker(&engine.docker_host());
    let mut first = Running::start(&program);
    let second = program.run(&["run"]);
    assert_eq!(second.code, 69, "{}", second.err);
    assert!(second.err.contains("another `steward run`") && second.out.is_empty(), "{}", second.err);
    assert_eq!(program.run(&["containers"]).code, 0, "the other commands need no lock");
    assert_eq!(first.end(), 0, "{:#?}", first.log);
    let mut third = Running::start(&program);
    assert_eq!(third.end(), 0, "the lock is free again");
    let export = program.run(&["audit", "export"]).out;
    assert_eq!(export.lines().filter(|l| l.contains("\"kind\":\"started\"")).count(), 2, "{export}");
}

#[test]
fn the_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    program.run(&["about"]);
    let mode = std::fs::metadata(program.data.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn what_was_seen_is_known_after_both_have_started_anew() {
    let engine = FakeEngine::start(world());
    let program = Program::with_docker(&engine.docker_host());
    let mut running = Running::start(&program);
    engine.crash("plex", 139);
    running.wait_until(|| program.json(&["crashes"])["data"]["crashes"].to_string().contains("plex"));
    assert_eq!(running.end(), 0, "{:#?}", running.log);
    drop(engine);

    // Another engine, as after a reboot: plex runs, and nobody there remembers.
    let engine = FakeEngine::start(world());
    let later =
        program.command(&["crashes", "--json"]).env("DOCKER_HOST", engine.docker_host()).output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&later.stdout).unwrap();
    let crashes = answer["data"]["crashes"].to_string();
    assert!(crashes.contains("plex") && crashes.contains("139"), "{answer:#}");
}
